using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>
/// FairScheduler the inventory's routers, which are the devices of interface ports, into what the edge provides on this host.
/// </summary>
static class EdgeRouters
{
    /// <summary>The interfaces that routers have on a network.</summary>
    /// <param name="faults">Gets what is wrong with their records.</param>
    /// <param name="lost">Routers with an interface that cannot be understood.</param>
    public static ImmutableArray<(Guid Router, EdgeRouterPort Port)> Read(
        NetworkLayout layout,
        List<string> faults,
        out ImmutableArray<Guid> lost
    )
    {
        var found = ImmutableArray.CreateBuilder<(Guid, EdgeRouterPort)>();
        var troubled = ImmutableArray.CreateBuilder<Guid>();
        foreach (var fault in layout.Faults.Where(static fault => IsInterface(fault.DeviceOwner, fault.DeviceId)))
        {
            if (Guid.TryParse(fault.DeviceId, out var router))
            {
                troubled.Add(router);
            }
        }
        foreach (var port in layout.Ports.Select(static port => port.Port).Where(IsInterface))
        {
            if (!Guid.TryParse(port.DeviceId, out var router))
            {
                faults.Add($"port {port.Id}: the router '{port.DeviceId}' has no uuid");
                continue;
            }
            try
            {
                found.Add((router, Of(port, layout)));
            }
            catch (Exception e) when (EdgeNetworks.IsOfRecord(e))
            {
                faults.Add($"port {port.Id} cannot be understood: {e.Message}");
                troubled.Add(router);
            }
        }
        lost = troubled.ToImmutable();
        return found.ToImmutable();
    }

    /// <summary>
    /// Whether a router is the subnet's gateway, which then answers its metadata requests (spec/neutron-metadata.md §1.4).
    /// </summary>
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

    static bool IsInterface(PortEntry port) => IsInterface(port.DeviceOwner, port.DeviceId);

    static bool IsInterface(string? owner, string? device) =>
        owner is not null && DeviceOwners.RouterInterfaces.Contains(owner) && device is { Length: > 0 };

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

    /// <summary>
    /// Whether guests make or get their addresses of an IPv6 subnet by themselves (Neutron has no <c>ipv6_ra_mode</c> without DHCP).
    /// </summary>
    static bool IsAnnounced(SubnetEntry subnet) =>
        subnet.EnableDhcp && IPNetwork.Parse(subnet.Cidr).BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;

    static bool IsOnlySlaac(SubnetEntry subnet) => subnet.Ipv6AddressMode == "slaac";

    static bool IsStateful(SubnetEntry subnet) => subnet.Ipv6AddressMode is not ("slaac" or "dhcpv6-stateless");
}
