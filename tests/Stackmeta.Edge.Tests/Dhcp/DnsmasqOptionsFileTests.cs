using System.Net;

namespace Stackmeta.Edge.Tests;

/// <summary>What guests are told by DHCP (spec/neutron-metadata.md §2.3 and §8, cases 93 to 104).</summary>
public sealed class DnsmasqOptionsFileTests
{
    static readonly EdgeOptions Isolated = new() { EnableIsolatedMetadata = true };
    static readonly EdgeOptions Forced = new() { ForceMetadata = true, EnableIsolatedMetadata = false };
    static readonly EdgeOptions Neither = new() { EnableIsolatedMetadata = false };

    [Fact]
    public void Case_93_a_router_on_the_gateway_is_the_way_to_the_metadata() =>
        AssertRoutes(
            "169.254.169.254/32,192.168.0.1,0.0.0.0/0,192.168.0.1",
            "192.168.0.1",
            Networks.Subnet("192.168.0.0/24", "192.168.0.1", "192.168.0.5") with
            {
                GatewayIsRouter = true,
            },
            Isolated
        );

    [Fact]
    public void Case_93_host_routes_come_before_the_metadata_route() =>
        AssertRoutes(
            "20.0.0.0/24,20.0.0.1,169.254.169.254/32,192.168.0.1,0.0.0.0/0,192.168.0.1",
            "192.168.0.1",
            Networks.Subnet("192.168.0.0/24", "192.168.0.1", "192.168.0.5") with
            {
                GatewayIsRouter = true,
                HostRoutes = [Route("20.0.0.0/24", "20.0.0.1")],
            },
            Isolated
        );

    [Fact]
    public void Case_94_a_default_host_route_is_the_gateway_and_is_not_listed_twice() =>
        AssertRoutes(
            "169.254.169.254/32,192.168.0.5,0.0.0.0/0,10.0.0.1",
            "10.0.0.1",
            Networks.Subnet("192.168.0.0/24", null, "192.168.0.5") with
            {
                HostRoutes = [Route("0.0.0.0/0", "10.0.0.1")],
            },
            Isolated
        );

    [Fact]
    public void A_default_host_route_yields_to_the_gateway() =>
        AssertRoutes(
            "169.254.169.254/32,192.168.0.5,0.0.0.0/0,192.168.0.1",
            "192.168.0.1",
            Networks.Subnet("192.168.0.0/24", "192.168.0.1", "192.168.0.5") with
            {
                HostRoutes = [Route("0.0.0.0/0", "10.0.0.1")],
            },
            Isolated
        );

    [Fact]
    public void Case_95_neighbours_on_the_link_come_first()
    {
        var first = Networks.Subnet("192.168.0.0/24", "192.168.0.1", "192.168.0.5");
        var second = Networks.Subnet("192.168.1.0/24", "192.168.1.1", "192.168.1.5") with { Id = Guid.NewGuid() };
        var third = Networks.Subnet("192.168.2.0/24", null, null) with { Id = Guid.NewGuid(), DhcpEnabled = false };
        var network = Networks.Of([first, second, third]);
        Assert.Equal(
            "192.168.2.0/24,0.0.0.0,192.168.1.0/24,0.0.0.0,169.254.169.254/32,192.168.0.5,0.0.0.0/0,192.168.0.1",
            RoutesOf(network, first, Isolated)
        );
        Assert.Equal(
            "192.168.2.0/24,0.0.0.0,192.168.0.0/24,0.0.0.0,169.254.169.254/32,192.168.1.5,0.0.0.0/0,192.168.1.1",
            RoutesOf(network, second, Isolated)
        );
    }

    [Fact]
    public void Case_96_subnets_of_other_segments_are_no_neighbours()
    {
        var first = Networks.Subnet("192.168.0.0/24", "192.168.0.1", "192.168.0.5") with { SegmentId = Guid.NewGuid() };
        var second = Networks.Subnet("192.168.1.0/24", "192.168.1.1", null) with { SegmentId = Guid.NewGuid() };
        Assert.Equal(
            "169.254.169.254/32,192.168.0.5,0.0.0.0/0,192.168.0.1",
            RoutesOf(Networks.Of([first, second]), first, Isolated)
        );
    }

    [Fact]
    public void Case_97_without_a_gateway_only_the_metadata_is_routed_and_no_router_is_named() =>
        AssertRoutes(
            "169.254.169.254/32,192.168.0.5",
            "",
            Networks.Subnet("192.168.0.0/24", null, "192.168.0.5"),
            Isolated
        );

    [Fact]
    public void Case_98_a_gateway_that_is_no_router_of_the_cloud_is_the_default_route_only() =>
        AssertRoutes(
            "169.254.169.254/32,192.168.0.5,0.0.0.0/0,192.168.0.1",
            "192.168.0.1",
            Networks.Subnet("192.168.0.0/24", "192.168.0.1", "192.168.0.5"),
            Isolated
        );

    [Fact]
    public void Case_100_a_subnet_of_another_segment_has_no_address_of_ours_to_route_to()
    {
        var isolated = Networks.Subnet("192.168.0.0/24", "192.168.0.1", null);
        AssertRoutes(null, "192.168.0.1", isolated, Isolated);
        AssertRoutes(
            "169.254.169.254/32,192.168.0.1,0.0.0.0/0,192.168.0.1",
            "192.168.0.1",
            isolated with
            {
                GatewayIsRouter = true,
            },
            Isolated
        );
    }

    [Fact]
    public void Case_101_without_any_flag_and_router_there_is_no_metadata_route() =>
        AssertRoutes(null, "192.168.0.1", Networks.Subnet("192.168.0.0/24", "192.168.0.1", "192.168.0.5"), Neither);

    [Fact]
    public void Case_102_an_OVN_metadata_port_goes_before_every_flag() =>
        AssertRoutes(
            "169.254.169.254/32,192.168.0.9,0.0.0.0/0,192.168.0.1",
            "192.168.0.1",
            Networks.Subnet("192.168.0.0/24", "192.168.0.1", "192.168.0.5") with
            {
                OvnMetadataAddress = IPAddress.Parse("192.168.0.9"),
            },
            Neither
        );

    [Fact]
    public void Case_103_force_metadata_leads_to_the_DHCP_namespace_though_there_is_a_router() =>
        AssertRoutes(
            "169.254.169.254/32,192.168.0.5,0.0.0.0/0,192.168.0.1",
            "192.168.0.1",
            Networks.Subnet("192.168.0.0/24", "192.168.0.1", "192.168.0.5") with
            {
                GatewayIsRouter = true,
            },
            Forced
        );

    [Fact]
    public void Case_104_an_IPv6_subnet_gets_names_only()
    {
        var subnet = Networks.Subnet("2001:db8::/64", "2001:db8::1", "2001:db8::2") with
        {
            DnsServers = [IPAddress.Parse("2001:db8::53")],
            Ipv6AddressMode = Ipv6AddressMode.Dhcpv6Stateful,
        };
        Assert.Equal(
            $"tag:subnet-{subnet.Id},option6:dns-server,[2001:db8::53]\ntag:subnet-{subnet.Id},option6:domain-search,openstacklocal\n",
            DnsmasqOptionsFile.Render(Networks.Of([subnet]), Forced)
        );
    }

    [Fact]
    public void A_DNS_server_of_all_zeros_means_none()
    {
        var subnet = Networks.Subnet("192.168.0.0/24", null, null) with { DnsServers = [IPAddress.Any] };
        Assert.StartsWith(
            $"tag:subnet-{subnet.Id},option:dns-server\n",
            DnsmasqOptionsFile.Render(Networks.Of([subnet]), Neither)
        );
    }

    [Fact]
    public void A_subnet_without_DHCP_is_not_mentioned()
    {
        var subnet = Networks.Subnet("192.168.0.0/24", "192.168.0.1", "192.168.0.5") with { DhcpEnabled = false };
        Assert.Empty(DnsmasqOptionsFile.Render(Networks.Of([subnet]), Forced));
    }

    /// <param name="routes">The value of options 121 and 249; null when both must be absent.</param>
    static void AssertRoutes(string? routes, string router, EdgeSubnet subnet, EdgeOptions options)
    {
        var tag = $"tag:subnet-{subnet.Id}";
        var classless = routes is null ? "" : $"{tag},option:classless-static-route,{routes}\n{tag},249,{routes}\n";
        var expected = $"{classless}{tag},option:router{(router.Length > 0 ? "," + router : "")}\n";
        Assert.Equal(expected, DnsmasqOptionsFile.Render(Networks.Of([subnet]), options));
    }

    static string RoutesOf(EdgeNetwork network, EdgeSubnet subnet, EdgeOptions options) =>
        string.Join(
            ',',
            ClasslessRoutes.Of(subnet, network, options).Routes.Select(route => $"{route.Destination},{route.NextHop}")
        );

    static EdgeHostRoute Route(string destination, string nextHop) =>
        new(IPNetwork.Parse(destination), IPAddress.Parse(nextHop));
}
