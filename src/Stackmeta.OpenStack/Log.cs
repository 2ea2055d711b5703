using Microsoft.Extensions.Logging;

namespace Stackmeta.OpenStack;

/// <summary>All that this project logs. Event ids 5000 to 5999; none is ever reused.</summary>
static partial class Log
{
    [LoggerMessage(5000, LogLevel.Error, "{What} cannot be used: {Reason}")]
    public static partial void Unusable(this ILogger log, string what, string reason);

    [LoggerMessage(5001, LogLevel.Information, "{What} can be used again")]
    public static partial void UsableAgain(this ILogger log, string what);

    [LoggerMessage(5002, LogLevel.Warning, "Instance mapping for {Instance} not found; cell setup is incomplete")]
    public static partial void MappingMissing(this ILogger log, string instance);

    [LoggerMessage(
        5003,
        LogLevel.Error,
        "The database URL of cell {Cell} is a template that cannot be filled in from [database] connection; it is used as it stands"
    )]
    public static partial void TemplateUnusable(this ILogger log, string cell);

    [LoggerMessage(5004, LogLevel.Error, "The database URL of cell {Cell} cannot be used: {Reason}")]
    public static partial void CellUrlUnusable(this ILogger log, string cell, string reason);

    [LoggerMessage(
        5005,
        LogLevel.Warning,
        "EC2 ids cannot be inserted into {Database} ({Reason}); where a row is missing the id is derived from the uuid"
    )]
    public static partial void Ec2IdsDerived(this ILogger log, string database, string reason);

    [LoggerMessage(5006, LogLevel.Warning, "Instance {Instance}: stored parts cannot be read: {Parts}")]
    public static partial void PartsUnreadable(this ILogger log, string instance, string parts);

    [LoggerMessage(5007, LogLevel.Error, "The password of instance {Instance} could not be stored: {Reason}")]
    public static partial void PasswordNotStored(this ILogger log, string instance, string reason);
}
