using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>Turns the inventory's networks into what the edge provides on this host.</summary>
static class EdgeNetworks
{
    /// <summary>The networks that have a DHCP port, and so a namespace; the others have nothing that could answer.</summary>
    /// <param name="layouts">All networks of the inventory.</param>
    /// <param name="dnsDomain">What guests' names end with; empty for none.</param>
    public static ImmutableArray<EdgeNetwork> Of(ImmutableArray<NetworkLayout> layouts, string dnsDomain) =>
        [
            .. layouts
                .Where(layout => layout.DhcpPort is not null)
                .Select(layout => Of(layout, layout.DhcpPort!, dnsDomain)),
        ];

    static EdgeNetwork Of(NetworkLayout layout, PortEntry dhcpPort, string dnsDomain) =>
        new(
            Guid.Parse(layout.Network.Id),
            layout.Network.Mtu ?? 0,
            dnsDomain,
            [.. layout.Subnets.Where(ProvidedAddresses.IsProvided).Select(subnet => Of(subnet, layout, dhcpPort))],
            new EdgeDhcpPort(Guid.Parse(dhcpPort.Id), PhysicalAddress.Parse(dhcpPort.MacAddress)),
            [
                .. layout
                    .Ports.Where(port => port.Port.DeviceOwner != DeviceOwners.Dhcp)
                    .Select(port => new EdgeHost(
                        Guid.Parse(port.Port.Id),
                        PhysicalAddress.Parse(port.Port.MacAddress),
                        [
                            .. port
                                .Port.FixedIps!.Value.Where(fixedIp =>
                                    ProvidedAddresses.IsProvided(port.Port, fixedIp, layout.Subnets)
                                )
                                .Select(fixedIp => IPAddress.Parse(fixedIp.IpAddress)),
                        ],
                        port.Hostname
                    )),
            ]
        )
        {
            // Nobody else announces prefixes on a network that only we provide.
            RouterAdvertisements = true,
        };

    static EdgeSubnet Of(SubnetEntry subnet, NetworkLayout layout, PortEntry dhcpPort) =>
        new()
        {
            Id = Guid.Parse(subnet.Id),
            Cidr = IPNetwork.Parse(subnet.Cidr),
            Gateway = subnet.GatewayIp is { } gateway ? IPAddress.Parse(gateway) : null,
            DnsServers = [.. subnet.DnsNameservers.Select(IPAddress.Parse)],
            HostRoutes =
            [
                .. subnet.HostRoutes.Select(route => new EdgeHostRoute(
                    IPNetwork.Parse(route.Destination),
                    IPAddress.Parse(route.Nexthop)
                )),
            ],
            DhcpEnabled = subnet.EnableDhcp,
            Ipv6AddressMode = subnet.Ipv6AddressMode switch
            {
                "slaac" => Ipv6AddressMode.Slaac,
                "dhcpv6-stateless" => Ipv6AddressMode.Dhcpv6Stateless,
                "dhcpv6-stateful" => Ipv6AddressMode.Dhcpv6Stateful,
                _ => Ipv6AddressMode.None,
            },
            DhcpAddress = dhcpPort.FixedIps!.Value.FirstOrDefault(fixedIp => fixedIp.SubnetId == subnet.Id)
                is { } address
                ? IPAddress.Parse(address.IpAddress)
                : null,
            GatewayIsRouter = EdgeRouters.HasGatewayOf(subnet, layout),
        };
}
