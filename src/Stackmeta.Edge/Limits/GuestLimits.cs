using System.Collections.Concurrent;
using System.Net;

namespace Stackmeta.Edge;

/// <summary>Counts each guest's connections and requests, so that none of them takes what is there for all (LP#1989199).</summary>
/// <remarks>A guest is an address in a scope. Safe for all threads.</remarks>
public sealed class GuestLimits(GuestLimitOptions options, TimeProvider time)
{
    /// <summary>Guests that are counted one by one. A guest may take many IPv6 addresses of its link, so the rest share one account.</summary>
    internal const int MostGuests = 65536;

    /// <summary>Guests without a connection that are kept in the table, for the next connection of theirs: making an account costs more than asking for it.</summary>
    internal const int MostIdle = 4096;

    static readonly TimeSpan SweepPause = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<(EdgeScope, IPAddress), GuestAccount> _accounts = new();
    readonly GuestAccount _others = new();

    // Accounts in the table, which cannot tell without being locked as a whole; by Interlocked.
    int _count;

    /// <summary>Replaced as a whole by <see cref="Change"/>.</summary>
    volatile GuestLimitOptions _options = options;

    // When the idle were last looked for; by Interlocked.
    long _swept;

    /// <summary>Guests that are counted now.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>Whether guests' requests are counted.</summary>
    public bool AreRatesLimited => _options.RateLimitEnabled;

    /// <summary>Other limits hold from now on. Connections stay counted; of requests, each guest begins anew.</summary>
    public void Change(GuestLimitOptions changed)
    {
        _options = changed;
        foreach (var account in _accounts.Values.Append(_others))
        {
            lock (account)
            {
                account.Base = account.Burst = null;
            }
        }
    }

    /// <summary>A connection begins.</summary>
    /// <returns>The account to <see cref="Leave"/>; null if the guest has too many connections.</returns>
    internal GuestAccount? Enter(EdgeScope scope, IPAddress guest)
    {
        var account = Lock(scope, guest);
        try
        {
            if (_options.MaxConnections is > 0 and var most && account.Connections >= most)
            {
                return null;
            }
            account.Connections++;
            return account;
        }
        finally
        {
            Monitor.Exit(account);
        }
    }

    /// <summary>A connection that was let in ends.</summary>
    internal void Leave(EdgeScope scope, IPAddress guest, GuestAccount account)
    {
        lock (account)
        {
            account.Connections--;
            if (Count > MostIdle)
            {
                ForgetIfIdle_NeedsLock((scope, guest), account, time.GetTimestamp());
            }
        }
    }

    /// <summary>A request begins.</summary>
    /// <param name="retryAfter">When it is refused: in how long the guest may ask again.</param>
    /// <returns>False if the guest asks too often. What is refused is not counted.</returns>
    public bool TryAsk(EdgeScope scope, IPAddress guest, out TimeSpan retryAfter)
    {
        retryAfter = default;
        var limits = _options;
        if (!limits.RateLimitEnabled)
        {
            return true;
        }
        var account = Lock(scope, guest);
        try
        {
            var now = time.GetTimestamp();
            var @base = account.Base ??= new(limits.BaseQueryRateLimit, limits.BaseWindowDuration, time);
            var burst = account.Burst ??= new(limits.BurstQueryRateLimit, limits.BurstWindowDuration, time);
            var (forBase, forBurst) = (@base.WaitAt(now), burst.WaitAt(now));
            retryAfter = forBase > forBurst ? forBase : forBurst;
            if (retryAfter > TimeSpan.Zero)
            {
                return false;
            }
            @base.Count(now);
            burst.Count(now);
            return true;
        }
        finally
        {
            Monitor.Exit(account);
        }
    }

    /// <summary>The guest's account, locked.</summary>
    GuestAccount Lock(EdgeScope scope, IPAddress guest)
    {
        while (true)
        {
            if (!_accounts.TryGetValue((scope, guest), out var account))
            {
                if (Count >= MostGuests)
                {
                    ForgetIdle();
                }
                account = Count < MostGuests ? Add((scope, guest)) : _others;
            }
            Monitor.Enter(account);
            if (!account.IsForgotten)
            {
                return account;
            }
            Monitor.Exit(account);
        }
    }

    GuestAccount Add((EdgeScope, IPAddress) key)
    {
        var made = new GuestAccount();
        var account = _accounts.GetOrAdd(key, made);
        if (ReferenceEquals(account, made))
        {
            Interlocked.Increment(ref _count);
        }
        return account;
    }

    void ForgetIdle()
    {
        var (now, swept) = (time.GetTimestamp(), Interlocked.Read(ref _swept));
        if (
            (swept != 0 && time.GetElapsedTime(swept, now) < SweepPause)
            || Interlocked.CompareExchange(ref _swept, now, swept) != swept
        )
        {
            return;
        }
        foreach (var (key, account) in _accounts)
        {
            lock (account)
            {
                ForgetIfIdle_NeedsLock(key, account, now);
            }
        }
    }

    void ForgetIfIdle_NeedsLock((EdgeScope, IPAddress) key, GuestAccount account, long now)
    {
        if (account.IsIdle(now) && !ReferenceEquals(account, _others))
        {
            account.IsForgotten = true;
            if (_accounts.TryRemove(KeyValuePair.Create(key, account)))
            {
                Interlocked.Decrement(ref _count);
            }
        }
    }
}

/// <summary>What a guest has and has asked for. Read and written under its own lock.</summary>
sealed class GuestAccount
{
    public int Connections { get; set; }

    /// <summary>Made by the first request, if rates are limited.</summary>
    public RequestWindow? Base { get; set; }

    public RequestWindow? Burst { get; set; }

    /// <summary>No longer in the table: who finds it looks again.</summary>
    public bool IsForgotten { get; set; }

    public bool IsIdle(long now) => Connections == 0 && Base?.IsEmptyAt(now) != false && Burst?.IsEmptyAt(now) != false;
}
