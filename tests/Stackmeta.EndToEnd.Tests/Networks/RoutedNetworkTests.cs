using System.Text.Json.Nodes;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>Guests behind a router of the inventory, and guests that have IPv6.</summary>
public sealed class RoutedNetworkTests(RoutedNetwork networks) : IClassFixture<RoutedNetwork>
{
    const string Ipv6Address = "http://[fe80::a9fe:a9fe%25eth0]";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_asks_its_router_and_is_told_who_it_is()
    {
        var routed = networks.Routed;
        var lease = await routed.AcquireLeaseAsync();
        Assert.Contains(
            lease.Routes,
            route =>
                route.Destination.ToString() == "169.254.169.254/32"
                && route.NextHop.ToString() == RoutedNetwork.Gateway
        );
        Assert.Equal(routed.Instance.Id, await routed.UuidAsync());
    }

    [Theory]
    [InlineData($"http://{RoutedNetwork.Gateway}:9697/")]
    [InlineData($"http://{RoutedNetwork.Gateway}/")]
    [InlineData("http://169.254.169.254:9697/")]
    public async Task LP1187102_there_is_no_way_around_the_redirection(string url)
    {
        var direct = await networks.Routed.RunAsync("curl", "-sS", "--max-time", "1", url);
        Assert.NotEqual(0, direct.Code);
    }

    [Fact]
    public async Task A_guest_makes_its_IPv6_address_by_SLAAC_as_its_port_has_it()
    {
        var routed = networks.Routed;
        var expected = routed.Port.FixedIps!.Value.Select(ip => ip.IpAddress).Single(ip => ip.Contains(':'));
        await EventuallyAsync(async () => (await AddressesAsync(routed)).Contains($" {expected}/64 "), expected);
    }

    [Fact]
    public async Task A_guest_has_a_default_route_over_IPv6_where_a_router_routes_and_nowhere_else()
    {
        await EventuallyAsync(
            async () =>
                (await DefaultRouteAsync(networks.Routed)).StartsWith("default via fe80:", StringComparison.Ordinal),
            "the default route"
        );
        // Nobody listens there: a reset, not silence, shows that the packet arrived. The route may be there before the guest's addresses
        // are known to be its own (RFC 4862 §5.4), and what it sends until then may get lost.
        var url = $"http://[{RoutedNetwork.Ipv6Gateway}]:81/";
        await EventuallyAsync(
            async () =>
                (await networks.Routed.RunAsync("curl", "-sS", "--max-time", "2", url)).Error.Contains(
                    "Couldn't connect",
                    StringComparison.Ordinal
                ),
            "a reset"
        );

        // It has been told by the same dnsmasq that it is to ask DHCPv6, and of no router.
        await LinkLocalAsync(networks.Stateful);
        Assert.Equal("", await DefaultRouteAsync(networks.Stateful));
    }

    static Task<string> DefaultRouteAsync(Guest guest) =>
        Shell.RunAsync("ip", "-n", guest.Namespace, "-6", "route", "show", "default");

    [Fact]
    public async Task A_guest_gets_its_IPv6_address_by_DHCPv6_as_its_port_has_it()
    {
        var stateful = networks.Stateful;
        await LinkLocalAsync(stateful);
        var folder = Directory.CreateTempSubdirectory("stackmeta-dhcpv6-");
        var (leases, process) = (Path.Combine(folder.FullName, "leases"), Path.Combine(folder.FullName, "pid"));
        try
        {
            // It goes into the background when it has the lease.
            var result = await stateful.RunAsync(
                "dhclient",
                "-6",
                "-1",
                "-sf",
                "/bin/true",
                "-lf",
                leases,
                "-pf",
                process,
                "eth0"
            );
            Assert.True(result.Code == 0, result.Error);
            var expected = Assert.Single(stateful.Port.FixedIps!.Value).IpAddress;
            Assert.Contains($"iaaddr {expected} ", await File.ReadAllTextAsync(leases, Cancellation));
        }
        finally
        {
            // It writes its number later, if at all.
            var left = await Shell.RunAsync("ip", "netns", "pids", stateful.Namespace);
            await Shell.TryAsync("kill", ["-9", .. left.Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Over_the_link_local_address_each_guest_is_told_who_it_is(bool routed)
    {
        var guest = routed ? networks.Routed : networks.Stateful;
        await LinkLocalAsync(guest);
        var told = await guest.RunAsync(
            "curl",
            "-sS",
            "--max-time",
            "10",
            $"{Ipv6Address}/openstack/latest/meta_data.json"
        );
        Assert.Equal("", told.Error);
        Assert.Equal(guest.Instance.Id, JsonNode.Parse(told.Output)!["uuid"]!.GetValue<string>());
    }

    [Fact]
    public async Task Real_cloud_init_understands_what_it_is_told_over_IPv6()
    {
        Assert.SkipUnless(Directory.Exists(Checkout.CloudInit), "cloud-init's code is not unpacked; ./test does that.");
        // cloud-init 22.4 asks for the EC2 tree at 169.254.169.254, whatever address it was given.
        var guest = networks.Routed;
        await LinkLocalAsync(guest);
        var result = await guest.RunAsync(
            "/usr/bin/python3",
            Checkout.Crawl,
            Checkout.CloudInit,
            "--url",
            "http://[fe80::a9fe:a9fe%eth0]"
        );
        Assert.True(result.Code == 0, result.Error + result.Output);
        var understood = JsonNode.Parse(result.Output)!;
        Assert.Equal(guest.Instance.Id, understood["instance_id"]!.GetValue<string>());
        Assert.Equal("routed", understood["hostname"]!.GetValue<string>());
        var asked = understood["requests"]!.AsArray().Select(request => request!["url"]!.GetValue<string>()).ToList();
        Assert.Contains("http://[fe80::a9fe:a9fe%eth0]/openstack/2018-08-27/meta_data.json", asked);
        Assert.DoesNotContain("http://169.254.169.254/openstack", asked);
    }

    [Fact]
    public async Task OSSN_0018_OSSN_0069_a_scan_of_the_networks_namespace_finds_only_metadata_DNS_and_DHCP()
    {
        var routed = networks.Routed;
        await LinkLocalAsync(routed);
        var served = $"qdhcp-{routed.Port.NetworkId}";
        // The guest's way to 169.254.169.254 is its router.
        var addresses = (await OpenPorts.AddressesOfAsync(served)).Except(["169.254.169.254"]).ToArray();
        Assert.Contains(addresses, address => address.StartsWith("2001:db8:1:", StringComparison.Ordinal));
        var found = await OpenPorts.ScanAsync(routed, served, addresses);
        Assert.Equal(["tcp fe80::a9fe:a9fe 80"], found.Where(one => !OpenPorts.IsOfDnsmasq(one)));
    }

    /// <summary>What comes for 169.254.169.254 is the router's by its packet rules.</summary>
    [Fact]
    public async Task OSSN_0018_OSSN_0069_a_scan_of_the_router_finds_only_metadata()
    {
        var routed = networks.Routed;
        await LinkLocalAsync(routed);
        var served = $"qrouter-{networks.RouterId}";
        var addresses = await OpenPorts.AddressesOfAsync(served);
        Assert.Contains(RoutedNetwork.Gateway, addresses);
        Assert.Contains(addresses, address => address.StartsWith("fe80:", StringComparison.Ordinal));
        Assert.Empty(await OpenPorts.ScanAsync(routed, served, addresses));
        Assert.Equal(
            ["tcp 169.254.169.254 80"],
            await OpenPorts.TryTcpAsync(routed, "169.254.169.254", 22, 53, 80, 443, 8775, 9697)
        );
    }

    static async Task<string> AddressesAsync(Guest guest) =>
        await Shell.RunAsync("ip", "-n", guest.Namespace, "-6", "-o", "addr", "show", "dev", "eth0");

    /// <summary>The kernel looks for duplicates of an address for a second or two before it may be used.</summary>
    static Task LinkLocalAsync(Guest guest) =>
        EventuallyAsync(
            async () =>
                await AddressesAsync(guest) is var text
                && text.Contains(" fe80:", StringComparison.Ordinal)
                && !text.Contains("tentative", StringComparison.Ordinal),
            "the link-local address"
        );

    static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        for (var tries = 0; !await condition(); tries++)
        {
            Assert.True(tries < 200, $"Did not happen: {what}");
            await Task.Delay(100, Cancellation);
        }
    }
}
