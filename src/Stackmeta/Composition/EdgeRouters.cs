using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>Turns the inventory's routers, which are the devices of interface ports, into what the edge provides on this host.</summary>
static class EdgeRouters
{
    /// <summary>The routers that have an interface on one of the networks.</summary>
    /// <param name="layouts">All networks of the inventory.</param>
    public static ImmutableArray<EdgeRouter> Of(ImmutableArray<NetworkLayout> layouts) =>
        [
            .. from layout in layouts
            // Without a DHCP port the edge makes no bridge for the network.
            where layout.DhcpPort is not null
            from port in layout.Ports
            where IsInterface(port.Port)
            group Of(port.Port, layout) by port.Port.DeviceId into interfaces
            select new EdgeRouter(Guid.Parse(interfaces.Key), [.. interfaces]),
        ];

    /// <summary>Whether a router is the subnet's gateway, which then answers its metadata requests (spec/neutron-metadata.md §1.4).</summary>
    public static bool HasGatewayOf(SubnetEntry subnet, NetworkLayout layout) => GatewayOf(subnet, layout) is not null;

    /// <summary>The router's interface that has the address of the subnet's gateway; null when no router has.</summary>
    public static PortEntry? GatewayOf(SubnetEntry subnet, NetworkLayout layout) =>
        subnet.GatewayIp is { } gateway
            ? layout
                .Ports.Select(port => port.Port)
                .FirstOrDefault(port =>
                    IsInterface(port)
                    && port.FixedIps!.Value.Any(fixedIp =>
                        fixedIp.SubnetId == subnet.Id && fixedIp.IpAddress == gateway
                    )
                )
            : null;

    static bool IsInterface(PortEntry port) =>
        DeviceOwners.RouterInterfaces.Contains(port.DeviceOwner) && port.DeviceId.Length > 0;

    static EdgeRouterPort Of(PortEntry port, NetworkLayout layout) =>
        new(
            Guid.Parse(port.Id),
            PhysicalAddress.Parse(port.MacAddress),
            Guid.Parse(layout.Network.Id),
            layout.Network.Mtu ?? 0,
            [
                .. from fixedIp in port.FixedIps!.Value
                join subnet in layout.Subnets.Where(ProvidedAddresses.IsProvided) on fixedIp.SubnetId equals subnet.Id
                select new EdgeRouterAddress(
                    IPAddress.Parse(fixedIp.IpAddress),
                    IPNetwork.Parse(subnet.Cidr).PrefixLength
                ),
            ]
        )
        {
            Advertisement = layout.Subnets.Any(subnet =>
                IsAnnounced(subnet) && GatewayOf(subnet, layout)?.Id == port.Id
            )
                ? new(
                    AddressesByDhcp: layout.Subnets.Any(subnet => IsAnnounced(subnet) && IsStateful(subnet)),
                    OthersByDhcp: layout.Subnets.Any(subnet => IsAnnounced(subnet) && !IsOnlySlaac(subnet))
                )
                : null,
        };

    /// <summary>Whether guests make or get their addresses of an IPv6 subnet by themselves (Neutron has no <c>ipv6_ra_mode</c> without DHCP).</summary>
    static bool IsAnnounced(SubnetEntry subnet) =>
        subnet.EnableDhcp && IPNetwork.Parse(subnet.Cidr).BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;

    static bool IsOnlySlaac(SubnetEntry subnet) => subnet.Ipv6AddressMode == "slaac";

    static bool IsStateful(SubnetEntry subnet) => subnet.Ipv6AddressMode is not ("slaac" or "dhcpv6-stateless");
}
