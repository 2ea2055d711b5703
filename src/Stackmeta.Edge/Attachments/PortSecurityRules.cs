using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Stackmeta.Edge;

/// <summary>
/// The rules for nft(8) by which each guest of a bridge speaks only as itself, as Neutron's port security has it: with its port's MAC, its
/// fixed IPs, and a link-local IPv6 address of its own. What is not allowed is dropped, other protocols and VLAN tags too.
/// </summary>
/// <remarks>
/// A guest may choose its link-local address (RFC 7217), but not the one that another port's MAC makes (RFC 4291, appendix A), nor one that
/// serves the network; and so many at a time (<see cref="EdgeNetwork.LinkLocalAddresses"/>), since each is an entry of the kernel's
/// neighbour table, which all namespaces of the host share. What neighbour discovery says of a MAC is held to the port's (RFC 4861 §4.6.1):
/// by that MAC the guest is known.
/// </remarks>
static class PortSecurityRules
{
    // Options of neighbour discovery with their length of one unit of eight octets (RFC 4861 §4.6.1; RFC 3971 §5.3.2, RFC 7527 §4.1).
    const string SourceMac = "0101";
    const string TargetMac = "0201";
    const string Nonce = "0e01";

    const string Syn = "tcp flags & (syn | ack) == syn";

    /// <summary>
    /// How long a link-local address that is no longer used keeps its place: longer than the kernel keeps a neighbour that it no longer
    /// hears of (<c>gc_stale_time</c> of arp(7), 60 s), so that a guest which goes from one address to the next has no more entries than
    /// places.
    /// </summary>
    const string LinkLocalTimeout = "5m";

    /// <summary>
    /// Connections that one guest may begin with the metadata service. A connection that the guest leaves half open takes a place of the
    /// listener's 4096 for 7 s, since the SYN-ACK is sent twice more, after 1 and 3 s (<see cref="NamespaceKernelSettings"/>): 200 + 7 ×
    /// 100 are less than a quarter of them. Beyond 4096 the kernel would answer all guests of the network with SYN cookies, which leave no
    /// SYN to know a guest's MAC by. No client of the metadata service comes near it: they ask in sequence. One statement a port, not one
    /// for all with a set of ports: when such a set is full, its rule matches no more, and lets everything pass.
    /// </summary>
    const string SynRate = "rate over 100/second burst 200 packets";

    /// <summary>The table of a network, in the family <c>bridge</c>.</summary>
    public static string TableOf(Guid networkId) => $"stackmeta_{networkId:N}";

    /// <summary>Removes the table, and is no error when there is none.</summary>
    public static string Removal(Guid networkId) =>
        $"""
            table bridge {TableOf(networkId)}
            delete table bridge {TableOf(networkId)}

            """;

    /// <summary>
    /// Replaces all rules of the network's table at once. What has memory, the ports' sets and rates, stays as it is: with the table made
    /// anew a guest would have all its places again at each change of the network. What no rule uses any more is removed afterwards
    /// (<see cref="PortSecurityTable"/>).
    /// </summary>
    /// <param name="ports">Those whose guests are on the bridge, at least one.</param>
    public static string Render(EdgeNetwork network, IReadOnlyList<SecuredPort> ports)
    {
        var table = TableOf(network.Id);
        var text = new StringBuilder($"table bridge {table}\nflush table bridge {table}\ntable bridge {table} {{\n");
        AppendShared(text, network);
        // While a guest moves, two interfaces may be one port's.
        foreach (var port in ports.DistinctBy(static port => port.Id))
        {
            AppendPort(text, port, network.LinkLocalAddresses);
        }
        var devices = ports.Select(port => $"{port.Device} : goto port_{port.Id:N}");
        AppendChain(
            text,
            "guests",
            "type filter hook prerouting priority filter; policy accept;",
            $"iif vmap {{ {string.Join(", ", devices)} }}"
        );
        return text.Append("}\n").ToString();
    }

    /// <summary>What is the same for all guests.</summary>
    static void AppendShared(StringBuilder text, EdgeNetwork network)
    {
        var taken = TakenOf(network);
        AppendChain(text, "taken_source", $"ip6 saddr {Set(taken)} drop");
        AppendChain(text, "taken_target", $"@th,64,128 {Set(taken.Select(Number))} drop");
        AppendChain(
            text,
            "never",
            // Routers and DHCP servers are the network's. Pieces of a packet hide what it is; RFC 6980 wants none here.
            "icmpv6 type { nd-router-advert, nd-redirect } drop",
            "udp sport 547 drop",
            "ip6 saddr fe80::/64 exthdr frag exists drop",
            $"ip6 daddr {MetadataAddress.Ipv6} exthdr frag exists drop"
        );
    }

    static void AppendPort(StringBuilder text, SecuredPort port, int linkLocalAddresses)
    {
        var name = $"port_{port.Id:N}";
        if (port.Mac is not { } address)
        {
            AppendChain(text, name, "drop");
            return;
        }
        var (mac, digits) = (MacAddress.ToText(address), address.ToString().ToLowerInvariant());
        var ipv4 = port.Addresses.Where(one => one.AddressFamily == AddressFamily.InterNetwork).ToList();
        var ipv6 = port
            .Addresses.Where(one => one.AddressFamily == AddressFamily.InterNetworkV6)
            .Append(MacAddress.ToLinkLocal(address))
            .Distinct()
            .ToList();
        // Named by its size, since the kernel cannot change that of a set.
        var places = $"ll{linkLocalAddresses}_{port.Id:N}";
        if (linkLocalAddresses > 0)
        {
            text.Append(
                $"  set {places} {{ type ipv6_addr; size {linkLocalAddresses}; flags dynamic,timeout; timeout {LinkLocalTimeout}; }}\n"
            );
        }
        text.Append($"  limit syn_{port.Id:N} {{ {SynRate}; }}\n");
        // A full set takes no more, and then the rule does not match: the next one drops.
        string[] Place(string address, string verdict) =>
            linkLocalAddresses > 0 ? [$"update @{places} {{ {address} }} {verdict}", "drop"] : ["drop"];
        AppendChain(
            text,
            $"{name}_target",
            [
                $"@th,64,128 {Set(ipv6.Select(Number))} return",
                "@th,64,64 != 0xfe80000000000000 drop",
                "jump taken_target",
                .. Place("@th,64,128", "return"),
            ]
        );
        AppendChain(
            text,
            $"{name}_link_local",
            ["ip6 saddr != fe80::/64 drop", "jump taken_source", .. Place("ip6 saddr", "accept")]
        );
        AppendChain(
            text,
            $"{name}_speaker",
            $"icmpv6 type nd-neighbor-advert jump {name}_target",
            $"ip6 saddr :: icmpv6 type nd-neighbor-solicit jump {name}_target",
            "ip6 saddr :: icmpv6 type { nd-neighbor-solicit, nd-router-solicit } accept",
            $"ip6 saddr {Set(ipv6)} accept",
            $"goto {name}_link_local"
        );
        // By their lengths: one option at the most, so that there is no second one to be believed, and no header before.
        AppendChain(
            text,
            $"{name}_discovery",
            $"icmpv6 type nd-router-solicit ip6 length 8 goto {name}_speaker",
            $"icmpv6 type nd-router-solicit ip6 length 16 @th,64,64 0x{SourceMac}{digits} goto {name}_speaker",
            $"icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert }} ip6 length 24 goto {name}_speaker",
            $"icmpv6 type nd-neighbor-solicit ip6 length 32 @th,192,64 0x{SourceMac}{digits} goto {name}_speaker",
            $"icmpv6 type nd-neighbor-solicit ip6 length 32 ip6 saddr :: @th,192,16 0x{Nonce} goto {name}_speaker",
            $"icmpv6 type nd-neighbor-advert ip6 length 32 @th,192,64 0x{TargetMac}{digits} goto {name}_speaker",
            "drop"
        );
        AppendChain(
            text,
            $"{name}_ipv6",
            "jump never",
            $"ip6 daddr {MetadataAddress.Ipv6} tcp dport {MetadataAddress.Port} {Syn} limit name \"syn_{port.Id:N}\" drop",
            $"icmpv6 type {{ nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert }} goto {name}_discovery",
            $"ip6 saddr {Set(ipv6)} accept",
            "ip6 saddr :: icmpv6 type { mld-listener-report, mld-listener-done, mld2-listener-report } accept",
            $"goto {name}_link_local"
        );
        const string Arp = "ether type arp arp htype 1 arp ptype ip arp hlen 6 arp plen 4";
        string[] own =
            ipv4.Count == 0
                ? []
                :
                [
                    $"{Arp} arp saddr ether {mac} arp saddr ip {Set(ipv4)} accept",
                    // RFC 5227 §1.1: whether the address is free.
                    $"{Arp} arp saddr ether {mac} arp saddr ip 0.0.0.0 arp operation request arp daddr ip {Set(ipv4)} accept",
                    $"ether type ip ip saddr {Set(ipv4)} accept",
                ];
        AppendChain(
            text,
            name,
            [
                $"ether saddr != {mac} drop",
                "ether type ip udp sport 67 drop",
                // The MAC that DHCP servers believe (RFC 2131 §2, chaddr), which lies in the packet's first piece, or in none that is
                // looked at.
                "ether type ip udp dport 67 ip frag-off & 0x3fff != 0 drop",
                $"ether type ip udp dport 67 @th,288,48 != 0x{digits} drop",
                // In pieces, a SYN's flags would be in another one than its ports. No client of the service needs them: TCP finds its own
                // size.
                $"ip daddr {MetadataAddress.Ipv4} ip frag-off & 0x3fff != 0 drop",
                $"ip daddr {MetadataAddress.Ipv4} tcp dport {MetadataAddress.Port} {Syn} limit name \"syn_{port.Id:N}\" drop",
                .. own,
                "ether type ip ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept",
                $"ether type ip6 goto {name}_ipv6",
                "drop",
            ]
        );
    }

    /// <summary>Link-local addresses that belong to somebody by his MAC, or serve the network.</summary>
    static List<IPAddress> TakenOf(EdgeNetwork network) =>
        [
            .. network
                .Hosts.Select(host => host.Mac)
                .Append(network.DhcpPort.Mac)
                .Select(static mac => MacAddress.ToLinkLocal(mac))
                .Concat(network.Subnets.Select(subnet => subnet.Gateway).OfType<IPAddress>())
                .Append(MetadataAddress.Ipv6)
                .Where(address => address.IsIPv6LinkLocal)
                .Distinct(),
        ];

    static string Set(IEnumerable<IPAddress> addresses) => Set(addresses.Select(static address => address.ToString()));

    static string Set(IEnumerable<string> elements) => $"{{ {string.Join(", ", elements)} }}";

    /// <summary>As nft compares octets that it has no name for.</summary>
    static string Number(IPAddress address) => $"0x{Convert.ToHexStringLower(address.GetAddressBytes())}";

    static void AppendChain(StringBuilder text, string name, params IEnumerable<string> rules)
    {
        text.Append($"  chain {name} {{\n");
        foreach (var rule in rules)
        {
            text.Append($"    {rule}\n");
        }
        text.Append("  }\n");
    }
}
