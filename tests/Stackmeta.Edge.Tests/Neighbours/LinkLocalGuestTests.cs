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
        using var neighbours = new NeighbourTable(new DirectSockets(), static _ => true);
        await Assert.ThrowsAsync<EdgeException>(async () =>
            await neighbours.FindMacAsync(gone, System.Net.IPAddress.Parse("fe80::1%2"))
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
            using var neighbours = new NeighbourTable(new DirectSockets(), static _ => true);
            Assert.Null(await neighbours.FindMacAsync(name, System.Net.IPAddress.Parse("fe80::1%1")));
        }
        finally
        {
            await Command.Ip(null, "netns", "delete", name).RunAsync(CancellationToken.None);
        }
    }

    /// <summary>A socket that MACs are asked for with keeps a namespace alive as any other does.</summary>
    [Fact]
    public async Task A_namespace_that_is_removed_really_goes_though_its_guests_were_asked_for()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var network = Guid.NewGuid();
        var (served, guest) = (DeviceNames.DhcpNamespace(network), $"guest-{network}");
        try
        {
            await LayCableAsync(served, guest, MadeOfMac);
            await rig.Server!.Listeners.AddAsync(ServedNamespace.ForNetwork(network, served));
            Assert.Equal(0, (await AskAsync(guest, Url)).ExitCode);
            await rig.Server.Listeners.RemoveAsync(served);
            await Command.Ip(null, "netns", "delete", served).RunAsync(Cancellation);
            // The guest's end of the pair vanishes with the namespace, and only with it.
            for (var tries = 0; await HasLinkAsync(guest); tries++)
            {
                Assert.True(tries < 100, "The namespace is still there.");
                await Task.Delay(50, Cancellation);
            }
        }
        finally
        {
            await DeleteAsync(served, guest);
        }
    }

    /// <summary>Who was still being answered when the namespace was forgotten must not open it again for good.</summary>
    [Fact]
    public async Task What_is_opened_too_late_is_closed_at_once()
    {
        Machine.RequireRoot();
        var name = DeviceNames.DhcpNamespace(Guid.NewGuid());
        await Command.Ip(null, "netns", "add", name).RunAsync(Cancellation);
        try
        {
            using var neighbours = new NeighbourTable(new DirectSockets(), static _ => false);
            await Assert.ThrowsAsync<EdgeException>(() =>
                neighbours.FindMacAsync(name, System.Net.IPAddress.Parse("fe80::1%1"))
            );
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

    static async Task<bool> HasLinkAsync(string guest) =>
        (await Command.Ip(guest, "link", "show", "dev", "eth0").CaptureAsync(Cancellation)).ExitCode == 0;

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
