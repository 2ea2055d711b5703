using System.Collections;
using System.CommandLine;

namespace Stackmeta;

/// <summary>The options that every command has, and the settings that they lead to.</summary>
sealed class CommonOptions
{
    public Option<string?> Config { get; } =
        new("--config")
        {
            Description =
                $"The settings file (default: $STACKMETA_CONFIG, else {SettingsReader.UsualFile} where it exists)",
            HelpName = "FILE",
            Recursive = true,
        };

    public Option<string?> Data { get; } =
        new("--data")
        {
            Description = "The data folder (setting 'data')",
            HelpName = "DIR",
            Recursive = true,
            Validators =
            {
                // An unset variable of a script must not lead to the folder of the whole host.
                static result =>
                {
                    if (result.Tokens is [{ Value: "" }])
                    {
                        result.AddError("--data is empty; name a folder.");
                    }
                },
            },
        };

    public Option<string[]> Set { get; } =
        new("--set")
        {
            Description = "Sets one setting, for example --set api.listen=127.0.0.1:9775; may be repeated",
            HelpName = "NAME=VALUE",
            Recursive = true,
            DefaultValueFactory = _ => [],
        };

    /// <summary>Of the commands that run an agent.</summary>
    public Option<string?> Api { get; } =
        new("--api")
        {
            Description = "The metadata API that the agent asks, or in-process for its own (setting 'agent.api')",
            HelpName = "ADDRESS",
        };

    public void AddTo(Command root)
    {
        root.Options.Add(Config);
        root.Options.Add(Data);
        root.Options.Add(Set);
    }

    /// <summary>The settings of a command line.</summary>
    /// <exception cref="SettingsException">They cannot be used.</exception>
    public SettingValues Read(ParseResult parsed) => Read(parsed, Environment.GetEnvironmentVariables());

    SettingValues Read(ParseResult parsed, IDictionary environment)
    {
        IEnumerable<string> assignments = parsed.GetValue(Set)!;
        if (parsed.GetValue(Data) is { } data)
        {
            assignments = assignments.Prepend($"{KnownSettings.Data.Name}={data}");
        }
        if (parsed.GetValue(Api) is { } api)
        {
            assignments = assignments.Prepend($"{KnownSettings.AgentApi.Name}={api}");
        }
        return SettingsReader.Read(parsed.GetValue(Config), environment, assignments);
    }
}
