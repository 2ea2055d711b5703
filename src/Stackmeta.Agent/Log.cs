using Microsoft.Extensions.Logging;
using Stackmeta.Http;

namespace Stackmeta.Agent;

/// <summary>The messages of the agent: 2000 to 2999.</summary>
static partial class Log
{
    /// <summary>In the place of what the proxy in front did not say.</summary>
    const string Unknown = "unknown";

    [LoggerMessage(2000, LogLevel.Information, "The agent listens on {Path}.", EventName = "agent-listening")]
    public static partial void Listening(ILogger logger, string path);

    [LoggerMessage(
        EventId = 2001,
        Message = "Refused: {Refusal} ({Status}) for {Method} {Target}, {ScopeKind} {ScopeId}, from {ClientAddress}, {RequestId}; {Suppressed} more like it were not told.",
        EventName = "agent-refused"
    )]
    static partial void Refused(
        ILogger logger,
        LogLevel level,
        string refusal,
        int status,
        BoundedText method,
        BoundedText target,
        string scopeKind,
        BoundedText scopeId,
        BoundedText clientAddress,
        string? requestId,
        long suppressed
    );

    /// <summary>A refusal, and from which network or router.</summary>
    public static void Refused(ILogger logger, in RefusalLine line, in Guest guest)
    {
        var client = ClientOf(guest);
        Refused(
            logger,
            line.Level,
            line.Name,
            line.Status,
            line.Method,
            line.Target,
            guest.Scope.KindName,
            new(guest.Scope.Id ?? Unknown),
            client,
            line.RequestId,
            line.Suppressed
        );
    }

    /// <summary>A request that we are at fault for.</summary>
    public static void Failed(ILogger logger, Exception exception, Request request, in Guest guest) =>
        Failed(logger, exception, new(request.Method), request.TargetForLog, ClientOf(guest));

    static BoundedText ClientOf(in Guest guest) =>
        new(string.IsNullOrEmpty(guest.ClientAddress) ? Unknown : guest.ClientAddress);

    [LoggerMessage(2002, LogLevel.Error, "{Method} {Target} from {ClientAddress} failed.", EventName = "agent-failed")]
    static partial void Failed(
        ILogger logger,
        Exception exception,
        BoundedText method,
        BoundedText target,
        BoundedText clientAddress
    );

    [LoggerMessage(
        2003,
        LogLevel.Error,
        "The metadata API at {Api} refused the signature ({Status}): the shared secrets of agent and API differ. Until they are equal no guest gets metadata.",
        EventName = "agent-secret-rejected"
    )]
    public static partial void SecretRejected(ILogger logger, Uri api, int status);

    [LoggerMessage(
        2004,
        LogLevel.Warning,
        "The metadata API at {Api} {What}: {Reason} ({Suppressed} more like it were not told.)",
        EventName = "agent-api-trouble"
    )]
    public static partial void ApiTrouble(ILogger logger, Uri api, string what, BoundedText reason, long suppressed);

    /// <summary>A connection whose client has lost its address.</summary>
    public static void CutOff(ILogger logger, in Guest guest, long suppressed) =>
        CutOff(logger, ClientOf(guest), guest.Scope.KindName, new(guest.Scope.Id), suppressed);

    [LoggerMessage(
        2006,
        LogLevel.Information,
        "A connection from {ClientAddress}, {ScopeKind} {ScopeId}, is cut off: its address has passed to another port ({Suppressed} more like it were not told.)",
        EventName = "agent-connection-cut-off"
    )]
    static partial void CutOff(
        ILogger logger,
        BoundedText clientAddress,
        string scopeKind,
        BoundedText scopeId,
        long suppressed
    );

    [LoggerMessage(
        2005,
        LogLevel.Information,
        "The socket {Path} was taken over from another agent.",
        EventName = "agent-socket-taken-over"
    )]
    public static partial void TakenOver(ILogger logger, string path);
}
