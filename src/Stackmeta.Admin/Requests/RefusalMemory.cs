using System.Collections.Immutable;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Admin;

/// <summary>
/// Remembers who was refused lately, and why. The same refusal of the same guest is one entry with a count, and no network has more than
/// its share: whoever floods, what happened to others stays.
/// </summary>
public sealed class RefusalMemory : IRequestListener
{
    /// <summary>About 1 KiB each at most.</summary>
    public const int Capacity = 512;

    /// <summary>Entries of one network or router.</summary>
    public const int CapacityOfScope = 64;

    readonly Lock _gate = new();

    // Both under the gate; the one refused longest ago comes first.
    readonly LinkedList<RememberedRefusal> _order = [];
    readonly Dictionary<Key, LinkedListNode<RememberedRefusal>> _entries = [];

    // Under the gate.
    long _total;

    /// <summary>Refusals since the start, remembered or not.</summary>
    public long Total
    {
        get
        {
            lock (_gate)
            {
                return _total;
            }
        }
    }

    /// <summary>What is remembered; the latest comes last.</summary>
    public ImmutableArray<RememberedRefusal> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _order];
            }
        }
    }

    /// <summary>Takes in what was refused here, and what the hop behind answered with an error.</summary>
    void IRequestListener.Ended(RequestObservation request)
    {
        if (request.Refusal == Refusal.None && request.Status < 400)
        {
            return;
        }
        var last = request.Snapshot();
        var key = new Key(last.RefusedBy, last.Refusal, last.Status, last.ScopeId, last.Address, last.InstanceId);
        lock (_gate)
        {
            _total++;
            if (_entries.TryGetValue(key, out var node))
            {
                _order.Remove(node);
                node.Value = node.Value with { Last = last, Count = node.Value.Count + 1 };
            }
            else
            {
                MakeRoom_NeedsLock(last.ScopeId);
                node = new(new(last, last.Time, 1));
                _entries.Add(key, node);
            }
            _order.AddLast(node);
        }
    }

    void MakeRoom_NeedsLock(string? scope)
    {
        var ofScope = _order.Count(entry => entry.Last.ScopeId == scope);
        if (ofScope >= CapacityOfScope)
        {
            Remove_NeedsLock(_order.First(entry => entry.Last.ScopeId == scope));
        }
        else if (_order.Count >= Capacity)
        {
            Remove_NeedsLock(_order.First!.Value);
        }
    }

    void Remove_NeedsLock(RememberedRefusal entry)
    {
        var last = entry.Last;
        _entries.Remove(
            new(last.RefusedBy, last.Refusal, last.Status, last.ScopeId, last.Address, last.InstanceId),
            out var node
        );
        _order.Remove(node!);
    }

    readonly record struct Key(
        PathStep? Hop,
        Refusal Refusal,
        int Status,
        string? Scope,
        string? Address,
        string? InstanceId
    );
}

/// <summary>A refusal of a guest.</summary>
/// <param name="Last">The last request that was refused so.</param>
/// <param name="First">When it was refused so for the first time.</param>
/// <param name="Count">How often.</param>
public sealed record RememberedRefusal(ObservedRequest Last, DateTimeOffset First, long Count);
