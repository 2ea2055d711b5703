namespace Stackmeta.Http;

/// <content>Whether it may be ended so that others find room (<see cref="IdleEviction"/>).</content>
public partial class SocketConnection
{
    volatile bool _isTrusted;

    /// <summary>Whether Kestrel is having a request answered.</summary>
    volatile bool _isAnswering;

    // By Interlocked.
    int _isEvicted;

    /// <summary>Its peer has shown that it is one of those whom the server is for, and keeps its place.</summary>
    public void Trust() => _isTrusted = true;

    /// <summary>When it was last at work, by the multiplexer's clock.</summary>
    internal long IdleSince => Volatile.Read(ref _idleSince);

    /// <summary>It is counted as evicted until it is closed.</summary>
    internal bool IsEvicted => Volatile.Read(ref _isEvicted) != 0;

    /// <summary>Whether nothing is being answered, as far as can be seen without taking it.</summary>
    internal bool MayBeEvicted =>
        !_isTrusted && !IsEvicted && (_reader is null ? Volatile.Read(ref _state) == Idle : !_isAnswering);

    /// <summary>A request that Kestrel has read is being answered.</summary>
    internal void BeginAnswering() => _isAnswering = true;

    internal void EndAnswering()
    {
        Volatile.Write(ref _idleSince, _multiplexer.Time.GetTimestamp());
        _isAnswering = false;
    }

    /// <summary>Ends it unless something is being answered.</summary>
    /// <returns>False if it goes on.</returns>
    internal bool TryEvict()
    {
        if (_reader is null)
        {
            return EndIfIdle();
        }
        if (Interlocked.Exchange(ref _isEvicted, 1) != 0)
        {
            return false;
        }
        _multiplexer.CountEvicted(1);
        if (Volatile.Read(ref _isClosed) != 0 && Interlocked.Exchange(ref _isEvicted, 0) != 0)
        {
            // It was closed meanwhile, and not counted.
            _multiplexer.CountEvicted(-1);
            return true;
        }
        Abort();
        return true;
    }

    /// <summary>Once it is closed.</summary>
    void LeaveEvicted()
    {
        if (Interlocked.Exchange(ref _isEvicted, 0) != 0)
        {
            _multiplexer.CountEvicted(-1);
        }
    }
}
