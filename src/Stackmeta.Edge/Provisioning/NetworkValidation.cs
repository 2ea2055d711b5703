using System.Net;
using Stackmeta.Core.Networks;

namespace Stackmeta.Edge;

/// <summary>What makes a network impossible to provide. Checked before anything on the machine is touched.</summary>
static class NetworkValidation
{
    /// <summary>The network without those of its hosts that are impossible: they are named, and the others go on.</summary>
    /// <exception cref="EdgeException">The network itself is impossible; the message is one sentence naming the fault.</exception>
    public static EdgeNetwork Require(EdgeNetwork network)
    {
        if (CheckLinks(network) is { } fault)
        {
            throw new EdgeException(fault);
        }
        var owners = AddressesOfServer(network);
        var leftOut = network.LeftOut ?? FindUntold(network);
        var hosts = network.Hosts.RemoveAll(host =>
        {
            var reason = CheckHost(host, network, owners);
            leftOut ??= reason;
            return reason is not null;
        });
        return network with { Hosts = hosts, LeftOut = leftOut };
    }

    /// <summary>What the network is provided without, because it was stored before today's rules.</summary>
    static string? FindUntold(EdgeNetwork network)
    {
        if (
            network.Mtu != 0
            && network.Subnets.Any(static subnet => subnet.IsIpv6)
            && LinkMtu.FindIpv6Fault(network.Mtu) is { } fault
        )
        {
            return $"The network has no IPv6: its MTU {fault}.";
        }
        foreach (var subnet in network.Subnets.Where(static subnet => subnet.DhcpEnabled))
        {
            var neighbours = network
                .Subnets.Where(other => !other.IsIpv6 && other.SegmentId == subnet.SegmentId)
                .Reverse()
                .Select(static other => other.Cidr);
            if (ClasslessRouteOption.FindTooMany(subnet.Requirements, neighbours).ToList() is { Count: > 0 } tooMany)
            {
                return $"Guests of subnet {subnet.Id} ({subnet.Cidr}) are not told the routes to {string.Join(", ", tooMany)}: DHCP option 121 has no room for them.";
            }
        }
        return null;
    }

    /// <returns>One sentence naming the fault, or null.</returns>
    public static string? Check(EdgeNetwork network)
    {
        var owners = AddressesOfServer(network);
        return CheckLinks(network)
            ?? network
                .Hosts.Select(host => CheckHost(host, network, owners))
                .FirstOrDefault(static fault => fault is not null);
    }

    static string? CheckLinks(EdgeNetwork network)
    {
        if (network.Mtu != 0 && LinkMtu.FindFault(network.Mtu) is { } mtu)
        {
            return $"MTU {mtu}.";
        }
        if (network.DnsDomain.Length > 0 && !HostNames.IsValidDomain(network.DnsDomain))
        {
            return "The DNS domain is not made of DNS labels.";
        }
        if (!MacAddress.IsUnicast(network.DhcpPort.Mac))
        {
            return $"The DHCP port {network.DhcpPort.Id} has no usable MAC.";
        }
        return network.Subnets.Select(subnet => Check(subnet, network)).FirstOrDefault(fault => fault is not null);
    }

    static string? Check(EdgeSubnet subnet, EdgeNetwork network)
    {
        if (network.Subnets.Any(other => !ReferenceEquals(other, subnet) && Overlap(other.Cidr, subnet.Cidr)))
        {
            return $"Subnet {subnet.Id} ({subnet.Cidr}) overlaps another one of its network.";
        }
        if (subnet.DhcpAddress is { } address && !subnet.Cidr.Contains(address))
        {
            return $"The DHCP address {address} is not in subnet {subnet.Id} ({subnet.Cidr}).";
        }
        return subnet.Requirements.FindFaults().FirstOrDefault() is ({ } path, { } sentence)
            ? $"Subnet {subnet.Id} cannot be provided: {path} {sentence}."
            : null;
    }

    static Dictionary<IPAddress, Guid> AddressesOfServer(EdgeNetwork network)
    {
        var owners = new Dictionary<IPAddress, Guid>();
        foreach (var subnet in network.Subnets)
        {
            if (subnet.DhcpAddress is { } address)
            {
                owners[address] = network.DhcpPort.Id;
            }
        }
        return owners;
    }

    /// <param name="owners">Gets the host's addresses, unless it is impossible.</param>
    static string? CheckHost(EdgeHost host, EdgeNetwork network, Dictionary<IPAddress, Guid> owners)
    {
        if (!MacAddress.IsUnicast(host.Mac))
        {
            return $"Port {host.PortId} has no usable MAC.";
        }
        // The name is not repeated: it may hold anything.
        if (host.HostName is not null && !HostNames.IsValid(host.HostName))
        {
            return $"The host name of port {host.PortId} is not made of DNS labels.";
        }
        foreach (var address in host.Addresses)
        {
            if (!network.Subnets.Any(subnet => subnet.Cidr.Contains(address)))
            {
                return $"Address {address} of port {host.PortId} is in none of the network's subnets.";
            }
            if (owners.TryGetValue(address, out var owner) && owner != host.PortId)
            {
                return $"Ports {owner} and {host.PortId} have the same address {address}.";
            }
        }
        foreach (var address in host.Addresses)
        {
            owners[address] = host.PortId;
        }
        return null;
    }

    static bool Overlap(IPNetwork one, IPNetwork other) =>
        one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress);
}
