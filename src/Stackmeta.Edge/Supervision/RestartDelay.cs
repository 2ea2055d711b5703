namespace Stackmeta.Edge;

/// <summary>How long to wait before a process that ended is started again: twice as long each time, up to a limit.</summary>
sealed class RestartDelay
{
    static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    TimeSpan _next = First;

    /// <summary>The wait after a run of this length. A run longer than the longest wait starts the count anew.</summary>
    public TimeSpan After(TimeSpan run)
    {
        var delay = run > Longest ? First : _next;
        _next = delay * 2 < Longest ? delay * 2 : Longest;
        return delay;
    }
}
