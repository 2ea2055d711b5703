namespace Stackmeta.Edge.Tests;

/// <summary>Interfaces that somebody else made, on a network of ours.</summary>
public sealed class PortAttachmentTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tap_is_put_on_the_bridge_and_taken_off()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var network = Networks.Isolated(Networks.Host(1, "10.0.0.70"));
        await rig.ApplyAsync(network);
        var device = DeviceNames.Tap(Guid.NewGuid());
        await Command.Ip(null, "tuntap", "add", "dev", device, "mode", "tap").RunAsync(Cancellation);
        try
        {
            await AttachAsync(network, device);
            await AttachAsync(network, device);
            var link = await ShowAsync(device);
            Assert.Equal((DeviceNames.Bridge(network.Id), 1450, true), (link.Master, link.Mtu, link.IsUp));
            Assert.Equal(
                "1\n",
                await File.ReadAllTextAsync($"/proc/sys/net/ipv6/conf/{device}/disable_ipv6", Cancellation)
            );

            var other = Networks.Isolated(Networks.Host(1, "10.0.0.70"));
            await rig.ApplyAsync(network, other);
            var error = await Assert.ThrowsAsync<EdgeException>(() => AttachAsync(other, device));
            Assert.Equal(
                $"The interface {device} is on {DeviceNames.Bridge(network.Id)} already: take it off there first.",
                error.Message
            );

            await DetachAsync(other, device);
            Assert.NotNull((await ShowAsync(device)).Master);
            await DetachAsync(network, device);
            Assert.Null((await ShowAsync(device)).Master);
        }
        finally
        {
            await Command.Ip(null, "link", "delete", "dev", device).RunAsync(CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("stackmeta-no-such")]
    [InlineData("../lo")]
    [InlineData("")]
    [InlineData("a name that is much too long")]
    public async Task A_name_that_is_no_interface_is_refused(string device)
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var network = Networks.Isolated(Networks.Host(1, "10.0.0.70"));
        await rig.ApplyAsync(network);
        var error = await Assert.ThrowsAsync<EdgeException>(() => AttachAsync(network, device));
        Assert.Equal($"There is no interface '{device}' on this host.", error.Message);
    }

    [Fact]
    public async Task A_network_that_is_not_up_is_named()
    {
        Machine.RequireRoot();
        var id = Guid.NewGuid();
        var error = await Assert.ThrowsAsync<EdgeException>(() =>
            PortAttachment.AttachAsync(id, Guid.NewGuid(), "lo", readNetwork: null, Cancellation)
        );
        Assert.Contains($"The network {id} is not up on this host", error.Message);
    }

    static Task AttachAsync(EdgeNetwork network, string device) =>
        PortAttachment.AttachAsync(
            network.Id,
            network.Hosts[0].PortId,
            device,
            _ => Task.FromResult(network),
            Cancellation
        );

    static Task DetachAsync(EdgeNetwork network, string device) =>
        PortAttachment.DetachAsync(network.Id, device, _ => Task.FromResult(network), Cancellation);

    static async Task<LinkInfo> ShowAsync(string device) =>
        LinkInfo.Parse(
            await Command.Ip(null, "-details", "-json", "addr", "show", "dev", device).RunAsync(Cancellation)
        )[0];
}
