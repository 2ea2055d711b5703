namespace Stackmeta.Http;

/// <summary>
/// Makes room where a server has all the connections that it may have: who has asked nothing for longest ends, unless it has shown that it
/// is one of those whom the server is for. Whoever may connect can take all places; it is not to keep them from who asks.
/// </summary>
/// <remarks>
/// One pass over all connections makes room for many newcomers, so that a flood costs each of them little. Safe for all threads.
/// </remarks>
/// <param name="multiplexer">Whose connections these are.</param>
/// <param name="most">How many there may be.</param>
sealed class IdleEviction(ConnectionMultiplexer multiplexer, long most)
{
    /// <summary>A pass ends at most that part of all.</summary>
    const int Part = 16;

    /// <summary>Kestrel takes a moment to let go of a connection: so many, or a quarter of all, may be more than there are to be.</summary>
    const int MostLeaving = 64;
    const int LeavingPart = 4;

    /// <summary>After a pass that found nobody idle there is none for so many times as long as it took: that costs a loop little.</summary>
    const int PauseFactor = 16;

    readonly Lock _lock = new();

    /// <summary>Until when there is no pass, by the multiplexer's clock. Under the lock.</summary>
    long _pausesUntil = long.MinValue;

    /// <summary>Whether there is room for one more connection; where there is none, some is made if that is possible.</summary>
    public bool HasRoom()
    {
        if (IsFree)
        {
            return true;
        }
        lock (_lock)
        {
            return IsFree || TryEvict();
        }
    }

    /// <summary>Those that Kestrel has are counted until it has let go of them.</summary>
    bool IsFree => multiplexer.Count - multiplexer.Evicted < most;

    bool TryEvict()
    {
        var start = multiplexer.Time.GetTimestamp();
        if (start < _pausesUntil || multiplexer.Evicted >= Math.Max(MostLeaving, most / LeavingPart))
        {
            return false;
        }
        var batch = Math.Max(1, most / Part);
        var evicted = 0;
        foreach (
            var connection in multiplexer
                .Connections.Where(static connection => connection.MayBeEvicted)
                .OrderBy(static connection => connection.IdleSince)
        )
        {
            evicted += connection.TryEvict() ? 1 : 0;
            if (evicted == batch)
            {
                break;
            }
        }
        if (evicted == 0)
        {
            var end = multiplexer.Time.GetTimestamp();
            _pausesUntil = end + ((end - start) * PauseFactor);
        }
        return evicted > 0;
    }
}
