using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Edge.Tests;

/// <summary>Real guests that open connections without end, and neighbours who ask meanwhile (LP#1989199).</summary>
public sealed class OneGuestTests
{
    const int Capacity = 240;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>However many addresses it has: they are one MAC's.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(180)]
    public async Task A_guest_leaves_its_neighbours_their_answers_over_IPv4(int addresses)
    {
        await using var rig = await StartAsync();
        var (other, own) = (Networks.Isolated(Networks.Host(1, "10.0.0.70")), Wide(addresses));
        await rig.ApplyAsync(own, other);
        var attacker = await AttachAsync(rig, own, 0);
        var neighbour = await AttachAsync(rig, own, 1);
        var stranger = await AttachAsync(rig, other, 0);
        var from = await HaveAllAsync(attacker, own);
        using (var taken = await FloodAsync(attacker, from, MetadataAddress.Ipv4))
        {
            Assert.InRange(rig.Server!.Limits.Held, 1, Capacity / 17);
            await AskAsync(neighbour, stranger);
        }
        await IsAsBeforeAsync(rig);
    }

    [Fact]
    public async Task Nor_does_one_with_many_link_local_addresses()
    {
        await using var rig = await StartAsync();
        Assert.SkipUnless(LinkProvisioner.HostHasIpv6(), "The kernel has no IPv6.");
        var own = Networks.Of(
            [
                Networks.Subnet("10.8.0.0/16", "10.8.0.1", "10.8.0.2"),
                Networks.Subnet("2001:db8::/64", null, "2001:db8::2") with
                {
                    Id = Guid.NewGuid(),
                },
            ],
            Networks.Host(1, "10.8.0.70"),
            Networks.Host(2, "10.8.0.71")
        );
        var other = Networks.Isolated(Networks.Host(1, "10.0.0.70"));
        await rig.ApplyAsync(own, other);
        var attacker = await AttachAsync(rig, own, 0);
        var neighbour = await AttachAsync(rig, own, 1);
        var stranger = await AttachAsync(rig, other, 0);
        List<IPAddress> from =
        [
            .. Enumerable.Range(1, 30).Select(number => IPAddress.Parse($"fe80::94ee:3c1a:70d2:{number}")),
        ];
        foreach (var address in from)
        {
            await Ip(attacker, "addr", "add", $"{address}/64", "dev", "eth0", "nodad");
        }
        await HasLinkLocalAsync(neighbour);
        using (var taken = await FloodAsync(attacker, from, MetadataAddress.Ipv6))
        {
            Assert.InRange(rig.Server!.Limits.Held, 1, Capacity / 17);
            await AskAsync(neighbour, stranger);
            await EdgeRig.CurlAsync(neighbour, "http://[fe80::a9fe:a9fe%25eth0]/");
        }
        await IsAsBeforeAsync(rig);
    }

    [Fact]
    public async Task Nor_does_one_that_asks_through_a_router()
    {
        await using var rig = await StartAsync();
        var subnet = Networks.Subnet("10.8.0.0/16", "10.8.0.1", "10.8.0.2") with { GatewayIsRouter = true };
        var own = Wide(addresses: 180) with { Subnets = [subnet] };
        var other = Networks.Isolated(Networks.Host(1, "10.0.0.70"));
        var router = new EdgeRouter(
            Guid.NewGuid(),
            [new(Guid.NewGuid(), Networks.Mac(0xe0), own.Id, own.Mtu, [new(IPAddress.Parse("10.8.0.1"), 16)])]
        );
        await rig.Provisioner.ApplyAsync([own, other], [router], Cancellation);
        var attacker = await AttachAsync(rig, own, 0);
        var neighbour = await AttachAsync(rig, own, 1);
        var stranger = await AttachAsync(rig, other, 0);
        var from = await HaveAllAsync(attacker, own);
        using (var taken = await FloodAsync(attacker, from, MetadataAddress.Ipv4))
        {
            Assert.InRange(rig.Server!.Limits.Held, 1, Capacity / 17);
            await AskAsync(neighbour, stranger);
        }
        await IsAsBeforeAsync(rig);
    }

    static Task<EdgeRig> StartAsync() => EdgeRig.StartAsync(Proxy.Listeners, new() { Capacity = static _ => Capacity });

    /// <summary>The first guest's port has so many fixed IPs.</summary>
    static EdgeNetwork Wide(int addresses) =>
        Networks.Of(
            [Networks.Subnet("10.8.0.0/16", "10.8.0.1", "10.8.0.2")],
            Networks.Host(1, [.. Enumerable.Range(1, addresses).Select(number => $"10.8.9.{number}")]),
            Networks.Host(2, "10.8.0.71")
        );

    static async Task<List<IPAddress>> HaveAllAsync(GuestNamespace guest, EdgeNetwork network)
    {
        List<IPAddress> all = [.. network.Hosts[0].Addresses];
        foreach (var address in all)
        {
            await Ip(guest, "addr", "replace", $"{address}/16", "dev", "eth0");
        }
        return all;
    }

    static async Task<GuestNamespace> AttachAsync(EdgeRig rig, EdgeNetwork network, int host)
    {
        var guest = await rig.AttachAsync(network, network.Hosts[host]);
        await guest.AcquireLeaseAsync(Cancellation);
        return guest;
    }

    /// <summary>Twice as many connections as there may be, in turns from all addresses; what is turned away is tried no more.</summary>
    static async Task<Connections> FloodAsync(GuestNamespace guest, List<IPAddress> from, IPAddress metadata)
    {
        var opened = new Connections();
        var device = metadata.AddressFamily == AddressFamily.InterNetworkV6 ? IndexOfDevice(guest) : 0;
        for (var number = 0; number < 2 * Capacity; number++)
        {
            var socket = NetworkNamespace.CreateSocket(guest.Name, metadata.AddressFamily, SocketType.Stream);
            opened.Add(socket);
            socket.Bind(new IPEndPoint(Scoped(from[number % from.Count], device), 0));
            await socket.ConnectAsync(new IPEndPoint(Scoped(metadata, device), MetadataAddress.Port), Cancellation);
        }
        return opened;
    }

    static IPAddress Scoped(IPAddress address, long device) =>
        device == 0 ? address : new(address.GetAddressBytes(), device);

    static long IndexOfDevice(GuestNamespace guest) =>
        LinkInfo
            .Parse(Command.Ip(guest.Name, "-details", "-json", "addr", "show").RunAsync(Cancellation).Result)
            .First(static link => link.Name == "eth0")
            .Index;

    /// <summary>
    /// The kernel has made sure that the guest is the only one with its link-local address: before that nothing is sent from it.
    /// </summary>
    static async Task HasLinkLocalAsync(GuestNamespace guest)
    {
        while (
            !(await Ip(guest, "-6", "addr", "show", "dev", "eth0", "scope", "link", "-tentative")).Contains(
                "inet6",
                StringComparison.Ordinal
            )
        )
        {
            await Task.Delay(20, Cancellation);
        }
    }

    /// <summary>None of them misses an answer.</summary>
    static async Task AskAsync(params GuestNamespace[] guests)
    {
        for (var round = 0; round < 3; round++)
        {
            foreach (var guest in guests)
            {
                Assert.Equal("GET /", await EdgeRig.CurlAsync(guest, "http://169.254.169.254/"));
            }
        }
    }

    static Task IsAsBeforeAsync(EdgeRig rig) =>
        EdgeRig.EventuallyAsync(() => rig.Server!.Limits.Held == 0, "all connections are given back");

    static Task<string> Ip(GuestNamespace guest, params string[] arguments) =>
        Command.Ip(guest.Name, arguments).RunAsync(Cancellation);

    sealed class Connections : IDisposable
    {
        readonly List<Socket> _open = [];

        public void Add(Socket socket) => _open.Add(socket);

        public void Dispose() => _open.ForEach(static socket => socket.Dispose());
    }
}
