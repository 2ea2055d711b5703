namespace Stackmeta.Core.Supervision;

/// <summary>How long to wait before what ended is started again: twice as long each time, up to a limit.</summary>
public sealed class RestartDelay
{
    readonly TimeSpan _first;
    readonly TimeSpan _longest;
    TimeSpan _next;

    public RestartDelay(TimeSpan first, TimeSpan longest)
    {
        (_first, _longest) = (first, longest);
        _next = first;
    }

    /// <summary>For work within this process: 0.2 s at first, 10 s at most.</summary>
    public static RestartDelay ForTasks() => new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));

    /// <summary>For child processes, whose start costs more: 0.2 s at first, 30 s at most.</summary>
    public static RestartDelay ForProcesses() => new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30));

    /// <summary>The wait after a run of this length. A run longer than the longest wait starts the count anew.</summary>
    public TimeSpan After(TimeSpan run)
    {
        var delay = run > _longest ? _first : _next;
        _next = delay * 2 < _longest ? delay * 2 : _longest;
        return delay;
    }
}
