namespace Stackmeta;

/// <summary>
/// What holds of one setting: the value, also where nothing is set and the program finds it by itself, and what a value alone does not say.
/// </summary>
/// <param name="Value">As one would write it; empty where there is none.</param>
/// <param name="Note">Empty where the value says all.</param>
/// <param name="Origin">Where it comes from.</param>
sealed record SettingInEffect(string Value, string Note, string Origin)
{
    /// <summary>For eyes: a note stands in brackets.</summary>
    public string Shown =>
        Note.Length == 0 ? Value
        : Value.Length == 0 ? $"({Note})"
        : $"{Value} ({Note})";

    /// <param name="settings">All settings.</param>
    /// <param name="setting">Which.</param>
    /// <param name="environment">The environment's value of a variable; null where it has none.</param>
    public static SettingInEffect Of(SettingValues settings, Setting setting, Func<string, string?> environment)
    {
        var (value, note) = Find(settings, setting);
        if (
            setting == KnownSettings.OtlpEndpoint
            && !settings.IsSet(setting)
            && environment(TelemetryExport.EndpointVariable) is { Length: > 0 } endpoint
        )
        {
            return SettingKinds.CollectorAddress.TryParse(endpoint, out _)
                ? new(endpoint, "", $"environment {TelemetryExport.EndpointVariable}")
                : new(
                    "",
                    $"must be {SettingKinds.CollectorAddress.Description}",
                    $"environment {TelemetryExport.EndpointVariable}"
                );
        }
        return new(value, note, settings.OriginOf(setting));
    }

    static (string Value, string Note) Find(SettingValues settings, Setting setting)
    {
        var folder = DataFolder.Of(settings);
        var text = settings.ShownOf(setting);
        return setting.Name switch
        {
            _ when setting == KnownSettings.Data => (folder.Path, ""),
            _ when setting == KnownSettings.SharedSecretFile => (folder.SharedSecretFile, ""),
            _ when setting == KnownSettings.InventoryUrl && text.Length == 0 => (
                "",
                $"the file {folder.InventoryFile}"
            ),
            _ when setting == KnownSettings.AgentSocket => (AgentSocket(settings, folder), HasAgentSocket(settings)),
            _ when setting == KnownSettings.AgentApi && !settings.IsSet(setting) => (text, "'up' asks in-process"),
            _ when setting == KnownSettings.AdminListen && text.Length == 0 => AdminListen(settings, folder),
            _ => (text, text.Length == 0 ? setting.EmptyMeans : ""),
        };
    }

    static string AgentSocket(SettingValues settings, DataFolder folder) =>
        IsSetByHalf(settings) ? PrivilegedHalf.ProxySocket(folder) : folder.AgentSocket;

    /// <summary>Whether the half with rights puts it where haproxy's user can come to it.</summary>
    static bool IsSetByHalf(SettingValues settings) =>
        settings.Get(KnownSettings.AgentSocket).Length == 0
        && settings.Get(KnownSettings.EdgeProxy) == EdgeProxy.Haproxy
        && PrivilegedHalf.IsWanted(settings);

    static string HasAgentSocket(SettingValues settings) =>
        settings.Get(KnownSettings.AgentSocket).Length == 0
        && settings.Get(KnownSettings.EdgeProxy) == EdgeProxy.Listeners
            ? "of 'agent' and 'edge'; 'up' needs none"
            : "";

    static (string Value, string Note) AdminListen(SettingValues settings, DataFolder folder) =>
        (
            PrivilegedHalf.IsWanted(settings)
                ? Path.Combine(folder.ServingState, "admin.sock")
                : folder.AdminSocket(""),
            "of 'up'; a hop alone has admin-api.sock, admin-agent.sock or admin-edge.sock there"
        );
}
