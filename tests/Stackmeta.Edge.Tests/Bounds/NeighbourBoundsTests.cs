using System.Net;
using System.Net.NetworkInformation;

namespace Stackmeta.Edge.Tests;

/// <summary>
/// A guest without rules of its own that has as many addresses as it likes: the kernel's neighbour table, which all namespaces of the host
/// share (<c>gc_thresh3</c>, 1024), is left to the others.
/// </summary>
public sealed class NeighbourBoundsTests
{
    /// <summary>So many once filled the table.</summary>
    const int Many = 1022;

    static readonly PhysicalAddress Mac = Networks.Mac(9);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Addresses_that_a_guest_invents_take_few_places_and_none_of_the_others()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        Assert.SkipUnless(LinkProvisioner.HostHasIpv6(), "The kernel has no IPv6.");
        var network = Networks.Of(
            [
                Networks.Subnet("10.8.0.0/16", "10.8.0.1", "10.8.0.2"),
                Networks.Subnet("2001:db8::/64", null, "2001:db8::2") with
                {
                    Id = Guid.NewGuid(),
                },
            ],
            Networks.Host(1, "10.8.0.70")
        );
        await rig.ApplyAsync(network);
        var (other, otherGuest) = await rig.AttachOneAsync(network);
        await using var attacker = await Cable.CreateAsync();
        await Command
            .Ip(null, "link", "set", "dev", attacker.Device, "master", DeviceNames.Bridge(network.Id), "up")
            .RunAsync(Cancellation);
        await attacker.ForwardsAsync();
        var numbers = Enumerable.Range(1, Many).ToList();
        await attacker.SendAsync([
            .. numbers.Select(number => ("asks for a neighbour", Solicits($"fe80::1:{number:x}"))),
            .. numbers.Select(number => ("asks for one, from elsewhere", Solicits($"2001:db8:9::{number:x}"))),
            .. numbers.Select(number =>
                ("asks for a MAC", Frames.Arp(Mac, 1, Mac, Ipv4(0x0a08_1000, number), "10.8.0.2"))
            ),
            .. numbers.Select(number =>
                (
                    "connects",
                    Frames.At(network.DhcpPort.Mac, Frames.Syn(Mac, Ipv4(0x0a08_2000, number), "10.8.0.2", 1, 9))
                )
            ),
            .. numbers.Select(number =>
                (
                    "connects over IPv6",
                    Frames.At(network.DhcpPort.Mac, Frames.Syn(Mac, $"2001:db8::1:{number:x}", "2001:db8::2", 1, 9))
                )
            ),
        ]);

        // Who has a port takes no place.
        var guest = await rig.AttachAsync(network, network.Hosts[0]);
        await guest.AcquireLeaseAsync(Cancellation);
        await EdgeRig.CurlAsync(guest, "http://169.254.169.254/");
        while ((await Command.Ip(guest.Name, "-6", "addr", "show", "tentative").RunAsync(Cancellation)).Length > 0)
        {
            // RFC 4862 §5.4: it may not speak from its address before it knows that nobody else has it.
            await Task.Delay(TimeSpan.FromMilliseconds(100), Cancellation);
        }
        await EdgeRig.CurlAsync(guest, "http://[fe80::a9fe:a9fe%25eth0]/");
        await EdgeRig.CurlAsync(otherGuest, "http://169.254.169.254/");

        var places = NeighbourRules.PlacesFor(network.Hosts.Length);
        foreach (var family in (string[])["-4", "-6"])
        {
            var taken = await CountAsync(DeviceNames.DhcpNamespace(network.Id), family);
            // Besides, the guest's own address, for IPv6 both.
            Assert.InRange(taken, places / 2, places + 2);
        }
        Assert.NotEqual(network.Id, other.Id);
    }

    [Fact]
    public async Task A_guest_that_scans_the_network_behind_its_router_takes_few_places()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        EdgeSubnet Subnet(string cidr, string gateway, string dhcp) =>
            Networks.Subnet(cidr, gateway, dhcp) with
            {
                GatewayIsRouter = true,
            };
        var near = Networks.Of([Subnet("10.0.0.64/26", "10.0.0.65", "10.0.0.66")], Networks.Host(1, "10.0.0.70"));
        var far = Networks.Of([Subnet("10.9.0.0/16", "10.9.0.1", "10.9.0.2")], Networks.Host(2, "10.9.0.70"));
        EdgeRouterPort Port(EdgeNetwork network, byte number, string address, int prefix) =>
            new(Guid.NewGuid(), Networks.Mac(number), network.Id, network.Mtu, [new(IPAddress.Parse(address), prefix)]);
        var router = new EdgeRouter(
            Guid.NewGuid(),
            [Port(near, 0xe0, "10.0.0.65", 26), Port(far, 0xe1, "10.9.0.1", 16)]
        );
        await rig.Provisioner.ApplyAsync([near, far], [router], Cancellation);
        Assert.All(rig.Provisioner.RouterStatuses, status => Assert.Null(status.Reason));
        await using var attacker = await Cable.CreateAsync();
        await Command
            .Ip(null, "link", "set", "dev", attacker.Device, "master", DeviceNames.Bridge(near.Id), "up")
            .RunAsync(Cancellation);
        await attacker.ForwardsAsync();
        await attacker.SendAsync([
            .. Enumerable
                .Range(1, Many)
                .Select(number =>
                    (
                        "scans",
                        Frames.At(Networks.Mac(0xe0), Frames.Syn(Mac, "10.0.0.70", Ipv4(0x0a09_1000, number), 1000, 80))
                    )
                ),
        ]);

        // Both guests are reached all the same, and reach each other.
        var one = await rig.AttachAsync(near, near.Hosts[0]);
        var two = await rig.AttachAsync(far, far.Hosts[0]);
        await one.AcquireLeaseAsync(Cancellation);
        await two.AcquireLeaseAsync(Cancellation);
        await EdgeRig.CurlAsync(one, "http://169.254.169.254/");
        await EdgeRig.CurlAsync(two, "http://169.254.169.254/");
        var across = await one.RunAsync("curl", ["-sS", "--max-time", "5", "http://10.9.0.70:81/"], Cancellation);
        Assert.Equal(7, across.ExitCode);
        Assert.InRange(
            await CountAsync(DeviceNames.RouterNamespace(router.Id), "-4"),
            2,
            NeighbourRules.PlacesFor(2) + 2
        );
    }

    [Fact]
    public async Task The_listeners_have_their_backlog_and_half_open_connections_end_soon()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var network = Networks.Isolated();
        await rig.ApplyAsync(network);
        var settings = await new Command(
            "ip",
            "netns",
            "exec",
            DeviceNames.DhcpNamespace(network.Id),
            "sysctl",
            "-n",
            "net.ipv4.tcp_synack_retries",
            "net.core.somaxconn",
            "net.ipv4.tcp_max_syn_backlog",
            "net.ipv4.conf.all.accept_redirects"
        ).RunAsync(Cancellation);
        Assert.Equal("2\n4096\n4096\n0\n", settings);
    }

    [Fact]
    public async Task That_there_are_no_bounds_is_said_until_there_are()
    {
        Machine.RequireRoot();
        var name = $"bounds-{Guid.NewGuid():N}";
        var file = Path.GetTempFileName();
        var bounds = new NamespaceBounds(name, file, countsConnections: false);
        var addresses = NetworkAddresses.Of(Networks.Isolated());
        try
        {
            await bounds.ApplyAsync(addresses, ["lo"], forwards: false, Cancellation);
            Assert.StartsWith("one guest may fill the host's neighbour table: ", bounds.Notice);
            await Command.Ip(null, "netns", "add", name).RunAsync(Cancellation);
            await bounds.ApplyAsync(addresses, ["lo"], forwards: false, Cancellation);
            Assert.Null(bounds.Notice);
        }
        finally
        {
            File.Delete(file);
            await Command.Ip(null, "netns", "delete", name).CaptureAsync(CancellationToken.None);
        }
    }

    static byte[] Solicits(string source) =>
        Frames.WithChecksum(
            Frames.Discovery(Mac, source, Frames.NeighbourSolicitation, "fe80::a9fe:a9fe", Frames.Option(1, Mac))
        );

    static string Ipv4(uint network, int number) =>
        new IPAddress(IPAddress.HostToNetworkOrder((int)(network + number)) & 0xffff_ffffL).ToString();

    static async Task<int> CountAsync(string @namespace, string family)
    {
        var shown = await Command.Ip(@namespace, family, "-o", "neigh", "show").RunAsync(Cancellation);
        return shown.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
    }
}
