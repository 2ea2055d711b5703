namespace Stackmeta.Tests.Support;

/// <summary>The real clock, of which a timer, a timestamp or the time cannot be had once.</summary>
public sealed class FailingClock : TimeProvider
{
    /// <summary>Of timers.</summary>
    public FailsOnce Timers { get; } = new();

    /// <summary>Of timestamps.</summary>
    public FailsOnce Timestamps { get; } = new();

    /// <summary>Of the time of day.</summary>
    public FailsOnce Times { get; } = new();

    /// <summary>Which timers may fail, by how soon they are due; null for all.</summary>
    public TimeSpan? Due { get; init; }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (Due is null || dueTime == Due)
        {
            Timers.Pass();
        }
        return System.CreateTimer(callback, state, dueTime, period);
    }

    public override DateTimeOffset GetUtcNow()
    {
        Times.Pass();
        return System.GetUtcNow();
    }

    public override long GetTimestamp()
    {
        Timestamps.Pass();
        return System.GetTimestamp();
    }
}
