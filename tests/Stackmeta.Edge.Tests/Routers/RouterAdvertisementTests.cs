using System.Net;
using System.Text.Json;

namespace Stackmeta.Edge.Tests;

/// <summary>IPv6 gateways, with real radvd and dnsmasq, and the kernels of real guests (RFC 4861, RFC 4862).</summary>
public sealed class RouterAdvertisementTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Guests_behind_an_IPv6_gateway_reach_each_other_until_it_is_gone()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        Assert.SkipUnless(LinkProvisioner.HostHasIpv6(), "The kernel has no IPv6.");
        var (first, port) = Routed("2001:db8:1");
        var (second, other) = Routed("2001:db8:2");
        var router = new EdgeRouter(Guid.NewGuid(), [port, other]);
        await ApplyAsync(rig, [first, second], router);
        var one = await rig.AttachAsync(first, first.Hosts[0]);
        var two = await rig.AttachAsync(second, second.Hosts[0]);
        await UntilAsync(one, "2001:db8:1:0:f816:3eff:fe00:1", hasGateway: true);
        await UntilAsync(two, "2001:db8:2:0:f816:3eff:fe00:1", hasGateway: true);

        // Nobody listens there: a reset from the other guest, not silence, shows that the packet arrived.
        string[] question = ["-sS", "--max-time", "5", "http://[2001:db8:2:0:f816:3eff:fe00:1]:81/"];
        var across = await one.RunAsync("curl", question, Cancellation);
        Assert.Equal((7, true), (across.ExitCode, across.Error.Contains("Couldn't connect", StringComparison.Ordinal)));

        var process = rig.FindProcesses("radvd");
        await ApplyAsync(rig, [first, second], router);
        Assert.Equal(process, rig.FindProcesses("radvd"));

        // The metadata is on the link as before.
        Assert.Equal("GET /", await EdgeRig.CurlAsync(one, "http://[fe80::a9fe:a9fe%25eth0]/"));

        await rig.ApplyAsync(first, second);
        await UntilAsync(one, "2001:db8:1:0:f816:3eff:fe00:1", hasGateway: false);
        Assert.Empty(rig.FindProcesses("radvd"));
    }

    /// <summary>Guests that heed RFC 4191 are sent to the router by Neutron's radvd, whoever else has the address on the link.</summary>
    [Theory]
    [InlineData(PacketFilter.Nftables)]
    [InlineData(PacketFilter.Iptables)]
    public async Task A_guest_that_asks_its_router_over_IPv6_is_answered_there(PacketFilter filter)
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners, filter: filter);
        Assert.SkipUnless(LinkProvisioner.HostHasIpv6(), "The kernel has no IPv6.");
        var (network, port) = Routed("2001:db8:1");
        var router = new EdgeRouter(Guid.NewGuid(), [port]);
        await ApplyAsync(rig, [network], router);
        var guest = await rig.AttachAsync(network, network.Hosts[0]);
        await UntilAsync(guest, "2001:db8:1:0:f816:3eff:fe00:1", hasGateway: true);
        await Command
            .Ip(guest.Name, "-6", "route", "add", "fe80::a9fe:a9fe", "via", "fe80::f816:3eff:fe00:e0", "dev", "eth0")
            .RunAsync(Cancellation);
        Assert.Equal("GET /", await EdgeRig.CurlAsync(guest, "http://[fe80::a9fe:a9fe%25eth0]/"));
        var headers = Assert.Single(rig.Agent.Requests);
        Assert.Equal($"{router.Id}", headers["X-Neutron-Router-ID"]);
        Assert.Equal("fe80::f816:3eff:fe00:1", headers["X-Forwarded-For"]);
        Assert.DoesNotContain("X-Neutron-Network-ID", headers.Keys);
    }

    /// <summary>A default route to where nobody routes would make guests wait for IPv6 that never answers.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_an_IPv6_gateway_a_guest_has_its_address_and_no_default_route(bool hasRouter)
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        Assert.SkipUnless(LinkProvisioner.HostHasIpv6(), "The kernel has no IPv6.");
        var (network, port) = Routed("2001:db8:1");
        EdgeRouter[] routers = hasRouter ? [new(Guid.NewGuid(), [port with { Advertisement = null }])] : [];
        await ApplyAsync(rig, [network], routers);
        var guest = await rig.AttachAsync(network, network.Hosts[0]);
        await UntilAsync(guest, "2001:db8:1:0:f816:3eff:fe00:1", hasGateway: false);
        Assert.Empty(rig.FindProcesses("radvd"));
    }

    [Fact]
    public async Task Advertisements_that_die_begin_again()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        Assert.SkipUnless(LinkProvisioner.HostHasIpv6(), "The kernel has no IPv6.");
        var (network, port) = Routed("2001:db8:1");
        await ApplyAsync(rig, [network], new EdgeRouter(Guid.NewGuid(), [port]));
        var before = rig.FindProcesses("radvd");
        foreach (var process in before)
        {
            _ = Libc.Kill(process, Libc.SigKill);
        }
        await EdgeRig.EventuallyAsync(
            () => rig.FindProcesses("radvd") is { Count: > 0 } now && !now.Intersect(before).Any(),
            "radvd is started again"
        );
        var guest = await rig.AttachAsync(network, network.Hosts[0]);
        await UntilAsync(guest, "2001:db8:1:0:f816:3eff:fe00:1", hasGateway: true);
    }

    [Theory]
    [InlineData(false, false, "off", "off")]
    [InlineData(false, true, "off", "on")]
    [InlineData(true, true, "on", "on")]
    public void The_file_names_gateways_alone(bool addresses, bool others, string managed, string other)
    {
        var (network, port) = Routed("2001:db8:1");
        var text = RadvdConfiguration.Render(
            new(
                Guid.NewGuid(),
                [
                    port with
                    {
                        PortId = Guid.NewGuid(),
                        Advertisement = null,
                    },
                    port with
                    {
                        Advertisement = new(addresses, others),
                    },
                ]
            )
        );
        Assert.Equal(
            $$"""
            interface {{DeviceNames.RouterInterface(port.PortId)}}
            {
                AdvSendAdvert on;
                MinRtrAdvInterval 30;
                MaxRtrAdvInterval 100;
                AdvCurHopLimit 0;
                AdvManagedFlag {{managed}};
                AdvOtherConfigFlag {{other}};
            };

            """,
            text
        );
    }

    static async Task ApplyAsync(EdgeRig rig, EdgeNetwork[] networks, params EdgeRouter[] routers)
    {
        var statuses = await rig.Provisioner.ApplyAsync(networks, routers, Cancellation);
        Assert.All(statuses, status => Assert.Equal((EdgeNetworkHealth.Serving, null), (status.Health, status.Reason)));
        Assert.All(
            rig.Provisioner.RouterStatuses,
            status => Assert.Equal((EdgeNetworkHealth.Serving, null), (status.Health, status.Reason))
        );
    }

    /// <summary>A network with SLAAC whose gateway is an interface of a router, and that interface.</summary>
    static (EdgeNetwork Network, EdgeRouterPort Port) Routed(string prefix)
    {
        var subnet = Networks.Subnet($"{prefix}::/64", $"{prefix}::1", $"{prefix}::2") with
        {
            Ipv6AddressMode = Ipv6AddressMode.Slaac,
            GatewayIsRouter = true,
        };
        var network = Networks.Of([subnet], Networks.Host(1, $"{prefix}:0:f816:3eff:fe00:1")) with
        {
            RouterAdvertisements = true,
        };
        return (
            network,
            new(Guid.NewGuid(), Networks.Mac(0xe0), network.Id, network.Mtu, [new(IPAddress.Parse($"{prefix}::1"), 64)])
            {
                Advertisement = new(AddressesByDhcp: false, OthersByDhcp: false),
            }
        );
    }

    /// <summary>Waits until the guest may use the address, and has a default route or none.</summary>
    static async Task UntilAsync(GuestNamespace guest, string address, bool hasGateway)
    {
        for (var attempt = 0; ; attempt++)
        {
            var addresses = await ShowAsync(guest, "addr", "show", "dev", GuestNamespace.Device, "-tentative");
            var routes = await ShowAsync(guest, "route", "show", "default");
            var isSo =
                addresses.Contains(address, StringComparison.Ordinal)
                && (JsonDocument.Parse(routes).RootElement.GetArrayLength() > 0) == hasGateway;
            if (isSo)
            {
                return;
            }
            Assert.True(attempt < 100, $"{addresses}\n{routes}");
            await Task.Delay(100, Cancellation);
        }
    }

    static async Task<string> ShowAsync(GuestNamespace guest, params string[] arguments) =>
        (await guest.RunAsync("ip", ["-6", "-json", .. arguments], Cancellation)).Output is { Length: > 0 } text
            ? text
            : "[]";
}
