using System.Net.NetworkInformation;

namespace Stackmeta.Edge.Tests;

/// <summary>
/// Guests of one bridge that speak as each other, frame by frame through the real nft (OSSA-2016-009, OSSA-2021-001, OSSN-0027: a source
/// address is no identity).
/// </summary>
public sealed class PortSecurityTests
{
    const string Mine = "10.0.0.70";
    const string Mine6 = "2001:db8::70";
    const string Theirs = "10.0.0.71";
    const string Theirs6 = "2001:db8::71";
    const string MyLinkLocal = "fe80::f816:3eff:fe00:1";
    const string TheirLinkLocal = "fe80::f816:3eff:fe00:2";
    const string DhcpLinkLocal = "fe80::f816:3eff:fe00:d0";

    /// <summary>As NetworkManager makes it (RFC 7217).</summary>
    const string Private = "fe80::94ee:3c1a:70d2:9b05";

    static readonly PhysicalAddress Mac = Networks.Mac(1);
    static readonly PhysicalAddress TheirMac = Networks.Mac(2);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_speaks_as_itself()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        await using var pair = await PairAsync(rig);
        (string, byte[])[] honest =
        [
            ("asks for a MAC", Frames.Arp(Mac, 1, Mac, Mine, Theirs)),
            ("tells its MAC", Frames.Arp(Mac, 2, Mac, Mine, Theirs)),
            ("looks whether its address is free", Frames.Arp(Mac, 1, Mac, "0.0.0.0", Mine)),
            ("asks for a lease", Frames.Discover(Mac, "0.0.0.0", Mac)),
            ("renews it", Frames.Discover(Mac, Mine, Mac)),
            ("speaks over IPv6", Frames.Ipv6(Mac, Mine6, 1000, 80)),
            ("speaks from its link-local address", Frames.Ipv6(Mac, MyLinkLocal, 546, 547)),
            ("speaks from a private link-local address", Frames.Ipv6(Mac, Private, 1000, 80)),
            ("DAD", Frames.Discovery(Mac, "::", Frames.NeighbourSolicitation, Mine6)),
            ("DAD of its link-local address", Frames.Discovery(Mac, "::", Frames.NeighbourSolicitation, MyLinkLocal)),
            (
                "DAD with a nonce",
                Frames.Discovery(Mac, "::", Frames.NeighbourSolicitation, Private, Frames.Option(14, Everywhere(9)))
            ),
            (
                "asks for a neighbour",
                Frames.Discovery(Mac, Mine6, Frames.NeighbourSolicitation, Theirs6, Frames.Option(1, Mac))
            ),
            (
                "asks for one from a private address",
                Frames.Discovery(Mac, Private, Frames.NeighbourSolicitation, Theirs6, Frames.Option(1, Mac))
            ),
            ("asks whether it is there", Frames.Discovery(Mac, Mine6, Frames.NeighbourSolicitation, Theirs6)),
            (
                "tells where it is",
                Frames.Discovery(Mac, Mine6, Frames.NeighbourAdvertisement, Mine6, Frames.Option(2, Mac))
            ),
            (
                "tells where its private address is",
                Frames.Discovery(Mac, Private, Frames.NeighbourAdvertisement, Private, Frames.Option(2, Mac))
            ),
            ("tells that it is there", Frames.Discovery(Mac, MyLinkLocal, Frames.NeighbourAdvertisement, MyLinkLocal)),
            ("asks for routers", Frames.Discovery(Mac, "::", Frames.RouterSolicitation, null)),
            (
                "asks for routers as itself",
                Frames.Discovery(Mac, Private, Frames.RouterSolicitation, null, Frames.Option(1, Mac))
            ),
            ("joins a group", Frames.MulticastReport(Mac, "::")),
            ("joins a group as itself", Frames.MulticastReport(Mac, Private)),
            ("speaks over IPv4", Frames.Ipv4(Mac, Mine, 1000, 80, [1])),
        ];
        Assert.Equal(honest.Select(one => one.Item1), await pair.PassAsync(honest));
    }

    [Fact]
    public async Task OSSA_2021_001_and_as_nobody_else()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        await using var pair = await PairAsync(rig);
        Assert.Equal(["the end"], await pair.PassAsync([.. Forged(), ("the end", Frames.Ipv4(Mac, Mine, 1, 1, []))]));
    }

    [Fact]
    public async Task Without_port_security_all_of_it_passes()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        await using var pair = await PairAsync(rig);
        var forged = Forged();
        await pair.AttachAsync(readNetwork: null);
        Assert.Equal(forged.Select(one => one.Name), await pair.PassAsync(forged));
        Assert.False(await HasTableAsync(PortSecurityRules.TableOf(pair.Network.Id)));
    }

    [Fact]
    public async Task Each_start_makes_or_removes_them_as_it_is_told()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        await using var pair = await PairAsync(rig);
        var table = PortSecurityRules.TableOf(pair.Network.Id);
        foreach (var isOn in (bool[])[false, true])
        {
            await rig.Provisioner.DisposeAsync();
            rig.Provisioner = rig.Open(rig.Options with { PortSecurity = isOn });
            await rig.ApplyAsync(pair.Network);
            Assert.Equal(isOn, await HasTableAsync(table));
        }
    }

    [Fact]
    public async Task An_alias_of_anothers_is_left_alone()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        await using var pair = await PairAsync(rig);
        await using var cable = await Cable.CreateAsync();
        await Command.Ip(null, "link", "set", "dev", cable.Device, "alias", "theirs").RunAsync(Cancellation);
        Task AttachAsync(Func<CancellationToken, Task<EdgeNetwork>>? readNetwork) =>
            PortAttachment.AttachAsync(
                pair.Network.Id,
                pair.Network.Hosts[0].PortId,
                cable.Device,
                readNetwork,
                Cancellation
            );
        var error = await Assert.ThrowsAsync<EdgeException>(() => AttachAsync(_ => Task.FromResult(pair.Network)));
        Assert.Contains("has an alias of another program (theirs)", error.Message);
        await AttachAsync(readNetwork: null);
        Assert.Equal("theirs\n", await File.ReadAllTextAsync($"/sys/class/net/{cable.Device}/ifalias", Cancellation));
    }

    [Fact]
    public async Task The_rules_follow_the_port()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        await using var pair = await PairAsync(rig);
        (string, byte[])[] frames =
        [
            ("old", Frames.Ipv4(Mac, Mine, 1, 1, [])),
            ("new", Frames.Ipv4(Mac, "10.0.0.72", 1, 1, [])),
            ("end", Frames.Ipv6(Mac, Mine6, 1, 1)),
        ];
        Assert.Equal(["old", "end"], await pair.PassAsync(frames));

        var moved = pair.Network.Hosts[0] with { Addresses = [.. Networks.Host(1, "10.0.0.72", Mine6).Addresses] };
        await rig.ApplyAsync(pair.Network with { Hosts = [moved, pair.Network.Hosts[1]] });
        Assert.Equal(["new", "end"], await pair.PassAsync(frames));

        // Nothing passes for a port that is gone.
        await rig.ApplyAsync(pair.Network with { Hosts = [pair.Network.Hosts[1]] });
        await pair.SendAsync(frames);
        await rig.ApplyAsync(pair.Network);
        Assert.Equal(["old", "end"], await pair.PassAsync(frames));
    }

    [Fact]
    public async Task The_rules_go_with_the_last_guest_and_others_stay()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var others = $"others_{Guid.NewGuid():N}";
        await new Command("nft", "add", "table", "bridge", others).RunAsync(Cancellation);
        try
        {
            await using var pair = await PairAsync(rig);
            var table = PortSecurityRules.TableOf(pair.Network.Id);
            Assert.True(await HasTableAsync(table));

            // One's interface is deleted, as a tap is when its QEMU ends; the other's is taken off.
            await pair.DisposeOfSecondAsync();
            await rig.ApplyAsync(pair.Network);
            Assert.True(await HasTableAsync(table));
            await pair.DetachAsync();
            Assert.False(await HasTableAsync(table));
            await pair.AttachAsync(_ => Task.FromResult(pair.Network));
            Assert.True(await HasTableAsync(table));

            // And with the network.
            await rig.ApplyAsync();
            Assert.False(await HasTableAsync(table));
            Assert.True(await HasTableAsync(others));
            Assert.DoesNotContain(
                await rig.FindTracesAsync(pair.Network),
                trace => trace.Contains($"{pair.Network.Id}", StringComparison.Ordinal)
            );
        }
        finally
        {
            await new Command("nft", "delete", "table", "bridge", others).RunAsync(CancellationToken.None);
        }
    }

    /// <summary>Everything that a guest might say as another, as a router or as a server.</summary>
    static (string Name, byte[] Frame)[] Forged() =>
        [
            ("another's MAC", Frames.Ipv4(TheirMac, Mine, 1000, 80, [])),
            ("ARP for another's address", Frames.Arp(Mac, 2, Mac, Theirs, Mine)),
            ("ARP with another's MAC", Frames.Arp(Mac, 2, TheirMac, Mine, Theirs)),
            ("ARP for the gateway", Frames.Arp(Mac, 2, Mac, "10.0.0.65", Theirs)),
            ("ARP for the metadata address", Frames.Arp(Mac, 2, Mac, "169.254.169.254", Theirs)),
            ("ARP that calls another's address taken", Frames.Arp(Mac, 1, Mac, "0.0.0.0", Theirs)),
            ("IPv4 from another's address", Frames.Ipv4(Mac, Theirs, 1000, 80, [])),
            ("IPv4 from the metadata address", Frames.Ipv4(Mac, "169.254.169.254", 80, 1000, [])),
            ("IPv4 from no address", Frames.Ipv4(Mac, "0.0.0.0", 1000, 80, [])),
            ("DHCP server", Frames.Ipv4(Mac, Mine, 67, 68, [])),
            ("DHCP with another's MAC", Frames.Discover(Mac, "0.0.0.0", TheirMac)),
            ("DHCP with another's MAC, later", Frames.Discover(Mac, Mine, TheirMac)),
            ("DHCP in pieces", Frames.Ipv4(Mac, Mine, 68, 67, [], isFragment: true)),
            ("IPv6 from another's address", Frames.Ipv6(Mac, Theirs6, 1000, 80)),
            ("IPv6 from nobody's address", Frames.Ipv6(Mac, "2001:db8::99", 1000, 80)),
            ("IPv6 from no address", Frames.Ipv6(Mac, "::", 1000, 80)),
            ("IPv6 from another's link-local address", Frames.Ipv6(Mac, TheirLinkLocal, 1000, 80)),
            ("IPv6 from the DHCP server's", Frames.Ipv6(Mac, DhcpLinkLocal, 1000, 80)),
            ("IPv6 from the metadata address", Frames.Ipv6(Mac, "fe80::a9fe:a9fe", 80, 1000)),
            ("DHCPv6 server", Frames.Ipv6(Mac, MyLinkLocal, 547, 546)),
            .. Advertised("another's address", Theirs6, Mac),
            .. Advertised("another's link-local address", TheirLinkLocal, Mac),
            .. Advertised("the metadata address", "fe80::a9fe:a9fe", Mac),
            .. Advertised("the DHCP server's address", DhcpLinkLocal, Mac),
            .. Advertised("an address of nobody", "2001:db8::99", Mac),
            .. Advertised("its own address at another's MAC", Mine6, TheirMac),
            .. Advertised("a private address at another's MAC", Private, TheirMac),
            (
                "advertisement of two MACs",
                Frames.Discovery(
                    Mac,
                    Mine6,
                    Frames.NeighbourAdvertisement,
                    Mine6,
                    Frames.Option(2, Mac),
                    Frames.Option(2, TheirMac)
                )
            ),
            (
                "advertisement behind a header",
                Frames.HiddenDiscovery(Mac, Mine6, Frames.NeighbourAdvertisement, Theirs6, Frames.Option(2, Mac))
            ),
            ("DAD for another's address", Frames.Discovery(Mac, "::", Frames.NeighbourSolicitation, Theirs6)),
            (
                "DAD for another's link-local address",
                Frames.Discovery(Mac, "::", Frames.NeighbourSolicitation, TheirLinkLocal)
            ),
            (
                "question with another's MAC",
                Frames.Discovery(Mac, Mine6, Frames.NeighbourSolicitation, Theirs6, Frames.Option(1, TheirMac))
            ),
            (
                "question from a private address with another's MAC",
                Frames.Discovery(Mac, Private, Frames.NeighbourSolicitation, Theirs6, Frames.Option(1, TheirMac))
            ),
            (
                "question for routers with another's MAC",
                Frames.Discovery(Mac, Private, Frames.RouterSolicitation, null, Frames.Option(1, TheirMac))
            ),
            ("router", Frames.Discovery(Mac, MyLinkLocal, Frames.RouterAdvertisement, null, new byte[8])),
            (
                "router behind a header",
                Frames.HiddenDiscovery(Mac, MyLinkLocal, Frames.RouterAdvertisement, null, new byte[8])
            ),
            ("router in pieces", Frames.DiscoveryFragment(Mac, MyLinkLocal, Frames.RouterAdvertisement)),
            ("a later piece", Frames.LaterFragment(Mac, MyLinkLocal)),
            ("a later piece, private", Frames.LaterFragment(Mac, Private)),
            ("router in pieces, private", Frames.DiscoveryFragment(Mac, Private, Frames.RouterAdvertisement)),
            ("redirection", Frames.Discovery(Mac, MyLinkLocal, Frames.Redirect, Theirs6, new byte[16])),
            ("VLAN", Frames.Vlan(Frames.Ipv4(Mac, Mine, 1000, 81, []))),
            ("VLAN around a forged one", Frames.Vlan(Frames.Arp(Mac, 2, Mac, Theirs, "10.0.0.99"))),
            ("another protocol", Frames.Ethernet(Mac, 0x88b5, new byte[46])),
        ];

    static (string, byte[])[] Advertised(string what, string target, PhysicalAddress mac) =>
        [
            .. ((string[])[Mine6, MyLinkLocal, Private]).Select(source =>
                (
                    $"advertisement of {what} from {source}",
                    Frames.Discovery(Mac, source, Frames.NeighbourAdvertisement, target, Frames.Option(2, mac))
                )
            ),
        ];

    static PhysicalAddress Everywhere(byte octet) => new([octet, octet, octet, octet, octet, octet]);

    static async Task<bool> HasTableAsync(string name) =>
        (await new Command("nft", "list", "tables", "bridge").RunAsync(Cancellation)).Contains(
            name,
            StringComparison.Ordinal
        );

    static Task<GuestPair> PairAsync(EdgeRig rig) =>
        GuestPair.CreateAsync(
            rig,
            Networks.Of(
                [
                    Networks.Subnet("10.0.0.64/26", "10.0.0.65", "10.0.0.66"),
                    Networks.Subnet("2001:db8::/64", null, "2001:db8::2") with
                    {
                        Id = Guid.NewGuid(),
                    },
                ],
                Networks.Host(1, Mine, Mine6),
                Networks.Host(2, Theirs, Theirs6)
            )
        );
}
