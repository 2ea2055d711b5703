using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Edge;

/// <summary>The addresses that a network's guests are known to have, and where further ones would be neighbours.</summary>
/// <param name="Known">Of ports, of gateways, and the link-local ones that ports' MACs make.</param>
/// <param name="Subnets">Where an address is on the link, besides fe80::/64.</param>
/// <param name="Ports">How many ports there are.</param>
sealed record NetworkAddresses(ImmutableArray<IPAddress> Known, ImmutableArray<IPNetwork> Subnets, int Ports)
{
    public static NetworkAddresses None { get; } = new([], [], 0);

    public static NetworkAddresses Of(EdgeNetwork network) =>
        new(
            [
                .. network
                    .Hosts.SelectMany(host => host.Addresses.Append(MacAddress.ToLinkLocal(host.Mac)))
                    .Concat(network.Subnets.Select(subnet => subnet.Gateway).OfType<IPAddress>())
                    .Distinct()
                    .Order(ByOctets.Instance),
            ],
            Apart(network.Subnets.Select(subnet => subnet.Cidr)),
            network.Hosts.Length
        );

    /// <summary>Those of several networks together.</summary>
    public static NetworkAddresses Of(IReadOnlyList<NetworkAddresses> all) =>
        new(
            [.. all.SelectMany(one => one.Known).Distinct().Order(ByOctets.Instance)],
            Apart(all.SelectMany(one => one.Subnets)),
            all.Sum(one => one.Ports)
        );

    public bool IsSameAs(NetworkAddresses other) =>
        Ports == other.Ports && Known.SequenceEqual(other.Known) && Subnets.SequenceEqual(other.Subnets);

    public IEnumerable<IPAddress> KnownOf(AddressFamily family) =>
        Known.Where(address => address.AddressFamily == family);

    /// <summary>Without those that lie in another one: nft takes no set whose elements overlap.</summary>
    static ImmutableArray<IPNetwork> Apart(IEnumerable<IPNetwork> subnets)
    {
        var all = subnets.Distinct().ToList();
        return
        [
            .. all.Where(one =>
                !all.Exists(other => other.PrefixLength < one.PrefixLength && other.Contains(one.BaseAddress))
            ),
        ];
    }

    /// <summary>So that equal addresses make equal texts.</summary>
    sealed class ByOctets : IComparer<IPAddress>
    {
        public static ByOctets Instance { get; } = new();

        public int Compare(IPAddress? x, IPAddress? y) =>
            x!.GetAddressBytes().AsSpan().SequenceCompareTo(y!.GetAddressBytes());
    }
}
