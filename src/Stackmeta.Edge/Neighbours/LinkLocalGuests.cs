using System.Net;
using System.Net.NetworkInformation;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Stackmeta.Edge;

/// <summary>
/// Guests whose link-local address does not tell their MAC: stable privacy addresses (RFC 7217), which NetworkManager makes, and addresses
/// given by hand. A port is found by MAC or not at all, so they are given the address that they would have by theirs (RFC 4291, appendix
/// A): every agent understands it, Neutron's too.
/// </summary>
/// <param name="neighbours">Knows MACs.</param>
/// <param name="connected">Called with what is found out, as for a new connection; null for nobody.</param>
sealed class LinkLocalGuests(NeighbourTable neighbours, Action<IFeatureCollection, IGuestArrivalFeature>? connected)
{
    /// <summary>The same answers, to guests as they would be known by their MACs.</summary>
    public Func<HttpContext, Task> Know(Func<HttpContext, Task> answer) =>
        context =>
        {
            var arrival = context.Features.GetRequiredFeature<IGuestArrivalFeature>();
            return arrival.Peer.IsIPv6LinkLocal && !IsMadeOfMac(arrival.Peer)
                ? AnswerAsync(context, arrival, answer)
                : answer(context);
        };

    async Task AnswerAsync(HttpContext context, IGuestArrivalFeature arrival, Func<HttpContext, Task> answer)
    {
        // Once a connection: its packets go to one MAC all its life.
        var items = context.Features.Get<IConnectionItemsFeature>()?.Items;
        if (items is null || !items.TryGetValue(this, out var known))
        {
            known = await neighbours.FindMacAsync(arrival.Namespace, arrival.Peer, context.RequestAborted) is { } mac
                ? new ArrivalByMac(arrival, MadeOf(mac, arrival.Peer.ScopeId))
                : null;
            items?.Add(this, known);
        }
        if (known is ArrivalByMac byMac)
        {
            context.Features.Set<IGuestArrivalFeature>(byMac);
            connected?.Invoke(context.Features, byMac);
        }
        // Else it is found by nobody, as an agent says of such an address.
        await answer(context);
    }

    static bool IsMadeOfMac(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return bytes[11] == 0xff && bytes[12] == 0xfe;
    }

    /// <summary>The link-local address that a host makes of its MAC.</summary>
    internal static IPAddress MadeOf(PhysicalAddress mac, long scope)
    {
        const byte UniversalLocalBit = 0x02;
        var octets = mac.GetAddressBytes();
        octets[0] ^= UniversalLocalBit;
        return new([0xfe, 0x80, 0, 0, 0, 0, 0, 0, .. octets[..3], 0xff, 0xfe, .. octets[3..]], scope);
    }

    sealed class ArrivalByMac(IGuestArrivalFeature arrival, IPAddress peer) : IGuestArrivalFeature
    {
        public EdgeScope Scope => arrival.Scope;

        public string Namespace => arrival.Namespace;

        public IPAddress Peer => peer;
    }
}
