using Stackmeta.Agent;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Networks;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>What the edge knows of a connection, for the agent of the same process: once for all of its requests.</summary>
sealed class GuestConnection : IGuestClient
{
    GuestConnection(IGuestPeer client)
    {
        Scope = new(
            client.Scope.Kind == EdgeScopeKind.Router ? NetworkScopeKind.Router : NetworkScopeKind.Network,
            client.ScopeId
        );
        Address = GuestAddress.TryFrom(client.Peer, out var address) ? address : null;
        ClientAddress = client.ClientAddress;
        Mac = client.Mac;
    }

    public NetworkScope Scope { get; }

    public GuestAddress? Address { get; }

    public string ClientAddress { get; }

    public EthernetAddress? Mac { get; }

    public Port? BoundPort { get; set; }

    public static GuestConnection Of(IGuestPeer client) => new(client);
}
