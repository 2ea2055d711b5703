using System.Net;

namespace Stackmeta.Edge;

/// <summary>What makes a network impossible to provide. Checked before anything on the machine is touched.</summary>
static class NetworkValidation
{
    /// <summary>RFC 791 §3.2: every IPv4 link carries this much.</summary>
    const int SmallestMtu = 68;

    const int LargestMtu = 65535;

    /// <summary>The network without those of its hosts that are impossible: they are named, and the others go on.</summary>
    /// <exception cref="EdgeException">The network itself is impossible; the message is one sentence naming the fault.</exception>
    public static EdgeNetwork Require(EdgeNetwork network)
    {
        if (CheckLinks(network) is { } fault)
        {
            throw new EdgeException(fault);
        }
        var owners = AddressesOfServer(network);
        var leftOut = network.LeftOut;
        var hosts = network.Hosts.RemoveAll(host =>
        {
            var reason = CheckHost(host, network, owners);
            leftOut ??= reason;
            return reason is not null;
        });
        return hosts.Length == network.Hosts.Length ? network : network with { Hosts = hosts, LeftOut = leftOut };
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
        if (network.Mtu != 0 && network.Mtu is < SmallestMtu or > LargestMtu)
        {
            return $"MTU {network.Mtu} is not between {SmallestMtu} and {LargestMtu}.";
        }
        if (network.DnsDomain.Length > 0 && !HostNames.IsValid(network.DnsDomain))
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
        var family = subnet.Cidr.BaseAddress.AddressFamily;
        return subnet.Gateway is { } gateway && gateway.AddressFamily != family
                ? $"The gateway {gateway} of subnet {subnet.Id} is of another address family."
            : subnet.DnsServers.Any(server => server.AddressFamily != family)
                ? $"A DNS server of subnet {subnet.Id} is of another address family."
            : subnet.HostRoutes.Any(route =>
                route.NextHop.AddressFamily != family || route.Destination.BaseAddress.AddressFamily != family
            )
                ? $"A host route of subnet {subnet.Id} is of another address family."
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
