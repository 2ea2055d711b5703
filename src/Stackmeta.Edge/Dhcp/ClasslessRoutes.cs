using System.Net;

namespace Stackmeta.Edge;

/// <summary>
/// The routes that one IPv4 subnet's guests get by DHCP options 121 and 249 (spec/neutron-metadata.md §2.3). This is how a
/// guest on a network without a router finds 169.254.169.254.
/// </summary>
static class ClasslessRoutes
{
    static readonly IPAddress OnLink = IPAddress.Any;

    /// <summary>Routes in the order that Neutron gives them, and the gateway for option 3.</summary>
    public static (List<EdgeHostRoute> Routes, IPAddress? Gateway) Of(
        EdgeSubnet subnet,
        EdgeNetwork network,
        EdgeOptions options
    )
    {
        var routes = new List<EdgeHostRoute>();
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

        if (MetadataNextHop(subnet, gateway, options) is { } nextHop)
        {
            routes.Add(new(new IPNetwork(MetadataAddress.Ipv4, 32), nextHop));
        }

        // A next hop must be reachable before it is used (LP#1372885), so the neighbours come first, the last one foremost.
        foreach (var neighbour in network.Subnets)
        {
            if (!neighbour.IsIpv6 && neighbour.Cidr != subnet.Cidr && neighbour.SegmentId == subnet.SegmentId)
            {
                routes.Insert(0, new(neighbour.Cidr, OnLink));
            }
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
