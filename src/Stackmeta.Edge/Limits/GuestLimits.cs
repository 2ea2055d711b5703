namespace Stackmeta.Edge;

/// <summary>
/// How many connections each guest, and the guests of each namespace, may have, so that none of them takes what is there for all
/// (LP#1989199); and how often a guest may ask. The one half of all connections is shared out to the namespaces in equal parts, which
/// nobody else takes; the other half is for whoever needs more.
/// </summary>
/// <remarks>
/// A guest is a MAC in a namespace (<see cref="GuestKey"/>). Safe for all threads. When namespaces are added, shares shrink: who has more
/// than that keeps it, and gets no more until it is within them again; a new namespace may have to wait for that long where nothing at all
/// is free.
/// </remarks>
/// <param name="capacity">How many connections there may be altogether, by how many namespaces are listened in: listeners need descriptors
/// too.</param>
public sealed class GuestLimits(GuestLimitOptions options, Func<int, int> capacity, TimeProvider time)
{
    readonly Lock _changing = new();

    /// <summary>Under the lock.</summary>
    readonly HashSet<NamespaceAccount> _namespaces = [];

    /// <summary>Replaced as a whole by <see cref="Change"/>.</summary>
    volatile GuestLimitOptions _options = options;

    // By Interlocked.
    int _capacity;
    int _pool;
    int _held;
    int _pooled;

    /// <summary>Whether guests' requests are counted.</summary>
    public bool AreRatesLimited => _options.RateLimitEnabled;

    /// <summary>Open connections of all guests.</summary>
    internal int Held => Volatile.Read(ref _held);

    /// <summary>How many there may be.</summary>
    internal int Capacity => Volatile.Read(ref _capacity);

    internal int Free => Capacity - Held;

    internal int FreeInPool => Volatile.Read(ref _pool) - Volatile.Read(ref _pooled);

    /// <summary>Of one guest.</summary>
    internal int MostConnections => _options.MaxConnections is > 0 and var most ? most : int.MaxValue;

    /// <summary>Other limits hold from now on. Connections stay counted; of requests, each guest begins anew.</summary>
    public void Change(GuestLimitOptions changed)
    {
        _options = changed;
        lock (_changing)
        {
            foreach (var one in _namespaces)
            {
                one.ForgetRequests();
            }
        }
    }

    /// <summary>A namespace is listened in.</summary>
    internal NamespaceAccount Open()
    {
        var opened = new NamespaceAccount(this, time);
        lock (_changing)
        {
            _namespaces.Add(opened);
            ShareOut_NeedsLock();
        }
        return opened;
    }

    /// <summary>A namespace is no longer listened in; its connections are counted as long as there are any.</summary>
    internal void Close(NamespaceAccount closed)
    {
        lock (_changing)
        {
            if (_namespaces.Remove(closed))
            {
                closed.ChangeShare(0);
                ShareOut_NeedsLock();
            }
        }
    }

    void ShareOut_NeedsLock()
    {
        var count = _namespaces.Count;
        var all = capacity(count);
        var share = count == 0 ? 0 : all / 2 / count;
        Volatile.Write(ref _capacity, all);
        Volatile.Write(ref _pool, all - (share * count));
        foreach (var one in _namespaces)
        {
            one.ChangeShare(share);
        }
    }

    /// <summary>A request begins.</summary>
    /// <param name="retryAfter">When it is refused: in how long the guest may ask again.</param>
    /// <returns>False if the guest asks too often. What is refused is not counted.</returns>
    internal bool TryAsk(GuestAccount guest, out TimeSpan retryAfter)
    {
        var limits = _options;
        retryAfter = limits.RateLimitEnabled ? guest.Ask(limits, time) : TimeSpan.Zero;
        return retryAfter <= TimeSpan.Zero;
    }

    internal bool TryTake()
    {
        if (Interlocked.Increment(ref _held) <= Capacity)
        {
            return true;
        }
        Return();
        return false;
    }

    internal void Return() => Interlocked.Decrement(ref _held);

    internal bool TryTakeFromPool()
    {
        if (Interlocked.Increment(ref _pooled) <= Volatile.Read(ref _pool))
        {
            return true;
        }
        AddToPool(-1);
        return false;
    }

    /// <summary>What is taken of the pool changes by that many.</summary>
    internal void AddToPool(int taken) => Interlocked.Add(ref _pooled, taken);
}
