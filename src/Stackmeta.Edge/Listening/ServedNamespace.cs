using System.Collections.Immutable;
using System.Net;

namespace Stackmeta.Edge;

/// <summary>A namespace that is listened in.</summary>
/// <param name="Scope">Whose it is; all its connections carry this.</param>
/// <param name="Name">Its name below <c>/run/netns</c>.</param>
/// <param name="EndPoints">Where to listen; empty addresses (<c>0.0.0.0</c>, <c>::</c>) listen on all.</param>
public sealed record ServedNamespace(EdgeScope Scope, string Name, ImmutableArray<IPEndPoint> EndPoints)
{
    /// <summary>
    /// A DHCP or OVN namespace: only the metadata addresses, never the others of the namespace (LP#1745618). The IPv6 one
    /// is listened on where, and as long as, an interface has it.
    /// </summary>
    public static ServedNamespace ForNetwork(Guid network, string name) =>
        new(
            EdgeScope.Network(network),
            name,
            [new(MetadataAddress.Ipv4, MetadataAddress.Port), new(MetadataAddress.Ipv6, MetadataAddress.Port)]
        );

    /// <summary>The same for a namespace of OVN's metadata agent.</summary>
    public static ServedNamespace ForOvnNetwork(Guid network, string name) =>
        ForNetwork(network, name) with
        {
            Scope = EdgeScope.OvnNetwork(network),
        };

    /// <summary>
    /// A router's namespace: everywhere on the port that its rules redirect to, since the redirection puts the interface's
    /// own address in place of the metadata address.
    /// </summary>
    public static ServedNamespace ForRouter(Guid router, string name) =>
        new(
            EdgeScope.Router(router),
            name,
            [new(IPAddress.Any, MetadataAddress.RouterPort), new(IPAddress.IPv6Any, MetadataAddress.RouterPort)]
        );
}
