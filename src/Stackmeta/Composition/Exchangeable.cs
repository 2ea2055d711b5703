namespace Stackmeta;

/// <summary>
/// What answers requests, exchanged for another while some are under way: those end with what they began with, and what was exchanged is
/// disposed of when no request can be at it any more.
/// </summary>
sealed class Exchangeable<T>(T first, TimeProvider time) : IAsyncDisposable
    where T : class, IAsyncDisposable
{
    /// <summary>Well over the longest time that a request takes: 8 s of patience and the deadlines of what it asks.</summary>
    static readonly TimeSpan LongestRequest = TimeSpan.FromMinutes(2);

    readonly CancellationTokenSource _stop = new();

    /// <summary>Written by who exchanges, one after another; read by every request.</summary>
    volatile T _current = first;

    /// <summary>Ends when all that was exchanged is disposed of. Written by who exchanges.</summary>
    Task _retiring = Task.CompletedTask;

    public T Current => _current;

    /// <summary>Requests that begin from now on are answered by another.</summary>
    public void Exchange(T next)
    {
        var before = _current;
        _current = next;
        _retiring = Task.WhenAll(_retiring, RetireAsync(before));
    }

    async Task RetireAsync(T one)
    {
        await Task.Delay(LongestRequest, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await one.DisposeAsync();
    }

    /// <summary>To be called when no request is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _retiring;
        await _current.DisposeAsync();
        _stop.Dispose();
    }
}
