using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>FairScheduler the inventory's networks into what the edge provides on this host.</summary>
static class EdgeNetworks
{
    /// <summary>The networks that have a DHCP port, and so a namespace; the others have nothing that could answer.</summary>
    /// <param name="layouts">Those of the inventory.</param>
    /// <param name="dnsDomain">What guests' names end with; empty for none.</param>
    public static ImmutableArray<EdgeNetwork> Of(ImmutableArray<NetworkLayout> layouts, string dnsDomain) =>
        [.. layouts.Select(layout => Read(layout, dnsDomain).Network).OfType<EdgeNetwork>()];

    /// <summary>What one network asks of the edge.</summary>
    /// <inheritdoc cref="Of(ImmutableArray{NetworkLayout}, string)"/>
    public static EdgePart Read(NetworkLayout layout, string dnsDomain)
    {
        if (!Guid.TryParse(layout.Network.Id, out var id))
        {
            return new(null, null, []) { Faults = [$"network '{layout.Network.Id}' has no uuid"] };
        }
        var faults = new List<string>(layout.Faults.Select(static fault => fault.ToString()));
        var interfaces = EdgeRouters.Read(layout, faults, out var lost);
        string? unknown = null;
        EdgeNetwork? network = null;
        if (layout.Faults.FirstOrDefault(static fault => fault.Kind != "port") is { } fault)
        {
            unknown = fault.ToString();
        }
        else if (layout.DhcpPort is null)
        {
            // Its port may be the one that cannot be understood.
            unknown = layout
                .Faults.FirstOrDefault(static fault => fault.DeviceOwner is null or DeviceOwners.Dhcp)
                ?.ToString();
        }
        else
        {
            try
            {
                network = Of(id, layout, layout.DhcpPort, dnsDomain, faults);
            }
            catch (Exception e) when (IsOfRecord(e))
            {
                unknown = e.Message;
                faults.Add(e.Message);
            }
        }
        return new(id, network, network is null ? [] : interfaces)
        {
            Unknown = unknown,
            LostInterfaces = lost,
            Faults = [.. faults],
        };
    }

    /// <summary>What parsers throw at a text, or a list, that is not what it must be.</summary>
    public static bool IsOfRecord(Exception exception) =>
        exception
            is FormatException
                or ArgumentException
                or InvalidOperationException
                or NullReferenceException
                or OverflowException;

    static EdgeNetwork Of(Guid id, NetworkLayout layout, PortEntry dhcpPort, string dnsDomain, List<string> faults)
    {
        var hosts = ImmutableArray.CreateBuilder<EdgeHost>(layout.Ports.Length);
        var leftOut = layout.Faults.FirstOrDefault()?.ToString();
        foreach (var port in layout.Ports.Where(static port => port.Port.DeviceOwner != DeviceOwners.Dhcp))
        {
            try
            {
                hosts.Add(HostOf(port, layout));
            }
            catch (Exception e) when (IsOfRecord(e))
            {
                faults.Add($"port {port.Port.Id} cannot be understood: {e.Message}");
                leftOut ??= faults[^1];
            }
        }
        return new(
            id,
            layout.Network.Mtu ?? 0,
            dnsDomain,
            [
                .. layout
                    .Subnets.Select(subnet =>
                        Named("subnet", subnet.Id, () => IsProvided(subnet) ? Of(subnet, layout, dhcpPort) : null)
                    )
                    .OfType<EdgeSubnet>(),
            ],
            Named(
                "port",
                dhcpPort.Id,
                () => new EdgeDhcpPort(Guid.Parse(dhcpPort.Id), PhysicalAddress.Parse(dhcpPort.MacAddress))
            ),
            hosts.ToImmutable()
        )
        {
            // Nobody else announces prefixes on a network that only we provide.
            RouterAdvertisements = true,
            LeftOut = leftOut,
        };
    }

    static bool IsProvided(SubnetEntry subnet) => ProvidedAddresses.IsProvided(subnet);

    /// <summary>Names the record whose text is not what it must be.</summary>
    static T Named<T>(string kind, string id, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (IsOfRecord(e))
        {
            throw new FormatException($"{kind} {id} cannot be understood: {e.Message}", e);
        }
    }

    static EdgeHost HostOf(PortLayout port, NetworkLayout layout) =>
        new(
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
        )
        {
            DeviceId = port.Port.DeviceId,
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
