using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;

namespace Stackmeta.Core.Supervision;

/// <summary>The count of one task's failures, or of all tasks of a name. Safe for all threads.</summary>
sealed class SupervisedTask(string name, TimeProvider time, ILogger logger)
{
    readonly LogThrottle _throttle = new(time);

    // By Interlocked.
    long _restarts;
    long _failures;
    int _down;
    int _hasFailed;

    public string Name => name;

    /// <summary>How often it was started again.</summary>
    public long Restarts => Interlocked.Read(ref _restarts);

    /// <summary>How often it failed, started again or not.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>How many of the name do not run now and should.</summary>
    public int Down => Volatile.Read(ref _down);

    public void Restarted() => Interlocked.Increment(ref _restarts);

    public void CountDown(int change) => Interlocked.Add(ref _down, change);

    /// <summary>A loop failed and will be started again.</summary>
    public void LoopFailed(Exception? exception, string place, TimeSpan delay)
    {
        Interlocked.Increment(ref _failures);
        var reason = exception is null ? "it ended by itself" : FailureText.Of(exception);
        // The whole exception once in the life of the process: what follows is most often the same.
        if (Interlocked.Exchange(ref _hasFailed, 1) == 0)
        {
            Log.TaskFailed(logger, exception, name + place, reason, delay.TotalSeconds);
        }
        else if (_throttle.MayWrite(out var suppressed))
        {
            Log.TaskFailedAgain(logger, name + place, reason, delay.TotalSeconds, suppressed);
        }
    }

    /// <summary>Work failed that is not done again.</summary>
    public void WorkFailed(Exception exception)
    {
        Interlocked.Increment(ref _failures);
        var reason = FailureText.Of(exception);
        if (Interlocked.Exchange(ref _hasFailed, 1) == 0)
        {
            Log.WorkFailed(logger, exception, name, reason);
        }
        else if (_throttle.MayWrite(out var suppressed))
        {
            Log.WorkFailedAgain(logger, name, reason, suppressed);
        }
    }

    public void RunsAgain(string place) => Log.TaskRunsAgain(logger, name + place);
}
