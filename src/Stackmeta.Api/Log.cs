using Microsoft.Extensions.Logging;
using Stackmeta.Http;

namespace Stackmeta.Api;

/// <summary>The messages of the metadata API: 3000 to 3999.</summary>
static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "The metadata API listens on {Address}.", EventName = "api-listening")]
    public static partial void Listening(ILogger logger, System.Net.EndPoint address);

    [LoggerMessage(
        EventId = 3001,
        Message = "Refused: {Refusal} ({Status}) for {Method} {Target}, instance {InstanceId}, from {ClientAddress}; {Suppressed} more like it were not told.",
        EventName = "api-refused"
    )]
    public static partial void Refused(
        ILogger logger,
        LogLevel level,
        string refusal,
        int status,
        BoundedText method,
        BoundedText target,
        BoundedText instanceId,
        BoundedText clientAddress,
        long suppressed
    );

    [LoggerMessage(3002, LogLevel.Error, "{Method} {Target} failed.", EventName = "api-failed")]
    public static partial void Failed(ILogger logger, Exception exception, BoundedText method, BoundedText target);
}
