namespace Stackmeta.Core.Supervision;

/// <summary>Whether one loop runs: it is down from its failure until it has run for a while again.</summary>
sealed class LoopWatch(SupervisedTask task, string place, TimeProvider time) : IDisposable
{
    /// <summary>A loop that fails at once when it is started again must not count as well between two failures.</summary>
    static readonly TimeSpan Trial = TimeSpan.FromSeconds(1);

    readonly Lock _changing = new();
    readonly RestartDelay _delay = RestartDelay.ForTasks();

    // Under the lock.
    bool _isDown;
    bool _isRunning;
    long _startedAt;
    ITimer? _trial;

    public string Name => task.Name + place;

    public bool IsDown
    {
        get
        {
            lock (_changing)
            {
                return _isDown;
            }
        }
    }

    /// <summary>It begins, for the first time or again.</summary>
    public void Begin()
    {
        lock (_changing)
        {
            (_isRunning, _startedAt) = (true, time.GetTimestamp());
            if (_isDown)
            {
                task.Restarted();
                _trial?.Dispose();
                _trial = time.CreateTimer(
                    static watch => ((LoopWatch)watch!).Passed(),
                    this,
                    Trial,
                    Timeout.InfiniteTimeSpan
                );
            }
        }
    }

    /// <summary>It failed, or ended by itself (null).</summary>
    /// <returns>How long to wait before it is started again.</returns>
    public TimeSpan Fail(Exception? exception)
    {
        TimeSpan delay;
        lock (_changing)
        {
            _isRunning = false;
            SetDown_NeedsLock(true);
            delay = _delay.After(time.GetElapsedTime(_startedAt));
        }
        task.LoopFailed(exception, place, delay);
        return delay;
    }

    void Passed()
    {
        lock (_changing)
        {
            // A timer may come late, after the next failure.
            if (!_isDown || !_isRunning)
            {
                return;
            }
            var left = Trial - time.GetElapsedTime(_startedAt);
            if (left > TimeSpan.Zero)
            {
                // Or early: timers count whole milliseconds of a coarser clock. Nobody else would come back to it.
                _trial?.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                return;
            }
            SetDown_NeedsLock(false);
        }
        task.RunsAgain(place);
    }

    void SetDown_NeedsLock(bool isDown)
    {
        if (_isDown != isDown)
        {
            _isDown = isDown;
            task.CountDown(isDown ? 1 : -1);
        }
    }

    /// <summary>It was ended on purpose: it is no longer missed.</summary>
    public void Dispose()
    {
        lock (_changing)
        {
            _trial?.Dispose();
            SetDown_NeedsLock(false);
        }
    }
}
