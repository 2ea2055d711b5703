using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Stackmeta.Edge;

/// <summary>
/// The rules for nft(8) by which the guests of a network, attached with rules of their own or not, make a bounded number of entries in the
/// kernel's neighbour table. It holds 1024 by default (<c>gc_thresh3</c> of arp(7)), one for each address of each interface, for all
/// namespaces of the host and the host itself; when it is full of entries that are in use, nobody gets a new one.
/// </summary>
/// <remarks>
/// <para>
/// The kernel makes an entry of what a guest sends in these cases: it answers a packet whose source is on the link (any packet may be
/// answered, by a SYN-ACK, a reset, an ICMP message, dnsmasq); it learns the sender of an ARP request (also one that is not on the link) or
/// the source of a neighbour or router solicitation; dnsmasq sends to the <c>giaddr</c> or <c>ciaddr</c> that a DHCP message names; a
/// router forwards to a destination on the link. An advertisement or an ARP reply makes none, it changes what is there. So the sources of
/// packets, the senders of ARP, and what DHCP names are held to the addresses of the network's ports, and to a set of further ones with so
/// many places, which takes no more when it is full: then packets from yet another address are dropped. Redirects are not accepted
/// (<see cref="NamespaceKernelSettings"/>).
/// </para>
/// <para>
/// The addresses of ports take no place, so nobody can take them away by inventing others. A connection's packets over IPv4 from such an
/// address pass by the first rule: one look into a hash.
/// </para>
/// </remarks>
static class NeighbourRules
{
    /// <summary>In the families <c>netdev</c> and <c>inet</c>, in the namespace.</summary>
    const string Table = "stackmeta_neighbours";

    static readonly IPNetwork LinkLocal = IPNetwork.Parse("fe80::/64");

    /// <summary>Longer than the kernel keeps an entry that nothing is heard of (<c>gc_stale_time</c>, 60 s), and takes to look.</summary>
    const string Timeout = "2m";

    /// <summary>An entry for a destination that does not answer is gone after three probes, one a second.</summary>
    const string TowardsTimeout = "10s";

    /// <summary>
    /// Places for addresses that no port has. Guests choose their link-local ones (RFC 7217), so there are two for each port; more than
    /// half of the kernel's table is for no network to have. A power of two, so that few changes need another set.
    /// </summary>
    public static int PlacesFor(int ports) =>
        Math.Min(512, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, 2 * ports)));

    /// <summary>Rules of a network's namespace, or of a router's.</summary>
    /// <param name="devices">The interfaces to guests.</param>
    /// <param name="forwards">Whether it is a router's.</param>
    public static string Render(NetworkAddresses addresses, IReadOnlyList<string> devices, bool forwards)
    {
        var text = new StringBuilder();
        Begin(text, "netdev");
        foreach (var device in devices)
        {
            AppendDevice(text, addresses, device, forwards);
        }
        text.Append("}\n");
        if (forwards)
        {
            Begin(text, "inet");
            AppendForwarding(text, addresses);
            text.Append("}\n");
        }
        return text.ToString();
    }

    /// <summary>All rules are replaced at once, and sets stay: they would forget what they have counted.</summary>
    static void Begin(StringBuilder text, string family) =>
        text.Append($"table {family} {Table}\nflush table {family} {Table}\ntable {family} {Table} {{\n");

    static void AppendDevice(StringBuilder text, NetworkAddresses addresses, string device, bool forwards)
    {
        var places = PlacesFor(addresses.Ports);
        // An interface is never another one under its name's chain, whose interface cannot be changed.
        var name = device.Replace('-', '_');
        var (others4, others6) = ($"others4_{places}_{name}", $"others6_{places}_{name}");
        AppendSet(text, others4, "ipv4_addr", places, Timeout);
        AppendSet(text, others6, "ipv6_addr", places, Timeout);
        var known4 = Set(addresses.KnownOf(AddressFamily.InterNetwork));
        var known6 = Set(addresses.KnownOf(AddressFamily.InterNetworkV6));
        var links4 = Set(addresses.Subnets.Where(static one => !IsIpv6(one)));
        var links6 = Set(addresses.Subnets.Where(IsIpv6).Append(LinkLocal).Distinct());
        var (arp, dhcp, ipv6) = ($"arp_{name}", $"dhcp_{name}", $"ipv6_{name}");
        AppendChain(
            text,
            arp,
            // RFC 5227 §1.1: whether an address is free.
            "arp saddr ip 0.0.0.0 accept",
            known4 is null ? null : $"arp saddr ip {known4} accept",
            $"update @{others4} {{ arp saddr ip }} accept",
            "drop"
        );
        AppendChain(
            text,
            dhcp,
            // No relay is on the link; and what comes in pieces is not seen here.
            "ip frag-off & 0x3fff != 0 drop",
            "@th,256,32 != 0 drop",
            "@th,160,32 0 return",
            known4 is null
                ? null
                : $"@th,160,32 {Set(addresses.KnownOf(AddressFamily.InterNetwork).Select(Number))} return",
            $"update @{others4} {{ @th,160,32 }} return",
            "drop"
        );
        AppendChain(
            text,
            ipv6,
            "ip6 saddr :: accept",
            known6 is null ? null : $"ip6 saddr {known6} accept",
            // Their sources become neighbours wherever they are; the others' only if they are on the link.
            $"icmpv6 type {{ nd-router-solicit, nd-neighbor-solicit }} update @{others6} {{ ip6 saddr }} accept",
            "icmpv6 type { nd-router-solicit, nd-neighbor-solicit } drop",
            $"ip6 saddr != {links6} accept",
            $"update @{others6} {{ ip6 saddr }} accept",
            "drop"
        );
        AppendChain(
            text,
            $"from_guests_{name}",
            $"type filter hook ingress device \"{device}\" priority filter; policy accept;",
            known4 is null ? null : $"ip protocol tcp ip saddr {known4} accept",
            $"meta protocol arp goto {arp}",
            $"meta protocol ip6 goto {ipv6}",
            "meta protocol != ip accept",
            forwards ? null : $"udp dport 67 jump {dhcp}",
            "ip saddr 0.0.0.0 accept",
            known4 is null ? null : $"ip saddr {known4} accept",
            links4 is null ? "accept" : $"ip saddr != {links4} accept",
            $"update @{others4} {{ ip saddr }} accept",
            "drop"
        );
    }

    /// <summary>A guest that scans the networks behind its router makes an entry for each address that it tries.</summary>
    static void AppendForwarding(StringBuilder text, NetworkAddresses addresses)
    {
        var places = PlacesFor(addresses.Ports);
        var (towards4, towards6) = ($"towards4_{places}", $"towards6_{places}");
        AppendSet(text, towards4, "ipv4_addr", places, TowardsTimeout);
        AppendSet(text, towards6, "ipv6_addr", places, TowardsTimeout);
        var known4 = Set(addresses.KnownOf(AddressFamily.InterNetwork));
        var known6 = Set(addresses.KnownOf(AddressFamily.InterNetworkV6));
        var links4 = Set(addresses.Subnets.Where(static one => !IsIpv6(one)));
        var links6 = Set(addresses.Subnets.Where(IsIpv6));
        AppendChain(
            text,
            "between_guests",
            "type filter hook forward priority filter; policy accept;",
            known4 is null ? null : $"ip daddr {known4} accept",
            known6 is null ? null : $"ip6 daddr {known6} accept",
            links4 is null ? null : $"ip daddr {links4} update @{towards4} {{ ip daddr }} accept",
            links4 is null ? null : $"ip daddr {links4} drop",
            links6 is null ? null : $"ip6 daddr {links6} update @{towards6} {{ ip6 daddr }} accept",
            links6 is null ? null : $"ip6 daddr {links6} drop"
        );
    }

    /// <summary>As nft compares octets that it has no name for.</summary>
    static string Number(IPAddress address) => $"0x{Convert.ToHexStringLower(address.GetAddressBytes())}";

    static bool IsIpv6(IPNetwork network) => network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Null when it would be empty, for which nft has no form.</summary>
    static string? Set<T>(IEnumerable<T> elements) =>
        string.Join(", ", elements) is { Length: > 0 } list ? $"{{ {list} }}" : null;

    static void AppendSet(StringBuilder text, string name, string type, int size, string timeout) =>
        text.Append($"  set {name} {{ type {type}; size {size}; flags dynamic,timeout; timeout {timeout}; }}\n");

    static void AppendChain(StringBuilder text, string name, params IEnumerable<string?> rules)
    {
        text.Append($"  chain {name} {{\n");
        foreach (var rule in rules.OfType<string>())
        {
            text.Append($"    {rule}\n");
        }
        text.Append("  }\n");
    }
}
