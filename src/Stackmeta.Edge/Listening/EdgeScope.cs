using System.Net;
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
/// accepts, and is all that identity is taken from: where the connection arrived, and its peer.
/// </summary>
public interface IGuestArrivalFeature
{
    EdgeScope Scope { get; }

    /// <summary>The namespace, as <see cref="ServedNamespace.Name"/> has it.</summary>
    string Namespace { get; }

    /// <summary>IPv4, or IPv6 with its zone; never IPv4 mapped into IPv6.</summary>
    IPAddress Peer { get; }

    /// <summary>Tells the observation of a request, where there is one, who asks.</summary>
    void ShowTo(RequestObservation? request) => request?.SetGuest(Scope.KindName, Scope.Id.ToString(), Peer.ToString());
}
