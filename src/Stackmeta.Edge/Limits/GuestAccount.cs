namespace Stackmeta.Edge;

/// <summary>What a guest has open and has asked for.</summary>
/// <param name="namespace">Where it is a guest.</param>
sealed class GuestAccount(NamespaceAccount @namespace, GuestKey key)
{
    public NamespaceAccount Namespace => @namespace;

    public GuestKey Key => key;

    /// <summary>Open connections. Read and written under the namespace's lock.</summary>
    public int Connections { get; set; }

    readonly Lock _asking = new();

    // Both under the lock; made by the first request, if rates are limited.
    RequestWindow? _base;
    RequestWindow? _burst;

    /// <summary>A connection that was let in ends.</summary>
    public void Leave() => @namespace.Leave(this);

    /// <summary>A request begins.</summary>
    /// <returns>Zero if it is within the limits, and is counted; else in how long the guest may ask again.</returns>
    public TimeSpan Ask(GuestLimitOptions limits, TimeProvider time)
    {
        lock (_asking)
        {
            var now = time.GetTimestamp();
            _base ??= new(limits.BaseQueryRateLimit, limits.BaseWindowDuration, time);
            _burst ??= new(limits.BurstQueryRateLimit, limits.BurstWindowDuration, time);
            var (forBase, forBurst) = (_base.WaitAt(now), _burst.WaitAt(now));
            var wait = forBase > forBurst ? forBase : forBurst;
            if (wait > TimeSpan.Zero)
            {
                return wait;
            }
            _base.Count(now);
            _burst.Count(now);
            return TimeSpan.Zero;
        }
    }

    /// <summary>Whether forgetting the requests changes nothing.</summary>
    public bool AsksNoMore(long now)
    {
        lock (_asking)
        {
            return _base?.IsEmptyAt(now) != false && _burst?.IsEmptyAt(now) != false;
        }
    }

    public void ForgetRequests()
    {
        lock (_asking)
        {
            _base = _burst = null;
        }
    }
}
