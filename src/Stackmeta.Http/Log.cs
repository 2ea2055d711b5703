using Microsoft.Extensions.Logging;

namespace Stackmeta.Http;

/// <summary>All messages of the floor that the hops stand on. Ids are stable and never used again: 100 to 199.</summary>
static partial class Log
{
    [LoggerMessage(
        100,
        LogLevel.Error,
        "A connection in {Place} failed: {Reason} ({Suppressed} more like it were not logged)"
    )]
    public static partial void ConnectionFailed(ILogger logger, string place, string reason, long suppressed);

    [LoggerMessage(
        101,
        LogLevel.Error,
        "An answer in {Place} failed: {Reason} ({Suppressed} more like it were not logged)"
    )]
    public static partial void AnswerFailed(ILogger logger, string place, string reason, long suppressed);

    [LoggerMessage(
        102,
        LogLevel.Warning,
        "A connection in {Place} was given up: {Reason} ({Suppressed} more like it were not logged)"
    )]
    public static partial void ConnectionUnheard(ILogger logger, string place, string reason, long suppressed);

    [LoggerMessage(
        103,
        LogLevel.Warning,
        "Accepting a connection in {Place} failed: {Error} ({Suppressed} more like it were not logged)"
    )]
    public static partial void AcceptFailed(ILogger logger, string place, string error, long suppressed);

    [LoggerMessage(104, LogLevel.Debug, "The failure as a whole")]
    public static partial void FailureDetails(ILogger logger, Exception exception);

    [LoggerMessage(
        110,
        LogLevel.Error,
        "A request failed by our fault, and was answered 500: {Type}: {Reason} ({Suppressed} more such lines were left out)"
    )]
    public static partial void RequestFailed(ILogger logger, string type, BoundedText reason, long suppressed);

    [LoggerMessage(111, LogLevel.Debug, "Where that request failed")]
    public static partial void RequestFailure(ILogger logger, Exception exception);

    [LoggerMessage(
        112,
        LogLevel.Warning,
        "A connection in {Place} is turned away: there are {Count} already ({Suppressed} more like it were not told.)"
    )]
    public static partial void CallerTurnedAway(ILogger logger, string place, long count, long suppressed);
}
