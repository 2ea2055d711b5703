namespace Stackmeta.Http;

/// <summary>
/// Between one who tries a system call that would block and one who hears that it may be tried again. No news is lost, whichever comes
/// first, and exactly one of them goes on.
/// </summary>
struct ReadySignal
{
    const int Quiet = 0;
    const int Told = 1;
    const int Awaited = 2;

    // By Interlocked.
    int _state;

    /// <summary>Before a try: whether there was news since the last; none from here on is missed.</summary>
    public bool Take() => Interlocked.Exchange(ref _state, Quiet) == Told;

    /// <summary>After a try that was in vain: waits for news.</summary>
    /// <returns>False if there was some meanwhile: to be tried again.</returns>
    public bool TryAwait() => Interlocked.CompareExchange(ref _state, Awaited, Quiet) == Quiet;

    /// <summary>There is news.</summary>
    /// <returns>Whether somebody waits: the caller tries in its place.</returns>
    public bool Tell() => Interlocked.Exchange(ref _state, Told) == Awaited;
}
