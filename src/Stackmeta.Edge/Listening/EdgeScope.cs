using System.Net;
using Stackmeta.Core.Networks;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>Whose namespace it is: a network's or a router's.</summary>
public readonly record struct EdgeScope(EdgeScopeKind Kind, Guid Id)
{
    public static EdgeScope Network(Guid id) => new(EdgeScopeKind.Network, id);

    public static EdgeScope OvnNetwork(Guid id) => new(EdgeScopeKind.OvnNetwork, id);

    public static EdgeScope Router(Guid id) => new(EdgeScopeKind.Router, id);

    /// <summary><c>network</c> or <c>router</c>, for logs.</summary>
    public string KindName => Kind == EdgeScopeKind.Router ? "router" : "network";

    /// <summary>For example <c>network 5d6f…</c>.</summary>
    public override string ToString() => $"{KindName} {Id}";
}

/// <summary>The kinds of namespace that metadata is served in.</summary>
public enum EdgeScopeKind
{
    Network,
    Router,

    /// <summary>A network whose agent is OVN's, which wants to be told by a header of its own (spec/neutron-metadata.md §1.1).</summary>
    OvnNetwork,
}

/// <summary>
/// What a connection's socket tells about who asks. It is set on each connection that a <see cref="NamespaceListeners"/>
/// accepts, and is all that identity is taken from: where the connection arrived, its peer, and the MAC of its first packet.
/// </summary>
public interface IGuestPeer
{
    EdgeScope Scope { get; }

    /// <summary>The id of the <see cref="Scope"/> for another program.</summary>
    string ScopeId => Scope.Id.ToString();

    /// <summary>The namespace, as <see cref="ServedNamespace.Name"/> has it.</summary>
    string Namespace { get; }

    /// <summary>
    /// IPv4, or IPv6 with its zone; never IPv4 mapped into IPv6. Of a link-local client whose MAC is known, the address that is made of the
    /// MAC.
    /// </summary>
    IPAddress Peer { get; }

    /// <summary>By which the connection's first packet came; null when it is not known, and the address alone counts.</summary>
    EthernetAddress? Mac { get; }

    /// <summary>The <see cref="Peer"/> for another program: without the zone, which means nothing there.</summary>
    string ClientAddress => AddressOf(Peer);

    /// <summary>The <see cref="Mac"/> for another program.</summary>
    string? MacText => Mac?.ToString();

    /// <summary>
    /// Ties the connection to the port that its client was found to have. A connection has one all its life: a later answer that is for
    /// another must not be given on it.
    /// </summary>
    /// <param name="port">Port and device, as the agent names them.</param>
    /// <returns>False when it is tied to another.</returns>
    bool TryBind(string port);

    static string AddressOf(IPAddress peer) =>
        (peer.IsIPv6LinkLocal ? new IPAddress(peer.GetAddressBytes()) : peer).ToString();

    /// <summary>Tells the observation of a request, where there is one, who asks.</summary>
    void ShowTo(RequestObservation? request) => request?.SetGuest(Scope.KindName, ScopeId, Peer.ToString());
}
