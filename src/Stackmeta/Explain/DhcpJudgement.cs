using System.Net.Sockets;

namespace Stackmeta;

/// <summary>What the guest is told by DHCP.</summary>
static class DhcpJudgement
{
    public static LinkVerdict Server(PathSubject subject, PathSights sights)
    {
        if (subject is { IsFromInventory: true, Subnet.EnableDhcp: false })
        {
            return LinkVerdict.Broken(Finding.SubnetWithoutDhcp, $"{subject.Subnet.Cidr} has no DHCP");
        }
        if (sights.Dhcp is not { } server)
        {
            return subject.IsFromInventory
                ? LinkVerdict.Broken(Finding.DhcpServerDead, "no dnsmasq runs for the network")
                : LinkVerdict.NotLookedAt(PathLink.Dhcp, "no dnsmasq for the network here (OVN answers itself)");
        }
        if (sights.IsDhcpStopped)
        {
            return LinkVerdict.Broken(Finding.DhcpServerSilent, $"dnsmasq {server.Process} is stopped");
        }
        if (subject.Port is not { } port || !IsLeased(subject))
        {
            return LinkVerdict.Fine(PathLink.Dhcp, $"dnsmasq {server.Process}");
        }
        return server.HostLine(port.MacAddress) switch
        {
            null => LinkVerdict.Broken(Finding.DhcpHostMissing, $"dnsmasq has no line for {port.MacAddress}"),
            var line when !line.Split(',').Contains(subject.Address!.ToString()) => LinkVerdict.Broken(
                Finding.DhcpHostWrong,
                $"dnsmasq gives {port.MacAddress} another address than {subject.Address}"
            ),
            _ => LinkVerdict.Fine(PathLink.Dhcp, $"dnsmasq {server.Process} gives {subject.Address}"),
        };
    }

    public static LinkVerdict Route(PathSubject subject, PathSights sights)
    {
        if (subject.IsRouted)
        {
            return LinkVerdict.Fine(PathLink.Route, $"by the gateway {subject.Subnet!.GatewayIp}");
        }
        if (!IsLeased(subject) || sights.Dhcp is not { } server)
        {
            return LinkVerdict.NotLookedAt(
                PathLink.Route,
                subject.Subnet is null ? "no subnet is known" : "no DHCP server that could tell it"
            );
        }
        // A host route of the subnet's own may lead there on purpose, to a router that is none of ours.
        var expected = DhcpAddressOf(subject);
        return server.NextHop(Guid.Parse(subject.Subnet!.Id)) switch
        {
            null => LinkVerdict.Broken(Finding.RouteMissing, "option 121 names no way to 169.254.169.254"),
            var hop when expected is not null && hop != expected => LinkVerdict.Broken(
                Finding.RouteWrong,
                $"option 121 leads to {hop}, the namespace is {expected}"
            ),
            var hop => LinkVerdict.Fine(PathLink.Route, $"option 121 leads to {hop}"),
        };
    }

    static bool IsLeased(PathSubject subject) =>
        subject is { Subnet.EnableDhcp: true, Address.AddressFamily: AddressFamily.InterNetwork };

    static string? DhcpAddressOf(PathSubject subject) =>
        subject.DhcpPort?.FixedIps?.FirstOrDefault(fixedIp => fixedIp.SubnetId == subject.Subnet!.Id)?.IpAddress;
}
