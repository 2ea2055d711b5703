using Microsoft.Extensions.Logging;

namespace Stackmeta.Core;

/// <summary>The messages of this project. Ids are stable and never used again: 10 to 99.</summary>
static partial class Log
{
    [LoggerMessage(
        10,
        LogLevel.Error,
        "{Task} failed, {Reason}; it is started again in {Delay} s",
        EventName = "task-failed"
    )]
    public static partial void TaskFailed(
        ILogger logger,
        Exception? exception,
        string task,
        string reason,
        double delay
    );

    [LoggerMessage(
        11,
        LogLevel.Error,
        "{Task} failed again, {Reason}; it is started again in {Delay} s ({Suppressed} more like it were not logged)",
        EventName = "task-failed-again"
    )]
    public static partial void TaskFailedAgain(
        ILogger logger,
        string task,
        string reason,
        double delay,
        long suppressed
    );

    [LoggerMessage(12, LogLevel.Information, "{Task} runs again", EventName = "task-runs-again")]
    public static partial void TaskRunsAgain(ILogger logger, string task);

    [LoggerMessage(13, LogLevel.Error, "{Task} failed, {Reason}; what it was doing is lost", EventName = "work-failed")]
    public static partial void WorkFailed(ILogger logger, Exception? exception, string task, string reason);

    [LoggerMessage(
        14,
        LogLevel.Error,
        "{Task} failed again, {Reason}; what it was doing is lost ({Suppressed} more like it were not logged)",
        EventName = "work-failed-again"
    )]
    public static partial void WorkFailedAgain(ILogger logger, string task, string reason, long suppressed);
}
