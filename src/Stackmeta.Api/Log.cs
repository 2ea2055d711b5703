using Microsoft.Extensions.Logging;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Api;

/// <summary>The messages of the metadata API: 3000 to 3999.</summary>
static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "The metadata API listens on {Address}.", EventName = "api-listening")]
    public static partial void Listening(ILogger logger, System.Net.EndPoint address);

    [LoggerMessage(
        EventId = 3001,
        Message = "Refused: {Refusal} ({Status}) for {Method} {Target}, instance {InstanceId}, from {ClientAddress}, {RequestId}; {Suppressed} more like it were not told.",
        EventName = "api-refused"
    )]
    static partial void Refused(
        ILogger logger,
        LogLevel level,
        string refusal,
        int status,
        BoundedText method,
        BoundedText target,
        BoundedText instanceId,
        BoundedText clientAddress,
        string? requestId,
        long suppressed
    );

    /// <summary>A refusal, and for which instance; never a signature.</summary>
    public static void Refused(ILogger logger, in RefusalLine line, in RequestIdentity identity) =>
        Refused(
            logger,
            line.Level,
            line.Name,
            line.Status,
            line.Method,
            line.Target,
            new(identity.InstanceId),
            new(identity.ClientAddress),
            line.RequestId,
            line.Suppressed
        );

    /// <summary>A request that we are at fault for.</summary>
    public static void Failed(ILogger logger, Exception exception, Request request) =>
        Failed(logger, exception, new(request.Method), request.TargetForLog);

    [LoggerMessage(3002, LogLevel.Error, "{Method} {Target} failed.", EventName = "api-failed")]
    static partial void Failed(ILogger logger, Exception exception, BoundedText method, BoundedText target);

    [LoggerMessage(
        3003,
        LogLevel.Warning,
        "The vendor data file {Path} cannot be used: {Reason}. {Consequence}.",
        EventName = "vendor-data-file-bad"
    )]
    public static partial void StaticFileBad(ILogger logger, string path, string reason, string consequence);

    [LoggerMessage(
        3004,
        LogLevel.Warning,
        "Vendordata target number {Position} is skipped: {Reason}.",
        EventName = "vendor-data-target-skipped"
    )]
    public static partial void TargetSkipped(ILogger logger, int position, string reason);

    [LoggerMessage(
        3005,
        LogLevel.Warning,
        "Error from dynamic vendordata service {Name} at {Url}: {Reason}",
        EventName = "vendor-data-target-failed"
    )]
    public static partial void TargetFailed(ILogger logger, string name, string url, BoundedText reason);

    [LoggerMessage(
        3006,
        LogLevel.Warning,
        "Vendor data already has an entry '{Name}'; the target of that name is dropped.",
        EventName = "vendor-data-entry-dropped"
    )]
    public static partial void EntryDropped(ILogger logger, string name);

    [LoggerMessage(
        3007,
        LogLevel.Warning,
        "Vendor data targets are asked without a token: no service account is configured.",
        EventName = "vendor-data-unauthenticated"
    )]
    public static partial void TargetsUnauthenticated(ILogger logger);
}
