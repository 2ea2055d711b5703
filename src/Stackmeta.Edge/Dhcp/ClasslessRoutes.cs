using System.Net;
using Stackmeta.Core.Networks;

namespace Stackmeta.Edge;

/// <summary>
/// The routes that one IPv4 subnet's guests get by DHCP options 121 and 249 (spec/neutron-metadata.md §2.3). This is how a
/// guest on a network without a router finds 169.254.169.254.
/// </summary>
static class ClasslessRoutes
{
    static readonly IPAddress OnLink = IPAddress.Any;

    /// <summary>
    /// Routes in the order that Neutron gives them, and the gateway for option 3. Of more than the option can hold the last ones are left
    /// out, but never the routes to the metadata service and to the gateway.
    /// </summary>
    /// <param name="size">Octets that the option may have.</param>
    public static (List<EdgeHostRoute> Routes, IPAddress? Gateway) Of(
        EdgeSubnet subnet,
        EdgeNetwork network,
        EdgeOptions options,
        int size = ClasslessRouteOption.LargestSize
    )
    {
        // A next hop must be reachable before it is used (LP#1372885), so the neighbours come first, the last one foremost.
        var routes = network
            .Subnets.Where(neighbour =>
                !neighbour.IsIpv6 && neighbour.Cidr != subnet.Cidr && neighbour.SegmentId == subnet.SegmentId
            )
            .Reverse()
            .Select(static neighbour => new EdgeHostRoute(neighbour.Cidr, OnLink))
            .ToList();
        var gateway = subnet.Gateway;
        foreach (var route in subnet.HostRoutes)
        {
            if (route.Destination == Ipv4Default)
            {
                gateway ??= route.NextHop;
            }
            else
            {
                routes.Add(route);
            }
        }
        var room = ClasslessRouteOption.RoomIn(size);
        routes.RemoveAll(route => (room -= ClasslessRouteOption.SizeOf(route.Destination)) < 0);

        if (MetadataNextHop(subnet, gateway, options) is { } nextHop)
        {
            routes.Add(new(new IPNetwork(MetadataAddress.Ipv4, 32), nextHop));
        }

        // RFC 3442: a client that gets option 121 ignores option 3, so the default route must be said here too (LP#1317935).
        if (routes.Count > 0 && gateway is not null)
        {
            routes.Add(new(Ipv4Default, gateway));
        }
        return (routes, gateway);
    }

    static readonly IPNetwork Ipv4Default = new(IPAddress.Any, 0);

    static IPAddress? MetadataNextHop(EdgeSubnet subnet, IPAddress? gateway, EdgeOptions options)
    {
        if (subnet.OvnMetadataAddress is { } ovn)
        {
            return ovn;
        }
        var isolated = !subnet.GatewayIsRouter;
        return options.ForceMetadata || (isolated && options.EnableIsolatedMetadata) ? subnet.DhcpAddress
            : isolated ? null
            : gateway;
    }
}
