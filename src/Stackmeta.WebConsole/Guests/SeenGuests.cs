using Stackmeta.Admin;

namespace Stackmeta.WebConsole;

/// <summary>The guests whose requests came by, each with the last of them. Bounded: who has been silent longest is forgotten.</summary>
sealed class SeenGuests
{
    /// <summary>About 300 bytes each.</summary>
    public const int Capacity = 20_000;

    // The one that asked longest ago comes first.
    readonly LinkedList<SeenGuest> _order = [];
    readonly Dictionary<GuestKey, LinkedListNode<SeenGuest>> _guests = [];

    public IEnumerable<SeenGuest> All => _order;

    public void Take(GuestKey key, TracedRequest request)
    {
        if (_guests.TryGetValue(key, out var node))
        {
            _order.Remove(node);
            node.Value = node.Value with { Last = request, Count = node.Value.Count + 1 };
        }
        else
        {
            if (_guests.Count >= Capacity)
            {
                _guests.Remove(_order.First!.Value.Key);
                _order.RemoveFirst();
            }
            node = new(new(key, request, 1));
            _guests.Add(key, node);
        }
        _order.AddLast(node);
    }

    public SeenGuest? Find(GuestKey key) => _guests.TryGetValue(key, out var node) ? node.Value : null;
}

/// <summary>
/// Which guest: the network (or <c>router:</c> and a router, where its network is not known) and the address that it asks from.
/// </summary>
readonly record struct GuestKey(string Network, string Address);

/// <summary>A guest that asked.</summary>
/// <param name="Last">Its last request.</param>
/// <param name="Count">Its requests since the page watches.</param>
sealed record SeenGuest(GuestKey Key, TracedRequest Last, long Count);
