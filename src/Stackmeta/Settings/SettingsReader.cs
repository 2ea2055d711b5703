using System.Collections;

namespace Stackmeta;

/// <summary>
/// Collects settings from systemd's credentials, file, environment and command line, in this order, the last one holding, and checks them
/// all.
/// </summary>
public static class SettingsReader
{
    /// <summary>Where the file is looked for when none is named.</summary>
    public const string UsualFile = "/etc/stackmeta/stackmeta.json";

    /// <summary>Variables that begin as settings do but are no settings.</summary>
    const string FileVariable = Setting.Prefix + "CONFIG";

    const string AllOfThem = "'stackmeta settings' lists all";

    /// <summary>Where systemd puts the secrets that a unit loads (systemd.exec(5), LoadCredential=).</summary>
    const string CredentialsVariable = "CREDENTIALS_DIRECTORY";

    /// <summary>The settings that name files with secrets, and the credentials that are those files.</summary>
    static readonly IReadOnlyList<(Setting Setting, string Credential)> Credentials =
    [
        (KnownSettings.SharedSecretFile, "stackmeta_shared_secret"),
        (KnownSettings.InventoryPasswordFile, "stackmeta_inventory_password"),
    ];

    /// <summary>Reads and checks.</summary>
    /// <param name="file">The named settings file; null takes <c>STACKMETA_CONFIG</c>, else <see cref="UsualFile"/> where it
    /// exists.</param>
    /// <param name="environment">The process's environment.</param>
    /// <param name="assignments"><c>NAME=VALUE</c> from the command line.</param>
    /// <exception cref="SettingsException">Something is unknown or senseless; all of it is named at once.</exception>
    public static SettingValues Read(string? file, IDictionary environment, IEnumerable<string> assignments)
    {
        var set = new Dictionary<string, (string Text, string Origin)>();
        var problems = new List<SettingsProblem>();

        foreach (var (setting, credential) in Credentials)
        {
            // Weaker than all that is written for this program itself: a unit that loads it for all services must not beat a setting.
            if (
                environment[CredentialsVariable] is string { Length: > 0 } folder
                && Path.Combine(folder, credential) is var path
                && File.Exists(path)
            )
            {
                Take(setting.Name, path, $"credential {credential}");
            }
        }

        file ??= environment[FileVariable] as string ?? (File.Exists(UsualFile) ? UsualFile : null);
        if (file is not null)
        {
            foreach (var entry in SettingsFile.Read(file))
            {
                Take(entry.Name, entry.Text, SettingsFile.OriginOf(file, entry.Line));
            }
        }

        foreach (DictionaryEntry variable in environment)
        {
            var name = (string)variable.Key;
            if (name.StartsWith(Setting.Prefix, StringComparison.Ordinal) && name != FileVariable)
            {
                TakeVariable(name, (string?)variable.Value ?? "");
            }
        }

        foreach (var assignment in assignments)
        {
            var at = assignment.IndexOf('=');
            if (at <= 0)
            {
                problems.Add(
                    new($"--set {assignment}", "Write it as NAME=VALUE, for example --set api.listen=127.0.0.1:8775.")
                );
                continue;
            }
            Take(assignment[..at], assignment[(at + 1)..], $"--set {assignment[..at]}");
        }

        return problems.Count > 0 ? throw new SettingsException(problems) : new SettingValues(set);

        void TakeVariable(string variable, string text)
        {
            var setting = KnownSettings.All.FirstOrDefault(setting => setting.EnvironmentName == variable);
            if (setting is null)
            {
                var names = KnownSettings.All.Select(setting => setting.EnvironmentName);
                var nearest = NearestName.Hint(variable, names, AllOfThem);
                problems.Add(new($"environment {variable}", $"There is no such setting{nearest}"));
                return;
            }
            Take(setting.Name, text, $"environment {variable}");
        }

        void Take(string name, string text, string origin)
        {
            var setting = KnownSettings.All.FirstOrDefault(setting => setting.Name == name);
            if (setting is null)
            {
                var nearest = NearestName.Hint(name, KnownSettings.All.Select(setting => setting.Name), AllOfThem);
                problems.Add(new(origin, $"There is no setting '{name}'{nearest}"));
            }
            else if (!setting.Accepts(text))
            {
                problems.Add(new(origin, $"{name} is '{setting.Show(text)}', and must be {setting.Kind}."));
            }
            else
            {
                set[name] = (text, origin);
            }
        }
    }
}
