using System.Net.Sockets;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>What the guest is told by DHCP.</summary>
static class DhcpJudgement
{
    public static LinkVerdict Server(PathSubject subject, PathSights sights)
    {
        if (sights.Namespace is null)
        {
            return subject is { IsFromInventory: true, IsProvided: false, Subnet: { } bare }
                ? LinkVerdict.Broken(Finding.SubnetWithoutDhcp, $"{bare.Cidr} has no DHCP")
                : LinkVerdict.NotLookedAt(PathLink.Dhcp, "no namespace");
        }
        // What our edge does not provide, somebody else does, and gives addresses or not.
        var isOurs = subject is { IsFromInventory: true, IsProvided: true };
        if (isOurs && subject.Subnet is { EnableDhcp: false } off)
        {
            return LinkVerdict.Broken(Finding.SubnetWithoutDhcp, $"{off.Cidr} has no DHCP");
        }
        if (sights.Dhcp is not { } server)
        {
            return isOurs
                ? LinkVerdict.Broken(Finding.DhcpServerDead, "no dnsmasq runs for the network")
                : LinkVerdict.NotLookedAt(PathLink.Dhcp, "no dnsmasq for the network here");
        }
        if (sights.IsDhcpStopped)
        {
            return LinkVerdict.Broken(Finding.DhcpServerSilent, $"dnsmasq {server.Process} is stopped");
        }
        if (subject.Mac is null || !IsLeased(subject))
        {
            return LinkVerdict.Fine(PathLink.Dhcp, $"dnsmasq {server.Process}");
        }
        var lines = server.HostLines(subject.Port!.MacAddress).ToList();
        return lines switch
        {
            [] => LinkVerdict.Broken(Finding.DhcpHostMissing, $"dnsmasq has no line for {subject.Port.MacAddress}"),
            _ when !lines.Exists(line => line.Split(',').Contains(subject.Address!.ToString())) => LinkVerdict.Broken(
                Finding.DhcpHostWrong,
                $"dnsmasq gives {subject.Port.MacAddress} another address than {subject.Address}"
            ),
            _ => LinkVerdict.Fine(PathLink.Dhcp, $"dnsmasq {server.Process} gives {subject.Address}"),
        };
    }

    public static LinkVerdict Route(PathSubject subject, PathSights sights)
    {
        if (subject.IsRouted)
        {
            return LinkVerdict.Fine(
                PathLink.Route,
                subject.Subnet is { } subnet ? $"by the gateway {subnet.GatewayIp}" : "by the router"
            );
        }
        if (subject.Address is { AddressFamily: AddressFamily.InterNetworkV6 })
        {
            return LinkVerdict.Fine(PathLink.Route, "fe80::a9fe:a9fe needs none");
        }
        if (!IsLeased(subject) || sights.Dhcp is not { } server)
        {
            return LinkVerdict.NotLookedAt(
                PathLink.Route,
                subject.Subnet is null ? "no subnet is known" : "no DHCP server that could tell it"
            );
        }
        var hop = server.NextHop(Guid.Parse(subject.Subnet!.Id));
        if (OwnRoute(subject) is { } wanted && hop == wanted)
        {
            // Somebody wants it so, and who answers there is not seen from here.
            return LinkVerdict.NotLookedAt(PathLink.Route, $"the subnet's own host route leads to {hop}");
        }
        var expected = subject.DhcpAddress;
        return hop switch
        {
            null => LinkVerdict.Broken(Finding.RouteMissing, "option 121 names no way to 169.254.169.254"),
            _ when expected is not null && hop != expected => LinkVerdict.Broken(
                Finding.RouteWrong,
                $"option 121 leads to {hop}, the namespace is {expected}"
            ),
            _ => LinkVerdict.Fine(PathLink.Route, $"option 121 leads to {hop}"),
        };
    }

    static string? OwnRoute(PathSubject subject) =>
        subject.Subnet!.HostRoutes.FirstOrDefault(route => route.Destination == $"{MetadataAddress.Ipv4}/32")?.Nexthop;

    static bool IsLeased(PathSubject subject) =>
        subject is { Subnet.EnableDhcp: true, Address.AddressFamily: AddressFamily.InterNetwork };
}
