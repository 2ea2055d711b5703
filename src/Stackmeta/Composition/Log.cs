using Microsoft.Extensions.Logging;

namespace Stackmeta;

/// <summary>The program's own messages: 7000 to 7999.</summary>
static partial class Log
{
    [LoggerMessage(
        7000,
        LogLevel.Error,
        "The networks could not be applied and stay as they are: {Reason}",
        EventName = "networks-not-applied"
    )]
    public static partial void NetworksNotApplied(ILogger logger, string reason);

    [LoggerMessage(
        7001,
        LogLevel.Error,
        "The inventory cannot be read: {Reason}",
        EventName = "inventory-not-readable"
    )]
    public static partial void InventoryNotReadable(ILogger logger, string reason);

    [LoggerMessage(
        7030,
        LogLevel.Error,
        "Network {Network} of the inventory: {Fault}. Other networks are not touched by it.",
        EventName = "record-not-understood"
    )]
    public static partial void RecordNotUnderstood(ILogger logger, string network, string fault);

    [LoggerMessage(7002, LogLevel.Information, "Stopping.", EventName = "stopping")]
    public static partial void Stopping(ILogger logger);

    [LoggerMessage(
        7003,
        LogLevel.Warning,
        "There is no admin socket: {Reason} (setting admin.listen)",
        EventName = "no-admin-socket"
    )]
    public static partial void NoAdminSocket(ILogger logger, string reason);

    [LoggerMessage(
        7004,
        LogLevel.Information,
        "Traces and metrics go to the OpenTelemetry collector at {Endpoint}.",
        EventName = "telemetry-exported"
    )]
    public static partial void TelemetryExported(ILogger logger, string endpoint);

    [LoggerMessage(
        7005,
        LogLevel.Warning,
        "The OpenTelemetry collector at {Endpoint} did not take what it was sent: {Reason}. Told once until it does again.",
        EventName = "telemetry-not-taken"
    )]
    public static partial void TelemetryNotTaken(ILogger logger, string endpoint, string reason);

    [LoggerMessage(
        7006,
        LogLevel.Information,
        "The OpenTelemetry collector at {Endpoint} takes what it is sent again.",
        EventName = "telemetry-taken-again"
    )]
    public static partial void TelemetryTakenAgain(ILogger logger, string endpoint);

    [LoggerMessage(
        7010,
        LogLevel.Warning,
        "{Place}: {Option} is not supported: {Reason}",
        EventName = "option-not-supported"
    )]
    public static partial void OptionNotSupported(ILogger logger, string place, string option, string reason);

    [LoggerMessage(
        7011,
        LogLevel.Warning,
        "[neutron] metadata_proxy_shared_secret is empty: whoever reaches this API can ask for any instance.",
        EventName = "shared-secret-empty"
    )]
    public static partial void SharedSecretEmpty(ILogger logger);

    [LoggerMessage(7020, LogLevel.Information, "The settings were read anew.", EventName = "reloaded")]
    public static partial void Reloaded(ILogger logger);

    [LoggerMessage(7021, LogLevel.Information, "{Setting} is '{Value}' from now on.", EventName = "setting-changed")]
    public static partial void SettingChanged(ILogger logger, string setting, string value);

    [LoggerMessage(
        7022,
        LogLevel.Warning,
        "{Setting} was changed ({Origin}); that holds from the next start on.",
        EventName = "setting-needs-restart"
    )]
    public static partial void SettingNeedsRestart(ILogger logger, string setting, string origin);

    [LoggerMessage(
        7023,
        LogLevel.Error,
        "The new settings cannot be used, and those that held go on: {Problem}",
        EventName = "reload-refused"
    )]
    public static partial void ReloadRefused(ILogger logger, string problem);

    [LoggerMessage(
        7024,
        LogLevel.Warning,
        "Where to listen was changed in {File}; that holds from the next start on.",
        EventName = "listening-needs-restart"
    )]
    public static partial void ListeningNeedsRestart(ILogger logger, string file);

    [LoggerMessage(
        7025,
        LogLevel.Information,
        "{Setting} was put back ({Origin}) to what holds.",
        EventName = "setting-put-back"
    )]
    public static partial void SettingPutBack(ILogger logger, string setting, string origin);

    [LoggerMessage(
        7026,
        LogLevel.Warning,
        "Not ready: {Reason}. It is waited for; requests are answered as far as they can be.",
        EventName = "not-ready"
    )]
    public static partial void NotReady(ILogger logger, string reason);
}
