using Stackmeta.Admin;

namespace Stackmeta.WebConsole;

/// <summary>All guests, those of the inventory and those that were only seen; and which guest a request is from.</summary>
/// <param name="known">Of the inventory.</param>
/// <param name="seen">Those who asked.</param>
/// <param name="refused">Those who were refused lately, by key.</param>
sealed class GuestList(KnownGuests known, SeenGuests seen, IReadOnlyDictionary<GuestKey, TracedRequest> refused)
{
    const string RouterPrefix = "router:";

    /// <summary>Who sent a request; null when it tells no address or place.</summary>
    public static GuestKey? KeyOf(TracedRequest request, KnownGuests known)
    {
        if (request is not { ScopeId: { } scope, Address: { } address })
        {
            return null;
        }
        if (request.Scope != "router")
        {
            return new(
                scope,
                known.ByAddress(scope, address) is null
                && request.InstanceId is { } instance
                && known.OfInstance(instance, address) is { } guest
                && guest.Network == scope
                    ? Usual(guest, address)
                    : address
            );
        }
        return request.InstanceId is { } id && known.OfInstance(id, address) is { } routed
            ? new(routed.Network, Usual(routed, address))
            : new(RouterPrefix + scope, address);
    }

    /// <summary>
    /// The guests of one network: those in trouble first, then those who have asked, each by name, so that the list stays calm.
    /// </summary>
    public IEnumerable<GuestRow> OfNetwork(string network) =>
        InOrder(
            known.OfNetwork(network).Select(Row).Concat(Strangers().Where(stranger => stranger.Network == network))
        );

    /// <summary>All guests that a search means.</summary>
    public IEnumerable<GuestRow> Search(string search) =>
        InOrder(known.All.Select(Row).Concat(Strangers()).Where(row => row.Fits(search)));

    /// <summary>The row of one guest.</summary>
    public GuestRow RowOf(GuestKey key) =>
        known.ByAddress(key.Network, key.Address) is { } guest
            ? Row(guest)
            : Stranger(key, seen.Find(key)?.Last, refused.GetValueOrDefault(key));

    static IEnumerable<GuestRow> InOrder(IEnumerable<GuestRow> rows) =>
        rows.OrderByDescending(static row => row.Refused is not null)
            .ThenByDescending(static row => row.Last is not null)
            .ThenBy(static row => row.Title, StringComparer.Ordinal);

    /// <summary>Who asks from a link-local address is shown with the address of its port.</summary>
    static string Usual(KnownGuest guest, string address) =>
        guest.Addresses.IsEmpty || guest.Addresses.Contains(address) ? address : guest.Addresses[0];

    GuestRow Row(KnownGuest guest)
    {
        TracedRequest? last = null;
        TracedRequest? refusal = null;
        foreach (var address in guest.Addresses)
        {
            var key = new GuestKey(guest.Network, address);
            last = Later(last, seen.Find(key)?.Last);
            refusal = Later(refusal, refused.GetValueOrDefault(key));
        }
        var title =
            guest.Name.Length > 0 ? guest.Name
            : guest.Addresses.IsEmpty ? guest.Port
            : guest.Addresses[0];
        return new(
            new(guest.Port, guest.Network),
            title,
            guest.Network,
            guest.Addresses,
            guest.Instance.Length > 0 ? guest.Instance : null,
            last,
            refusal
        );
    }

    IEnumerable<GuestRow> Strangers() =>
        seen
            .All.Select(static guest => guest.Key)
            .Union(refused.Keys)
            .Where(key => known.ByAddress(key.Network, key.Address) is null)
            .Select(RowOf);

    static GuestRow Stranger(GuestKey key, TracedRequest? last, TracedRequest? refusal)
    {
        var router = key.Network.StartsWith(RouterPrefix, StringComparison.Ordinal)
            ? key.Network[RouterPrefix.Length..]
            : null;
        return new(
            new(key.Address, router is null ? key.Network : null, router),
            key.Address,
            key.Network,
            [key.Address],
            (last ?? refusal)?.InstanceId,
            last ?? refusal,
            refusal
        );
    }

    static TracedRequest? Later(TracedRequest? one, TracedRequest? other) =>
        other is null || one?.Time > other.Time ? one : other;
}
