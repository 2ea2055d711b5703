namespace Stackmeta.Edge.Tests;

/// <summary>The text that nft gets.</summary>
public sealed class PortSecurityRulesTests
{
    static readonly Guid NetworkId = Guid.Parse("11111111-2222-3333-4444-555555555555");
    static readonly Guid PortId = Guid.Parse("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");

    [Fact]
    public void A_port_is_held_to_its_MAC_and_its_addresses() =>
        Assert.Equal(
            """
            table bridge stackmeta_11111111222233334444555555555555
            flush table bridge stackmeta_11111111222233334444555555555555
            table bridge stackmeta_11111111222233334444555555555555 {
              chain taken_source {
                ip6 saddr { fe80::f816:3eff:fe00:1, fe80::f816:3eff:fe00:2, fe80::f816:3eff:fe00:d0, fe80::a9fe:a9fe } drop
              }
              chain taken_target {
                @th,64,128 { 0xfe80000000000000f8163efffe000001, 0xfe80000000000000f8163efffe000002, 0xfe80000000000000f8163efffe0000d0, 0xfe8000000000000000000000a9fea9fe } drop
              }
              chain never {
                icmpv6 type { nd-router-advert, nd-redirect } drop
                udp sport 547 drop
                ip6 saddr fe80::/64 exthdr frag exists drop
                ip6 daddr fe80::a9fe:a9fe exthdr frag exists drop
              }
              set ll8_aaaaaaaabbbbccccddddeeeeeeeeeeee { type ipv6_addr; size 8; flags dynamic,timeout; timeout 5m; }
              limit syn_aaaaaaaabbbbccccddddeeeeeeeeeeee { rate over 100/second burst 200 packets; }
              chain port_aaaaaaaabbbbccccddddeeeeeeeeeeee_target {
                @th,64,128 { 0x20010db8000000000000000000000070, 0xfe80000000000000f8163efffe000001 } return
                @th,64,64 != 0xfe80000000000000 drop
                jump taken_target
                update @ll8_aaaaaaaabbbbccccddddeeeeeeeeeeee { @th,64,128 } return
                drop
              }
              chain port_aaaaaaaabbbbccccddddeeeeeeeeeeee_link_local {
                ip6 saddr != fe80::/64 drop
                jump taken_source
                update @ll8_aaaaaaaabbbbccccddddeeeeeeeeeeee { ip6 saddr } accept
                drop
              }
              chain port_aaaaaaaabbbbccccddddeeeeeeeeeeee_speaker {
                icmpv6 type nd-neighbor-advert jump port_aaaaaaaabbbbccccddddeeeeeeeeeeee_target
                ip6 saddr :: icmpv6 type nd-neighbor-solicit jump port_aaaaaaaabbbbccccddddeeeeeeeeeeee_target
                ip6 saddr :: icmpv6 type { nd-neighbor-solicit, nd-router-solicit } accept
                ip6 saddr { 2001:db8::70, fe80::f816:3eff:fe00:1 } accept
                goto port_aaaaaaaabbbbccccddddeeeeeeeeeeee_link_local
              }
              chain port_aaaaaaaabbbbccccddddeeeeeeeeeeee_discovery {
                icmpv6 type nd-router-solicit ip6 length 8 goto port_aaaaaaaabbbbccccddddeeeeeeeeeeee_speaker
                icmpv6 type nd-router-solicit ip6 length 16 @th,64,64 0x0101fa163e000001 goto port_aaaaaaaabbbbccccddddeeeeeeeeeeee_speaker
                icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 length 24 goto port_aaaaaaaabbbbccccddddeeeeeeeeeeee_speaker
                icmpv6 type nd-neighbor-solicit ip6 length 32 @th,192,64 0x0101fa163e000001 goto port_aaaaaaaabbbbccccddddeeeeeeeeeeee_speaker
                icmpv6 type nd-neighbor-solicit ip6 length 32 ip6 saddr :: @th,192,16 0x0e01 goto port_aaaaaaaabbbbccccddddeeeeeeeeeeee_speaker
                icmpv6 type nd-neighbor-advert ip6 length 32 @th,192,64 0x0201fa163e000001 goto port_aaaaaaaabbbbccccddddeeeeeeeeeeee_speaker
                drop
              }
              chain port_aaaaaaaabbbbccccddddeeeeeeeeeeee_ipv6 {
                jump never
                ip6 daddr fe80::a9fe:a9fe tcp dport 80 tcp flags & (syn | ack) == syn limit name "syn_aaaaaaaabbbbccccddddeeeeeeeeeeee" drop
                icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } goto port_aaaaaaaabbbbccccddddeeeeeeeeeeee_discovery
                ip6 saddr { 2001:db8::70, fe80::f816:3eff:fe00:1 } accept
                ip6 saddr :: icmpv6 type { mld-listener-report, mld-listener-done, mld2-listener-report } accept
                goto port_aaaaaaaabbbbccccddddeeeeeeeeeeee_link_local
              }
              chain port_aaaaaaaabbbbccccddddeeeeeeeeeeee {
                ether saddr != fa:16:3e:00:00:01 drop
                ether type ip udp sport 67 drop
                ether type ip udp dport 67 ip frag-off & 0x3fff != 0 drop
                ether type ip udp dport 67 @th,288,48 != 0xfa163e000001 drop
                ip daddr 169.254.169.254 ip frag-off & 0x3fff != 0 drop
                ip daddr 169.254.169.254 tcp dport 80 tcp flags & (syn | ack) == syn limit name "syn_aaaaaaaabbbbccccddddeeeeeeeeeeee" drop
                ether type arp arp htype 1 arp ptype ip arp hlen 6 arp plen 4 arp saddr ether fa:16:3e:00:00:01 arp saddr ip { 10.0.0.70, 10.0.0.71 } accept
                ether type arp arp htype 1 arp ptype ip arp hlen 6 arp plen 4 arp saddr ether fa:16:3e:00:00:01 arp saddr ip 0.0.0.0 arp operation request arp daddr ip { 10.0.0.70, 10.0.0.71 } accept
                ether type ip ip saddr { 10.0.0.70, 10.0.0.71 } accept
                ether type ip ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept
                ether type ip6 goto port_aaaaaaaabbbbccccddddeeeeeeeeeeee_ipv6
                drop
              }
              chain guests {
                type filter hook prerouting priority filter; policy accept;
                iif vmap { 17 : goto port_aaaaaaaabbbbccccddddeeeeeeeeeeee }
              }
            }

            """,
            Render(NetworkOf("10.0.0.70", "10.0.0.71", "2001:db8::70"))
        );

    [Fact]
    public void A_port_without_IPv4_has_no_ARP()
    {
        var text = Render(NetworkOf("2001:db8::70"));
        Assert.DoesNotContain("arp", text);
        Assert.DoesNotContain("{  }", text);
    }

    [Fact]
    public void A_port_that_is_gone_passes_nothing() =>
        Assert.Contains(
            $$"""
              chain port_{{PortId:N}} {
                drop
              }

            """,
            Render(NetworkOf() with { Hosts = [] })
        );

    [Fact]
    public void Two_interfaces_of_one_port_have_the_same_rules()
    {
        var network = NetworkOf("10.0.0.70");
        var text = PortSecurityRules.Render(
            network,
            [SecuredPort.Of(network, PortId, 17), SecuredPort.Of(network, PortId, 18)]
        );
        Assert.Single(text.Split('\n'), line => line == $"  chain port_{PortId:N} {{");
        Assert.Contains($"iif vmap {{ 17 : goto port_{PortId:N}, 18 : goto port_{PortId:N} }}", text);
    }

    [Fact]
    public void A_link_local_gateway_is_nobodys()
    {
        var network = NetworkOf("10.0.0.70");
        var gateway = Networks.Subnet("2001:db8::/64", "fe80::1", null);
        Assert.Contains(
            "ip6 saddr { fe80::f816:3eff:fe00:1, fe80::f816:3eff:fe00:2, fe80::f816:3eff:fe00:d0, fe80::1, fe80::a9fe:a9fe } drop",
            Render(network with { Subnets = [.. network.Subnets, gateway] })
        );
    }

    static string Render(EdgeNetwork network) =>
        PortSecurityRules.Render(network, [SecuredPort.Of(network, PortId, 17)]);

    static EdgeNetwork NetworkOf(params string[] addresses) =>
        Networks.Isolated(Networks.Host(1, addresses) with { PortId = PortId }, Networks.Host(2, "10.0.0.99")) with
        {
            Id = NetworkId,
        };
}
