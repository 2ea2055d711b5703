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

    /// <summary>After a pass that found nobody idle.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    readonly Lock _lock = new();

    /// <summary>When nobody was found; null since somebody was. Under the lock.</summary>
    long? _foundNobody;

    /// <summary>Whether there is room for one more connection; where there is none, some is made if that is possible.</summary>
    public bool HasRoom()
    {
        if (IsFree)
        {
            return true;
        }
        lock (_lock)
        {
            return IsFree || (!IsPausing && TryEvict());
        }
    }

    /// <summary>Those that Kestrel has are counted until it has let go of them.</summary>
    bool IsFree => multiplexer.Count - multiplexer.Evicted < most;

    bool IsPausing => _foundNobody is { } since && multiplexer.Time.GetElapsedTime(since) < Pause;

    bool TryEvict()
    {
        var batch = Math.Max(1, most / Part);
        var evicted = 0;
        if (multiplexer.Evicted < batch)
        {
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
        }
        _foundNobody = evicted == 0 ? multiplexer.Time.GetTimestamp() : null;
        return evicted > 0;
    }
}
