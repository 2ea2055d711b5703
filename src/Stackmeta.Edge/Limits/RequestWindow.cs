namespace Stackmeta.Edge;

/// <summary>The last requests that were let through: at most so many in any window of that length.</summary>
/// <param name="limit">Requests, at least 1.</param>
/// <param name="length">The window.</param>
sealed class RequestWindow(int limit, TimeSpan length, TimeProvider time)
{
    /// <summary>Timestamps of the last requests; the oldest is at <see cref="_next"/> once it is full.</summary>
    readonly long[] _requests = new long[limit];
    int _next;
    bool _isFull;

    /// <summary>How long until one more request is within the limit; zero or less when it is now.</summary>
    public TimeSpan WaitAt(long now) => _isFull ? length - time.GetElapsedTime(_requests[_next], now) : TimeSpan.Zero;

    /// <summary>Counts a request that is let through.</summary>
    public void Count(long now)
    {
        _requests[_next] = now;
        _next = (_next + 1) % _requests.Length;
        _isFull |= _next == 0;
    }

    /// <summary>Whether all requests are so old that forgetting them changes nothing.</summary>
    public bool IsEmptyAt(long now)
    {
        var last = (_next + _requests.Length - 1) % _requests.Length;
        return (!_isFull && _next == 0) || time.GetElapsedTime(_requests[last], now) >= length;
    }
}
