namespace Stackmeta.Edge.Tests;

/// <summary>LP#1953165: another host on the link already has the IPv6 metadata address, as a second DHCP agent would.</summary>
public sealed class DuplicateAddressTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Proxy.Haproxy)]
    [InlineData(Proxy.Listeners)]
    public async Task LP1953165_a_duplicate_IPv6_address_is_told_and_IPv4_goes_on(Proxy proxy)
    {
        await using var rig = await EdgeRig.StartAsync(proxy);
        Assert.SkipUnless(LinkProvisioner.HostHasIpv6(), "The kernel has no IPv6.");
        var (network, guest) = await rig.AttachOneAsync();
        await TakeAddressAsync(guest.Name, GuestNamespace.Device);

        var both = network with
        {
            Subnets = [.. network.Subnets, Networks.Subnet("2001:db8::/64", null, "2001:db8::2")],
        };
        var status = Assert.Single(await rig.Provisioner.ApplyAsync([both], Cancellation));
        Assert.Equal(EdgeNetworkHealth.Degraded, status.Health);
        Assert.Equal("another host on the network has fe80::a9fe:a9fe: metadata over IPv4 only", status.Reason);
        Assert.Equal("GET /", await EdgeRig.CurlAsync(guest, "http://169.254.169.254/"));
    }

    /// <summary>The same in a namespace that Neutron made and the edge only listens in.</summary>
    [Fact]
    public async Task LP1953165_a_listener_notices_it_too()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        Assert.SkipUnless(LinkProvisioner.HostHasIpv6(), "The kernel has no IPv6.");
        var listeners = rig.Server!.Listeners;
        var id = Guid.NewGuid();
        var (ours, others, device) = ($"qdhcp-{id}", $"guest-{id}", DeviceNames.Tap(id));
        await Command.Ip(null, "netns", "add", ours).RunAsync(Cancellation);
        await Command.Ip(null, "netns", "add", others).RunAsync(Cancellation);
        try
        {
            await Command
                .Ip(ours, "link", "add", "name", device, "type", "veth", "peer", "name", "eth0", "netns", others)
                .RunAsync(Cancellation);
            await Command.Ip(others, "link", "set", "dev", "eth0", "up").RunAsync(Cancellation);
            await TakeAddressAsync(others, "eth0");
            await listeners.AddAsync(ServedNamespace.ForNetwork(id, ours));
            Assert.Null(listeners.FindNotice(ours));
            await Command.Ip(ours, "link", "set", "dev", device, "up").RunAsync(Cancellation);
            await Command.Ip(ours, "addr", "add", "fe80::a9fe:a9fe/128", "dev", device).RunAsync(Cancellation);
            await EdgeRig.EventuallyAsync(() => listeners.FindNotice(ours) is not null, "the duplicate is noticed");
            Assert.Equal(
                $"another host on the link of {device} has fe80::a9fe:a9fe: metadata over IPv4 only",
                listeners.FindNotice(ours)
            );
        }
        finally
        {
            await listeners.RemoveAsync(ours);
            await Command.Ip(null, "netns", "delete", ours).RunAsync(CancellationToken.None);
            await Command.Ip(null, "netns", "delete", others).RunAsync(CancellationToken.None);
        }
    }

    static async Task TakeAddressAsync(string @namespace, string device) =>
        await Command
            .Ip(@namespace, "addr", "add", "fe80::a9fe:a9fe/128", "dev", device, "nodad")
            .RunAsync(Cancellation);
}
