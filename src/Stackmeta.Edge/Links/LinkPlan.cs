using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Stackmeta.Core.Networks;

namespace Stackmeta.Edge;

/// <summary>What a network needs of the machine: names, addresses, routes (spec/neutron-metadata.md §2.1, §2.2).</summary>
sealed record LinkPlan
{
    public required string Bridge { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The interface in the namespace.</summary>
    public required string Tap { get; init; }

    /// <summary>Its other end, on the bridge.</summary>
    public required string BridgeEnd { get; init; }

    public required string Mac { get; init; }

    /// <summary>Bytes; 0 leaves the kernel's own.</summary>
    public required int Mtu { get; init; }

    /// <summary>With prefix length, in the kernel's spelling: <c>10.0.0.66/26</c>.</summary>
    public required ImmutableArray<string> Addresses { get; init; }

    /// <summary>At most one of each family.</summary>
    public required ImmutableArray<DefaultRoute> DefaultRoutes { get; init; }

    /// <summary>Whether the namespace speaks IPv6 to guests.</summary>
    public required bool HasIpv6 { get; init; }

    /// <summary>Whether the kernel does IPv6 at all, and so has its settings.</summary>
    public required bool HostHasIpv6 { get; init; }

    /// <summary>The mark of <see cref="Ownership"/>.</summary>
    public required string Mark { get; init; }

    /// <param name="hostHasIpv6">Whether the kernel does IPv6 at all.</param>
    public static LinkPlan For(EdgeNetwork network, EdgeOptions options, bool hostHasIpv6, string mark)
    {
        var ipv6 =
            hostHasIpv6
            && network.Subnets.Any(subnet => subnet.IsIpv6)
            && (network.Mtu == 0 || LinkMtu.FindIpv6Fault(network.Mtu) is null);
        return new()
        {
            Bridge = DeviceNames.Bridge(network.Id),
            Namespace = DeviceNames.DhcpNamespace(network.Id),
            Tap = DeviceNames.Tap(network.DhcpPort.Id),
            BridgeEnd = DeviceNames.BridgeEnd(network.DhcpPort.Id),
            Mac = MacAddress.ToText(network.DhcpPort.Mac),
            Mtu = network.Mtu,
            Addresses = [.. AddressesOf(network, options, ipv6)],
            DefaultRoutes = [.. DefaultRoutesOf(network, ipv6)],
            HasIpv6 = ipv6,
            HostHasIpv6 = hostHasIpv6,
            Mark = mark,
        };
    }

    /// <summary>A plan by which a network is removed of which nothing but the id is known, after a crash.</summary>
    public static LinkPlan ForRemoval(Guid networkId, string mark) =>
        new()
        {
            Bridge = DeviceNames.Bridge(networkId),
            Namespace = DeviceNames.DhcpNamespace(networkId),
            Tap = "",
            BridgeEnd = "",
            Mac = "",
            Mtu = 0,
            Addresses = [],
            DefaultRoutes = [],
            HasIpv6 = false,
            HostHasIpv6 = false,
            Mark = mark,
        };

    static IEnumerable<string> AddressesOf(EdgeNetwork network, EdgeOptions options, bool ipv6)
    {
        foreach (var subnet in network.Subnets)
        {
            if (subnet is { DhcpEnabled: true, DhcpAddress: { } address } && (ipv6 || !subnet.IsIpv6))
            {
                yield return $"{address}/{subnet.Cidr.PrefixLength}";
            }
        }
        if (MetadataDecision.HasAddress(options))
        {
            yield return $"{MetadataAddress.Ipv4}/32";
            if (ipv6)
            {
                yield return $"{MetadataAddress.Ipv6}/128";
            }
        }
    }

    static IEnumerable<DefaultRoute> DefaultRoutesOf(EdgeNetwork network, bool ipv6)
    {
        foreach (var family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            if (family == AddressFamily.InterNetworkV6 && !ipv6)
            {
                continue;
            }
            var subnet = network.Subnets.FirstOrDefault(subnet =>
                subnet is { DhcpEnabled: true, DhcpAddress: not null, Gateway: not null }
                && subnet.Cidr.BaseAddress.AddressFamily == family
            );
            if (subnet?.Gateway is { } gateway)
            {
                yield return new(gateway, OnLinkFirst: !subnet.Cidr.Contains(gateway) && !gateway.IsIPv6LinkLocal);
            }
        }
    }
}

/// <summary>A default route.</summary>
/// <param name="Gateway">The next hop.</param>
/// <param name="OnLinkFirst">The gateway lies outside the subnet, so a route to it must come first.</param>
sealed record DefaultRoute(IPAddress Gateway, bool OnLinkFirst)
{
    /// <summary>The option of <c>ip</c> for the family.</summary>
    public string Family => Gateway.AddressFamily == AddressFamily.InterNetworkV6 ? "-6" : "-4";
}
