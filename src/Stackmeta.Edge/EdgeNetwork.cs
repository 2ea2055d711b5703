using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using Stackmeta.Core.Networks;

namespace Stackmeta.Edge;

/// <summary>A network that the edge is to provide on this host: a bridge, a DHCP namespace, addresses and DHCP.</summary>
/// <param name="Id">The network's uuid; names of namespace and bridge derive from it (<see cref="DeviceNames"/>).</param>
/// <param name="Mtu">Bytes; 0 leaves the kernel's own and gives guests none.</param>
/// <param name="DnsDomain">Appended to host names, for example <c>openstacklocal</c>; empty for none.</param>
/// <param name="Subnets">All subnets of the network, those without DHCP included: routes between them depend on each.</param>
/// <param name="DhcpPort">The port whose interface lives in the DHCP namespace.</param>
/// <param name="Hosts">The ports that get fixed leases. The DHCP port itself is not among them.</param>
public sealed record EdgeNetwork(
    Guid Id,
    int Mtu,
    string DnsDomain,
    ImmutableArray<EdgeSubnet> Subnets,
    EdgeDhcpPort DhcpPort,
    ImmutableArray<EdgeHost> Hosts
)
{
    /// <summary>
    /// Whether dnsmasq announces the IPv6 prefixes. Neutron leaves that to its routers' radvd; a network without such a
    /// router has nobody else to do it. A router of ours announces itself and nothing more (<see cref="EdgeRouterAdvertisement"/>).
    /// </summary>
    public bool RouterAdvertisements { get; init; }

    /// <summary>What is not among <see cref="Hosts"/> because its record makes no sense, for the status; null when nothing is.</summary>
    public string? LeftOut { get; init; }

    /// <summary>
    /// How many link-local IPv6 addresses a guest may have at a time besides the one that its port's MAC makes. A guest needs one, that of
    /// RFC 7217, and another one after each new installation.
    /// </summary>
    public int LinkLocalAddresses { get; init; } = EdgeOptions.DefaultLinkLocalAddresses;
}

/// <summary>The port of the DHCP namespace.</summary>
public sealed record EdgeDhcpPort(Guid Id, PhysicalAddress Mac);

/// <summary>A subnet as the DHCP side sees it.</summary>
public sealed record EdgeSubnet
{
    public required Guid Id { get; init; }

    public required IPNetwork Cidr { get; init; }

    /// <summary>Null when the subnet has no gateway.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>
    /// Servers to tell to guests; empty makes dnsmasq name itself. A single <c>0.0.0.0</c> or <c>::</c> tells none.
    /// </summary>
    public ImmutableArray<IPAddress> DnsServers { get; init; } = [];

    public ImmutableArray<EdgeHostRoute> HostRoutes { get; init; } = [];

    public bool DhcpEnabled { get; init; } = true;

    /// <summary>How guests make their address; only IPv6 subnets have it.</summary>
    public Ipv6AddressMode Ipv6AddressMode { get; init; }

    /// <summary>The DHCP port's address in this subnet; null when it has none, as on a segment of another host.</summary>
    public IPAddress? DhcpAddress { get; init; }

    /// <summary>
    /// Whether a router port of the network has the gateway's address. If not, the subnet is <em>isolated</em> and its
    /// metadata comes from the DHCP namespace (spec/neutron-metadata.md §1.4).
    /// </summary>
    public bool GatewayIsRouter { get; init; }

    /// <summary>Subnets of one segment reach each other on the link. Null for an unsegmented network.</summary>
    public Guid? SegmentId { get; init; }

    /// <summary>Address in this subnet of an OVN metadata port, which then serves the metadata instead of us.</summary>
    public IPAddress? OvnMetadataAddress { get; init; }

    /// <summary>True for an IPv6 subnet.</summary>
    public bool IsIpv6 => Cidr.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;

    /// <summary>What of it is checked before it is provided.</summary>
    internal SubnetRequirements Requirements =>
        new(Cidr, Gateway, DnsServers, [.. HostRoutes.Select(static route => (route.Destination, route.NextHop))]);
}

/// <summary>A route that a subnet gives to its guests.</summary>
public sealed record EdgeHostRoute(IPNetwork Destination, IPAddress NextHop);

/// <summary>A port that may ask for a lease.</summary>
/// <param name="PortId">The port's uuid.</param>
/// <param name="Mac">Its MAC, by which dnsmasq tells hosts apart.</param>
/// <param name="Addresses">Its fixed IPs, each in a subnet of the network.</param>
/// <param name="HostName">One or more DNS labels; null makes it <c>host-10-0-0-5</c> from the address, as Neutron does.</param>
public sealed record EdgeHost(Guid PortId, PhysicalAddress Mac, ImmutableArray<IPAddress> Addresses, string? HostName)
{
    /// <summary>Whose port it is; any text, which is only compared.</summary>
    public string DeviceId { get; init; } = "";
}

/// <summary>Neutron's <c>ipv6_address_mode</c>.</summary>
public enum Ipv6AddressMode
{
    /// <summary>Not set; dnsmasq then treats the subnet as stateful.</summary>
    None,
    Slaac,
    Dhcpv6Stateless,
    Dhcpv6Stateful,
}
