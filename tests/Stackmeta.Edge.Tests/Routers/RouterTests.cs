using System.Net;

namespace Stackmeta.Edge.Tests;

/// <summary>Routers with real rules (spec/neutron-metadata.md §2.5; §8 cases 36 to 38).</summary>
public sealed class RouterTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Proxy.Haproxy, PacketFilter.Nftables)]
    [InlineData(Proxy.Listeners, PacketFilter.Nftables)]
    [InlineData(Proxy.Listeners, PacketFilter.Iptables)]
    public async Task A_guest_behind_a_router_is_answered_there_and_reaches_the_proxy_no_other_way(
        Proxy proxy,
        PacketFilter filter
    )
    {
        await using var rig = await EdgeRig.StartAsync(proxy, filter: filter);
        var (network, router) = Routed();
        await ApplyAsync(rig, [network], [router]);
        var guest = await rig.AttachAsync(network, network.Hosts[0]);
        var lease = await guest.AcquireLeaseAsync(Cancellation);
        Assert.Equal(
            "169.254.169.254/32 10.0.0.65, 0.0.0.0/0 10.0.0.65",
            string.Join(", ", lease.Routes.Select(route => $"{route.Destination} {route.NextHop}"))
        );

        Assert.Equal("GET /a", await EdgeRig.CurlAsync(guest, "http://169.254.169.254/a"));
        var headers = Assert.Single(rig.Agent.Requests);
        Assert.Equal(router.Id.ToString(), headers["X-Neutron-Router-ID"]);
        Assert.EndsWith("10.0.0.70", headers["X-Forwarded-For"], StringComparison.Ordinal);
        Assert.DoesNotContain("X-Neutron-Network-ID", headers.Keys);

        // LP#1187102: not around the redirection, and not on another address of the router.
        foreach (var url in (string[])["http://10.0.0.65:9697/", "http://169.254.169.254:9697/", "http://10.0.0.65/"])
        {
            var direct = await guest.RunAsync("curl", ["-sS", "--max-time", "1", url], Cancellation);
            Assert.NotEqual(0, direct.ExitCode);
        }
        Assert.Single(rig.Agent.Requests);
    }

    [Fact]
    public async Task Guests_of_two_networks_of_a_router_reach_each_other_and_the_metadata()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var (first, router) = Routed();
        var (second, other) = Routed("10.1.0.0/24", "10.1.0.1", "10.1.0.2", "10.1.0.5");
        var both = router with { Ports = [.. router.Ports, .. other.Ports] };
        await ApplyAsync(rig, [first, second], [both]);
        await ApplyAsync(rig, [first, second], [both]);
        var one = await rig.AttachAsync(first, first.Hosts[0]);
        var two = await rig.AttachAsync(second, second.Hosts[0]);
        await one.AcquireLeaseAsync(Cancellation);
        await two.AcquireLeaseAsync(Cancellation);
        await EdgeRig.CurlAsync(one, "http://169.254.169.254/");
        await EdgeRig.CurlAsync(two, "http://169.254.169.254/");
        Assert.Equal(["10.0.0.70", "10.1.0.5"], rig.Agent.Requests.Select(request => request["X-Forwarded-For"]));
        Assert.All(rig.Agent.Requests, request => Assert.Equal(both.Id.ToString(), request["X-Neutron-Router-ID"]));

        // Nobody listens there: a reset from the other guest, not silence, shows that the packet arrived.
        var across = await one.RunAsync("curl", ["-sS", "--max-time", "5", "http://10.1.0.5:81/"], Cancellation);
        Assert.Contains("Couldn't connect", across.Error);
        Assert.Equal(7, across.ExitCode);
    }

    [Fact]
    public async Task A_router_that_is_no_longer_wanted_leaves_nothing()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var (network, router) = Routed();
        await ApplyAsync(rig, [network], [router]);
        await rig.ApplyAsync(network);
        Assert.Empty(rig.Provisioner.RouterStatuses);
        Assert.False(File.Exists(NetworkNamespace.PathOf(DeviceNames.RouterNamespace(router.Id))));
        Assert.False(HostLink.Exists(DeviceNames.Tap(router.Ports[0].PortId)));
        await rig.Provisioner.StopAsync(Cancellation);
        Assert.Empty(await rig.FindTracesAsync(network));
    }

    [Fact]
    public async Task A_router_whose_namespace_somebody_unmounts_is_made_again_and_leaves_nothing()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var (network, router) = Routed();
        await ApplyAsync(rig, [network], [router]);
        var path = NetworkNamespace.PathOf(DeviceNames.RouterNamespace(router.Id));
        await new Command("umount", ["-l", path]).RunAsync(Cancellation);
        await ApplyAsync(rig, [network], [router]);
        var guest = await rig.AttachAsync(network, network.Hosts[0]);
        await guest.AcquireLeaseAsync(Cancellation);
        Assert.Equal("GET /", await EdgeRig.CurlAsync(guest, "http://169.254.169.254/"));

        await new Command("umount", ["-l", path]).RunAsync(Cancellation);
        await rig.Provisioner.StopAsync(Cancellation);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_foreign_router_namespace_is_left_alone()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var (network, router) = Routed();
        var name = DeviceNames.RouterNamespace(router.Id);
        await Command.Ip(null, "netns", "add", name).RunAsync(Cancellation);
        try
        {
            await rig.Provisioner.ApplyAsync([network], [router], Cancellation);
            var status = Assert.Single(rig.Provisioner.RouterStatuses);
            Assert.Equal(
                $"The namespace {name} exists already and was not made here; it is left alone.",
                status.Reason
            );
            await rig.Provisioner.StopAsync(Cancellation);
            Assert.True(File.Exists(NetworkNamespace.PathOf(name)));
        }
        finally
        {
            await Command.Ip(null, "netns", "delete", name).RunAsync(CancellationToken.None);
        }
    }

    static async Task ApplyAsync(EdgeRig rig, EdgeNetwork[] networks, EdgeRouter[] routers)
    {
        var statuses = await rig.Provisioner.ApplyAsync(networks, routers, Cancellation);
        Assert.All(statuses, status => Assert.Equal((EdgeNetworkHealth.Serving, null), (status.Health, status.Reason)));
        Assert.Equal(routers.Length, rig.Provisioner.RouterStatuses.Count);
        Assert.All(
            rig.Provisioner.RouterStatuses,
            status => Assert.Equal((EdgeNetworkHealth.Serving, null), (status.Health, status.Reason))
        );
    }

    /// <summary>A network whose gateway is a router, and the router.</summary>
    static (EdgeNetwork Network, EdgeRouter Router) Routed(
        string cidr = "10.0.0.64/26",
        string gateway = "10.0.0.65",
        string dhcp = "10.0.0.66",
        string host = "10.0.0.70"
    )
    {
        var subnet = Networks.Subnet(cidr, gateway, dhcp) with { GatewayIsRouter = true };
        var network = Networks.Of([subnet], Networks.Host(1, host));
        var address = new EdgeRouterAddress(IPAddress.Parse(gateway), subnet.Cidr.PrefixLength);
        return (
            network,
            new(Guid.NewGuid(), [new(Guid.NewGuid(), Networks.Mac(0xe0), network.Id, network.Mtu, [address])])
        );
    }
}
