using System.Net;
using Stackmeta.Agent;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>What the edge knows of a connection, for the agent of the same process.</summary>
sealed record GuestConnection(NetworkScope Scope, IPAddress Peer) : IGuestConnectionFeature
{
    public static GuestConnection Of(IGuestArrivalFeature arrival) =>
        new(
            new(
                arrival.Scope.Kind == EdgeScopeKind.Router ? NetworkScopeKind.Router : NetworkScopeKind.Network,
                arrival.Scope.Id.ToString()
            ),
            // The zone is the number of an interface in that namespace and means nothing elsewhere.
            arrival.Peer.IsIPv6LinkLocal
                ? new(arrival.Peer.GetAddressBytes())
                : arrival.Peer
        );
}
