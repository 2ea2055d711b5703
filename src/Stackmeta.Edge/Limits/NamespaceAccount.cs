using Stackmeta.Core.Refusals;

namespace Stackmeta.Edge;

/// <summary>
/// The connections of one namespace's guests. A guest may hold a sixteenth of what is free for its namespace: a guest that takes all it
/// gets has a seventeenth in the end, n guests that do have n / (16 + n) together, and there is room for one that has nothing yet
/// (Choudhury and Hahne, "Dynamic queue length thresholds for shared-memory packet switches", IEEE/ACM Transactions on Networking 6.2,
/// 1998).
/// </summary>
/// <remarks>
/// Safe for all threads. Each connection costs a look into a dictionary under a lock that only this namespace's connections take.
/// </remarks>
sealed class NamespaceAccount(GuestLimits limits, TimeProvider time)
{
    /// <summary>
    /// Guests that are counted one by one. A guest that may have any MAC would fill the memory, so the rest share one account.
    /// </summary>
    internal const int MostGuests = 4096;

    /// <summary>Of those, guests of unknown MAC: they have one account for each address.</summary>
    internal const int MostUnidentified = 1024;

    /// <summary>
    /// Guests without a connection that are kept, for the next connection of theirs: making an account costs more than asking for it.
    /// </summary>
    internal const int MostIdle = 512;

    /// <summary>A guest may hold that part of what is free.</summary>
    const int GuestPart = 16;

    /// <summary>
    /// A guest that has fewer may have one more as long as any is free: a sixteenth of what is left beside many greedy guests would be less
    /// than what a few requests at once take.
    /// </summary>
    const int Few = 2;

    /// <summary>
    /// All guests of unknown MAC may hold that part of what is free: a guest that has many addresses can make itself one of them, by SYNs
    /// that fill the listener's backlog. On a kernel that saves no MAC all guests are among them.
    /// </summary>
    const int UnidentifiedPart = 4;

    static readonly TimeSpan SweepPause = TimeSpan.FromSeconds(1);

    readonly Lock _lock = new();

    // All of them under the lock.
    readonly Dictionary<GuestKey, GuestAccount> _guests = [];
    GuestAccount? _others;
    int _share;
    int _held;
    int _pooled;
    int _unidentified;
    int _unidentifiedGuests;
    long? _swept;

    /// <summary>Guests that are counted now.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _guests.Count;
            }
        }
    }

    /// <summary>Open connections.</summary>
    internal int Held
    {
        get
        {
            lock (_lock)
            {
                return _held;
            }
        }
    }

    /// <summary>A connection begins.</summary>
    /// <param name="reason">Why the guest is turned away, if it is.</param>
    /// <returns>The account to leave; null if the guest is turned away.</returns>
    public GuestAccount? Enter(GuestKey key, out Refusal reason)
    {
        lock (_lock)
        {
            // Who is turned away leaves nothing behind.
            var guest = _guests.GetValueOrDefault(key) ?? Create(key);
            reason = WhyNot(guest, limits.MostConnections);
            if (reason != Refusal.None)
            {
                return null;
            }
            if (_held - _pooled >= _share)
            {
                if (!limits.TryTakeFromPool())
                {
                    reason = Refusal.NetworkConnectionsTaken;
                    return null;
                }
                _pooled++;
            }
            if (!limits.TryTake())
            {
                Return();
                reason = Refusal.NetworkConnectionsTaken;
                return null;
            }
            if (guest != _others && _guests.TryAdd(key, guest))
            {
                _unidentifiedGuests += key.IsIdentified ? 0 : 1;
            }
            _held++;
            _unidentified += guest.Key.IsIdentified ? 0 : 1;
            guest.Connections++;
            return guest;
        }
    }

    /// <summary>A connection that was let in ends.</summary>
    internal void Leave(GuestAccount guest)
    {
        lock (_lock)
        {
            guest.Connections--;
            _unidentified -= guest.Key.IsIdentified ? 0 : 1;
            _held--;
            Return();
            limits.Return();
            if (_guests.Count > MostIdle)
            {
                ForgetIfIdle(guest, time.GetTimestamp());
            }
        }
    }

    /// <summary>
    /// Other namespaces came or went. Connections stay, also where they are more than the share and the pool have room for.
    /// </summary>
    public void ChangeShare(int share)
    {
        lock (_lock)
        {
            _share = share;
            var pooled = Math.Max(0, _held - share);
            limits.AddToPool(pooled - _pooled);
            _pooled = pooled;
        }
    }

    /// <summary>Other limits of requests hold, so each guest begins anew.</summary>
    public void ForgetRequests()
    {
        lock (_lock)
        {
            foreach (var guest in _guests.Values)
            {
                guest.ForgetRequests();
            }
            _others?.ForgetRequests();
        }
    }

    Refusal WhyNot(GuestAccount guest, int most)
    {
        var free = Math.Min(
            Math.Max(0, _share - (_held - _pooled)) + Math.Max(0, limits.FreeInPool - _pooled),
            limits.Free
        );
        if (free <= 0)
        {
            return Refusal.NetworkConnectionsTaken;
        }
        if (!guest.Key.IsIdentified)
        {
            free = Math.Max(1, free / UnidentifiedPart) - _unidentified;
            if (free <= 0)
            {
                return Refusal.UnidentifiedConnectionsTaken;
            }
        }
        return guest.Connections < Math.Min(most, Math.Max(Few, free / GuestPart))
            ? Refusal.None
            : Refusal.TooManyConnections;
    }

    /// <summary>Places of the pool are given back first: others wait for them.</summary>
    void Return()
    {
        if (_pooled > 0)
        {
            _pooled--;
            limits.AddToPool(-1);
        }
    }

    /// <summary>An account for a guest that has none; one for all where there are too many.</summary>
    GuestAccount Create(GuestKey key)
    {
        if (!HasRoomFor(key))
        {
            ForgetIdle();
        }
        return HasRoomFor(key) ? new(this, key) : _others ??= new(this, new(IsIdentified: false, 0));
    }

    bool HasRoomFor(GuestKey key) =>
        _guests.Count < MostGuests && (key.IsIdentified || _unidentifiedGuests < MostUnidentified);

    void ForgetIdle()
    {
        var now = time.GetTimestamp();
        if (_swept is { } swept && time.GetElapsedTime(swept, now) < SweepPause)
        {
            return;
        }
        _swept = now;
        foreach (var guest in _guests.Values)
        {
            // Removing while enumerating is allowed.
            ForgetIfIdle(guest, now);
        }
    }

    void ForgetIfIdle(GuestAccount guest, long now)
    {
        if (guest.Connections == 0 && guest != _others && guest.AsksNoMore(now))
        {
            _guests.Remove(guest.Key);
            _unidentifiedGuests -= guest.Key.IsIdentified ? 0 : 1;
        }
    }
}
