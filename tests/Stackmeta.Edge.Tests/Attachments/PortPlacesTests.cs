using System.Globalization;
using System.Net.NetworkInformation;

namespace Stackmeta.Edge.Tests;

/// <summary>How much of the kernel's shared tables one attached guest can take, through the real nft.</summary>
public sealed class PortPlacesTests
{
    const string Mine = "10.0.0.70";
    const string MyLinkLocal = "fe80::f816:3eff:fe00:1";

    /// <summary>The default, which the edge's rules have too.</summary>
    const int Places = 8;

    static readonly PhysicalAddress Mac = Networks.Mac(1);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_has_so_many_link_local_addresses_and_always_the_one_of_its_MAC()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        await using var pair = await PairAsync(rig);
        var addresses = Enumerable.Range(1, Places + 3).Select(Private).ToList();
        // Those that have a place keep it; a full set takes no further one.
        Assert.Equal(
            [.. addresses[..Places], "again", MyLinkLocal],
            await pair.PassAsync([
                .. addresses.Select(Speaks),
                ("again", Frames.Ipv6(Mac, addresses[0], 1000, 81)),
                Speaks(MyLinkLocal),
            ])
        );
        // Also not by what neighbour discovery says, which needs no packet from that address.
        Assert.Equal(
            ["advertises 1", "DAD 2", "end"],
            await pair.PassAsync(
                ("advertises one more", Advertises(MyLinkLocal, Private(Places + 1))),
                ("advertises 1", Advertises(MyLinkLocal, Private(1))),
                ("DAD of one more", Frames.Discovery(Mac, "::", Frames.NeighbourSolicitation, Private(Places + 2))),
                ("DAD 2", Frames.Discovery(Mac, "::", Frames.NeighbourSolicitation, Private(2))),
                ("asks as one more", Frames.Discovery(Mac, Private(Places + 3), Frames.RouterSolicitation, null)),
                ("end", Frames.Ipv4(Mac, Mine, 1, 1, []))
            )
        );
    }

    [Fact]
    public async Task What_neighbour_discovery_says_of_an_address_takes_its_place()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        await using var pair = await PairAsync(rig, places: 3);
        Assert.Equal(
            ["DAD 1", "advertises 2", "asks as 3", "speaks as 1", "speaks as 2", "end"],
            await pair.PassAsync(
                ("DAD 1", Frames.Discovery(Mac, "::", Frames.NeighbourSolicitation, Private(1))),
                ("advertises 2", Advertises(MyLinkLocal, Private(2))),
                ("asks as 3", Frames.Discovery(Mac, Private(3), Frames.RouterSolicitation, null)),
                ("speaks as 4", Frames.Ipv6(Mac, Private(4), 1, 1)),
                ("speaks as 1", Frames.Ipv6(Mac, Private(1), 1, 1)),
                ("speaks as 2", Frames.Ipv6(Mac, Private(2), 1, 1)),
                ("end", Frames.Ipv4(Mac, Mine, 1, 1, []))
            )
        );
    }

    [Fact]
    public async Task Places_are_not_free_again_when_the_network_changes_and_go_with_the_port()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        await using var pair = await PairAsync(rig);
        Assert.Equal(
            Places,
            (await pair.PassAsync([.. Enumerable.Range(1, Places).Select(Private).Select(Speaks)])).Count
        );

        var third = Networks.Host(3, "10.0.0.72");
        await rig.ApplyAsync(pair.Network with { Hosts = pair.Network.Hosts.Add(third) });
        Assert.Equal(
            [Private(2), MyLinkLocal],
            await pair.PassAsync(Speaks(Private(Places + 1)), Speaks(Private(2)), Speaks(MyLinkLocal))
        );

        await pair.DisposeOfSecondAsync();
        await rig.ApplyAsync(pair.Network);
        var table = await new Command(
            "nft",
            "list",
            "table",
            "bridge",
            PortSecurityRules.TableOf(pair.Network.Id)
        ).RunAsync(Cancellation);
        Assert.Contains($"{pair.Network.Hosts[0].PortId:N}", table);
        Assert.DoesNotContain($"{pair.Network.Hosts[1].PortId:N}", table);
    }

    [Fact]
    public async Task None_but_the_MACs_own_where_that_is_set()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        await using var pair = await PairAsync(rig, places: 0);
        Assert.Equal([MyLinkLocal], await pair.PassAsync(Speaks(Private(1)), Speaks(MyLinkLocal)));
    }

    [Fact]
    public async Task A_flood_of_SYNs_to_the_metadata_service_is_cut_and_nothing_else()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        await using var pair = await PairAsync(rig);
        const int Burst = 200;
        const int Sent = 1000;
        foreach (
            var (source, metadata) in ((string, string)[])[(Mine, "169.254.169.254"), (MyLinkLocal, "fe80::a9fe:a9fe")]
        )
        {
            var began = TimeProvider.System.GetTimestamp();
            var frames = Enumerable
                .Range(1, Sent)
                .Select(port => ("SYN", Frames.Syn(Mac, source, metadata, (ushort)port, 80)))
                .Append(("in pieces", Frames.SynFragment(Mac, source, metadata)))
                .Append(("to others", Frames.Syn(Mac, source, source, 1, 80)))
                .Append(("another port", Frames.Syn(Mac, source, metadata, 1, 81)))
                .ToArray();
            var passed = await pair.PassAsync(frames);
            var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            Assert.Equal(["to others", "another port"], passed.TakeLast(2));
            Assert.DoesNotContain("in pieces", passed);
            // The rate goes on while they are sent.
            Assert.InRange(
                passed.Count(name => name == "SYN"),
                source == Mine ? Burst : 1,
                Burst + (100 * seconds) + 1
            );
        }
    }

    static (string, byte[]) Speaks(string address) => (address, Frames.Ipv6(Mac, address, 1000, 80));

    static byte[] Advertises(string source, string target) =>
        Frames.Discovery(Mac, source, Frames.NeighbourAdvertisement, target, Frames.Option(2, Mac));

    static string Private(int number) => string.Create(CultureInfo.InvariantCulture, $"fe80::94ee:3c1a:70d2:{number}");

    static Task<GuestPair> PairAsync(EdgeRig rig, int places = Places) =>
        GuestPair.CreateAsync(
            rig,
            Networks.Isolated(Networks.Host(1, Mine), Networks.Host(2, "10.0.0.71")) with
            {
                LinkLocalAddresses = places,
            }
        );
}
