using System.Collections.Immutable;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Networks;

namespace Stackmeta.Documents;

/// <summary>
/// network-config of a seed, in cloud-init's version 2 form (its documentation, "Networking Config Version 2"). Interfaces are found by
/// MAC address and named <c>eth0</c>, <c>eth1</c>… in order of attachment, since some of cloud-init's renderers need a name.
/// </summary>
/// <remarks>
/// How an address is come by is decided as for network_data.json. Other than there, no subnet and no address is passed over: version 2
/// has room for all of them.
/// </remarks>
static class NoCloudNetworkConfig
{
    const string Slaac = "slaac";
    const string DhcpStateless = "dhcpv6-stateless";

    /// <summary>False if a stored subnet has no prefix length that could be told.</summary>
    public static bool IsReadable(ImmutableArray<NetworkInterface> interfaces) =>
        interfaces
            .Where(ShownSubnets.IsShown)
            .SelectMany(nic => nic.Network!.Subnets)
            .All(subnet => !IsStatic(subnet) || SubnetCidr.TryParse(subnet.Cidr, out _));

    /// <summary>Null if no interface has a subnet: then cloud-init does its usual, DHCP on the first interface.</summary>
    public static byte[]? Render(ImmutableArray<NetworkInterface> interfaces)
    {
        var yaml = new YamlText();
        yaml.Pair(0, "version", 2);
        yaml.Key(0, "ethernets");
        var index = 0;
        foreach (var nic in interfaces.Where(ShownSubnets.IsShown))
        {
            Write(yaml, nic, $"eth{index++}");
        }
        return index == 0 ? null : yaml.ToUtf8();
    }

    static void Write(YamlText yaml, NetworkInterface nic, string name)
    {
        var subnets = nic.Network!.Subnets;
        yaml.Key(1, name);
        if (nic.MacAddress is { } address)
        {
            yaml.Key(2, "match");
            // Compared as text by some of cloud-init's renderers, with what the kernel says.
            yaml.Pair(3, "macaddress", address.ToLowerInvariant());
            yaml.Pair(2, "set-name", name);
        }
        // A DHCP server tells the guest the MTU, as in network_data.json.
        if (nic.Network.Mtu is { } mtu && subnets.All(subnet => string.IsNullOrEmpty(subnet.DhcpServer)))
        {
            yaml.Pair(2, "mtu", mtu);
        }
        yaml.Pair(2, "dhcp4", subnets.Any(subnet => subnet.Version == 4 && IsDhcp(subnet)));
        yaml.Pair(2, "dhcp6", subnets.Any(subnet => subnet.Version == 6 && IsDhcp(subnet)));
        if (subnets.Any(subnet => subnet.Version == 6))
        {
            yaml.Pair(2, "accept-ra", subnets.Any(subnet => subnet.Version == 6 && !IsStatic(subnet)));
        }
        WriteAddresses(yaml, subnets);
        WriteRoutes(yaml, subnets);
        WriteNameservers(yaml, subnets);
    }

    static void WriteAddresses(YamlText yaml, ImmutableArray<InterfaceSubnet> subnets)
    {
        var addresses = subnets
            .Where(IsStatic)
            .SelectMany(subnet =>
                subnet.FixedIps.Select(ip => $"{ip.Address}/{SubnetCidr.Parse(subnet.Cidr).PrefixLength}")
            )
            .ToList();
        if (addresses.Count == 0)
        {
            return;
        }
        yaml.Key(2, "addresses");
        addresses.ForEach(address => yaml.Item(3, address));
    }

    /// <summary>
    /// Default routes go by <c>gateway4</c> and <c>gateway6</c>: of a route to <c>::/0</c> cloud-init 22.4 makes one to
    /// <c>::/64</c>, and it does not know <c>default</c>. There is one of each, so a further subnet's gateway is a route after all.
    /// </summary>
    static void WriteRoutes(YamlText yaml, ImmutableArray<InterfaceSubnet> subnets)
    {
        var routes = new List<(string To, string Via)>();
        foreach (
            var (version, key, any) in ((int, string, string)[])[(4, "gateway4", "0.0.0.0/0"), (6, "gateway6", "::/0")]
        )
        {
            // Without an address in a subnet its gateway cannot be reached.
            var reachable = subnets.Where(subnet =>
                subnet.Version == version && IsStatic(subnet) && !subnet.FixedIps.IsDefaultOrEmpty
            );
            var all = reachable.SelectMany(subnet => RoutesOf(subnet, any)).Distinct().ToList();
            if (all.Find(route => route.To == any) is { Via: not null } first)
            {
                yaml.Pair(2, key, first.Via);
                all.Remove(first);
            }
            routes.AddRange(all);
        }
        if (routes.Count == 0)
        {
            return;
        }
        yaml.Key(2, "routes");
        routes.ForEach(route => yaml.Item(3, ("to", route.To), ("via", route.Via)));
    }

    static IEnumerable<(string To, string Via)> RoutesOf(InterfaceSubnet subnet, string any)
    {
        if (subnet.Gateway is { } gateway)
        {
            yield return (any, gateway);
        }
        foreach (var route in subnet.Routes)
        {
            if (route.Gateway is { } via)
            {
                yield return (route.Cidr, via);
            }
        }
    }

    static void WriteNameservers(YamlText yaml, ImmutableArray<InterfaceSubnet> subnets)
    {
        var servers = subnets
            .Where(IsStatic)
            .SelectMany(subnet => subnet.DnsServers)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (servers.Count == 0)
        {
            return;
        }
        yaml.Key(2, "nameservers");
        yaml.Key(3, "addresses");
        servers.ForEach(server => yaml.Item(4, server));
    }

    // Who gets an address by advertisement of the router is neither static nor asks for one.
    static bool IsStatic(InterfaceSubnet subnet) => SubnetConfiguration.Of(subnet, Compatibility.Latest) is null;

    static bool IsDhcp(InterfaceSubnet subnet) =>
        SubnetConfiguration.Of(subnet, Compatibility.Latest) is not (null or Slaac or DhcpStateless);
}
