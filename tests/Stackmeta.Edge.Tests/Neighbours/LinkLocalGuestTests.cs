using System.Net.NetworkInformation;

namespace Stackmeta.Edge.Tests;

/// <summary>Guests that ask from a link-local address, in real namespaces.</summary>
public sealed class LinkLocalGuestTests
{
    const string Mac = "fa:16:3e:00:00:05";
    const string MadeOfMac = "fe80::f816:3eff:fe00:5";
    const string Url = "http://[fe80::a9fe:a9fe%25eth0]/";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// Whatever link-local address it has, a guest is known by its MAC, also with the address that another has by his: of the last two,
    /// Neutron's agent makes MACs as well.
    /// </summary>
    [Theory]
    [InlineData(MadeOfMac)]
    [InlineData("fe80::1234:5678:9abc:def0")]
    [InlineData("fe80::1")]
    [InlineData("fe80::f816:3e11:2200:5")]
    [InlineData("fe80::f816:3eff:fe00:6")]
    public async Task A_guest_is_known_by_its_MAC(string address)
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var network = Guid.NewGuid();
        var (served, guest) = (DeviceNames.DhcpNamespace(network), $"guest-{network}");
        try
        {
            await LayCableAsync(served, guest, address);
            await rig.Server!.Listeners.AddAsync(ServedNamespace.ForNetwork(network, served));
            for (var round = 0; round < 2; round++)
            {
                var asked = await AskAsync(guest, "-o", "/dev/null", Url, "-o", "/dev/null", Url);
                Assert.Equal((0, ""), (asked.ExitCode, asked.Error));
            }
            Assert.Equal(4, rig.Agent.Requests.Count);
            Assert.All(rig.Agent.Requests, request => Assert.Equal(MadeOfMac, request["X-Forwarded-For"]));
            Assert.All(
                rig.Agent.Requests,
                request => Assert.Equal(network.ToString(), request["X-Neutron-Network-ID"])
            );
        }
        finally
        {
            await DeleteAsync(served, guest);
        }
    }

    [Fact]
    public async Task That_the_kernel_cannot_be_asked_is_told_from_that_it_knows_no_MAC()
    {
        Machine.RequireRoot();
        var gone = DeviceNames.DhcpNamespace(Guid.NewGuid());
        var neighbours = new NeighbourTable(new DirectSockets());
        await Assert.ThrowsAsync<EdgeException>(async () =>
            await neighbours.FindMacAsync(gone, System.Net.IPAddress.Parse("fe80::1%2"), Cancellation)
        );
    }

    [Fact]
    public async Task A_neighbour_that_was_never_there_has_no_MAC()
    {
        Machine.RequireRoot();
        var name = DeviceNames.DhcpNamespace(Guid.NewGuid());
        await Command.Ip(null, "netns", "add", name).RunAsync(Cancellation);
        try
        {
            var neighbours = new NeighbourTable(new DirectSockets());
            Assert.Null(await neighbours.FindMacAsync(name, System.Net.IPAddress.Parse("fe80::1%1"), Cancellation));
        }
        finally
        {
            await Command.Ip(null, "netns", "delete", name).RunAsync(CancellationToken.None);
        }
    }

    [Fact]
    public void The_address_of_a_MAC_is_that_of_RFC_4291() =>
        Assert.Equal($"{MadeOfMac}%3", LinkLocalGuests.MadeOf(PhysicalAddress.Parse(Mac), 3).ToString());

    static async Task LayCableAsync(string served, string guest, string address)
    {
        await Command.Ip(null, "netns", "add", served).RunAsync(Cancellation);
        await Command.Ip(null, "netns", "add", guest).RunAsync(Cancellation);
        await Command
            .Ip(served, "link", "add", "tap", "type", "veth", "peer", "name", "eth0", "address", Mac, "netns", guest)
            .RunAsync(Cancellation);
        await Command.Ip(served, "link", "set", "dev", "tap", "up").RunAsync(Cancellation);
        await Command.Ip(guest, "link", "set", "dev", "eth0", "addrgenmode", "none").RunAsync(Cancellation);
        await Command.Ip(guest, "link", "set", "dev", "eth0", "up").RunAsync(Cancellation);
        await Command.Ip(served, "addr", "add", "fe80::a9fe:a9fe/64", "dev", "tap", "nodad").RunAsync(Cancellation);
        await Command.Ip(served, "addr", "add", "169.254.169.254/32", "dev", "tap").RunAsync(Cancellation);
        await Command.Ip(guest, "addr", "add", $"{address}/64", "dev", "eth0", "nodad").RunAsync(Cancellation);
    }

    static Task<CommandResult> AskAsync(string guest, params string[] arguments) =>
        new Command("ip", ["netns", "exec", guest, "curl", "-sS", "--max-time", "10", .. arguments]).CaptureAsync(
            Cancellation
        );

    static async Task DeleteAsync(params string[] names)
    {
        foreach (var name in names.Where(NetworkNamespace.IsMounted))
        {
            await Command.Ip(null, "netns", "delete", name).RunAsync(CancellationToken.None);
        }
    }
}
