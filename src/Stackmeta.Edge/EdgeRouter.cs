using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;

namespace Stackmeta.Edge;

/// <summary>
/// A router that the edge is to provide on this host: a namespace with an interface on each network, which forwards between
/// them and answers metadata requests itself. It leads nowhere else.
/// </summary>
public sealed record EdgeRouter(Guid Id, ImmutableArray<EdgeRouterPort> Ports)
{
    /// <summary>What is known of the guests of its networks; set by the provisioner, which knows these.</summary>
    internal NetworkAddresses Guests { get; init; } = NetworkAddresses.None;
}

/// <summary>An interface of a router.</summary>
/// <param name="PortId">The port's uuid; the interface is named <c>qr-</c> and its beginning.</param>
/// <param name="NetworkId">One of the networks that are provided.</param>
/// <param name="Mtu">The network's; 0 leaves the kernel's own.</param>
public sealed record EdgeRouterPort(
    Guid PortId,
    PhysicalAddress Mac,
    Guid NetworkId,
    int Mtu,
    ImmutableArray<EdgeRouterAddress> Addresses
)
{
    /// <summary>What guests are told by IPv6 router advertisements; null when the interface is no IPv6 subnet's gateway.</summary>
    public EdgeRouterAdvertisement? Advertisement { get; init; }
}

/// <summary>How guests of an IPv6 gateway get their addresses (RFC 4861 §4.2).</summary>
/// <param name="AddressesByDhcp">The M flag: some subnet of the network is stateful.</param>
/// <param name="OthersByDhcp">The O flag: some subnet's guests ask DHCPv6 at least for name servers.</param>
public sealed record EdgeRouterAdvertisement(bool AddressesByDhcp, bool OthersByDhcp);

/// <summary>An address of a router's interface, usually a subnet's gateway.</summary>
public sealed record EdgeRouterAddress(IPAddress Address, int PrefixLength);

/// <summary>How a router of this host fares.</summary>
/// <param name="Reason">One sentence for the operator; null when all is well.</param>
public sealed record EdgeRouterStatus(Guid RouterId, EdgeNetworkHealth Health, string? Reason);
