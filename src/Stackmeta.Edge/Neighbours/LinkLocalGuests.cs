using System.Net;
using System.Net.NetworkInformation;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Http;
using Stackmeta.Metadata;

namespace Stackmeta.Edge;

/// <summary>
/// Guests that ask from a link-local address. An agent makes a MAC of it and finds the port by that (spec/neutron-metadata.md §3.4), but the
/// address need not tell the MAC: stable privacy addresses (RFC 7217), which NetworkManager makes, do not, and one that is given by hand
/// tells whichever MAC the guest likes. So each guest is given the address that it would have by the MAC that its packets really come from
/// (RFC 4291, appendix A): every agent understands it, Neutron's too.
/// </summary>
/// <remarks>Who has no MAC that is known is refused: the address as it is would be somebody's.</remarks>
/// <param name="neighbours">Knows MACs.</param>
/// <param name="connected">Called with what is found out, as for a new connection; null for nobody.</param>
sealed class LinkLocalGuests(
    NeighbourTable neighbours,
    Action<IFeatureCollection, IGuestArrivalFeature>? connected,
    TimeProvider time,
    ILogger logger
)
{
    readonly LogThrottle _failures = new(time);

    /// <summary>The same answers, to guests as they are known by their MACs.</summary>
    public Func<HttpContext, Task> Know(Func<HttpContext, Task> answer) =>
        context =>
        {
            var arrival = context.Features.Require<IGuestArrivalFeature>();
            return arrival.Peer.IsIPv6LinkLocal ? AnswerAsync(context, arrival, answer) : answer(context);
        };

    async Task AnswerAsync(HttpContext context, IGuestArrivalFeature arrival, Func<HttpContext, Task> answer)
    {
        var (refusal, mac) = await FindMacAsync(context, arrival);
        if (mac is null)
        {
            arrival.ShowTo(RequestObservation.Of(context));
            await Answer.WriteRefusalAsync(context, refusal);
            return;
        }
        if (MadeOf(mac, arrival.Peer.ScopeId) is var address && !address.Equals(arrival.Peer))
        {
            var byMac = new ArrivalByMac(arrival, address);
            context.Features.Set<IGuestArrivalFeature>(byMac);
            connected?.Invoke(context.Features, byMac);
        }
        await answer(context);
    }

    /// <summary>Asked for once a connection: its packets go to one MAC all its life.</summary>
    /// <returns>A MAC, or why there is none.</returns>
    async ValueTask<(Refusal Refusal, PhysicalAddress? Mac)> FindMacAsync(
        HttpContext context,
        IGuestArrivalFeature arrival
    )
    {
        var items = context.Features.Get<IConnectionItemsFeature>()?.Items;
        if (items?.TryGetValue(this, out var known) == true)
        {
            return (Refusal.None, (PhysicalAddress)known!);
        }
        try
        {
            var mac = await neighbours.FindMacAsync(arrival.Namespace, arrival.Peer);
            if (mac is not null)
            {
                items?.Add(this, mac);
            }
            return (Refusal.GuestMacUnknown, mac);
        }
        catch (EdgeException e)
        {
            if (_failures.MayWrite(out var suppressed))
            {
                Log.NeighboursNotAsked(logger, arrival.Namespace, e.Message, suppressed);
            }
            return (Refusal.GuestMacUnavailable, null);
        }
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
