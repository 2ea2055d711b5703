using System.Net;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack.Tests;

/// <summary>Ports by Neutron's REST API (spec/neutron-metadata.md §3.4, §4.1).</summary>
public sealed class NeutronPortDirectoryTests
{
    static readonly NetworkScope Network = new(NetworkScopeKind.Network, "net-1");
    static readonly NetworkScope Router = new(NetworkScopeKind.Router, "router-1");

    [Fact]
    public async Task A_port_is_found_by_network_and_address()
    {
        await using var cloud = new FakeCloud { Neutron = _ => (200, Ports(Port("p1", "10.0.0.5"))) };
        var answer = await new NeutronPortDirectory(cloud.Client()).FindPortAsync(
            Network,
            Address("10.0.0.5"),
            default
        );
        Assert.Equal(
            new Port("p1", "net-1", "device-p1", "project-1")
            {
                MacAddresses = Core.Lookups.Port.ReadMacAddresses("fa:16:3e:00:00:01"),
            },
            answer.Port
        );
        Assert.Equal(
            "/RegionOne/internal/v2.0/ports?network_id=net-1&fixed_ips=ip_address=10.0.0.5&fields=id&fields=network_id&fields=device_id&fields=project_id&fields=mac_address&fields=allowed_address_pairs&fields=fixed_ips",
            Assert.Single(cloud.Asked)
        );
    }

    [Fact]
    public async Task A_ports_macs_are_its_own_and_those_of_its_allowed_address_pairs_each_once_and_sorted()
    {
        const string Pairs = """
            "allowed_address_pairs": [{"ip_address": "10.0.0.9", "mac_address": "fa:16:3e:00:00:09"},
              {"ip_address": "10.0.0.8", "mac_address": "FA-16-3E-0-0-8"}, {"ip_address": "10.0.0.7", "mac_address": "fa:16:3e:00:00:10"},
              {"ip_address": "10.0.0.6", "mac_address": "FA:16:3E:00:00:09"}, {"ip_address": "10.0.0.5"}], "mac_address": "FA:16:3E:00:00:10"
            """;
        var port = Port("p1", "10.0.0.5")
            .Replace("\"mac_address\": \"fa:16:3e:00:00:01\"", Pairs, StringComparison.Ordinal);
        await using var cloud = new FakeCloud { Neutron = _ => (200, Ports(port)) };
        var directory = new NeutronPortDirectory(cloud.Client());
        var alone = await directory.FindPortAsync(Network, Address("10.0.0.5"), default);
        Assert.Equal(
            ["fa:16:3e:00:00:10", "fa:16:3e:00:00:08", "fa:16:3e:00:00:09"],
            alone.Port!.MacAddresses.Select(mac => mac.ToString())
        );
        Assert.Equal(alone, (await directory.FindPortsAsync(Network, default))![Address("10.0.0.5")]);
    }

    [Fact]
    public async Task A_link_local_guest_is_found_by_its_mac()
    {
        await using var cloud = new FakeCloud
        {
            Neutron = _ => (200, Ports(Port("p1", "10.0.0.5", mac: "FA:16:3E:12:34:56"))),
        };
        var answer = await new NeutronPortDirectory(cloud.Client()).FindPortAsync(
            Network,
            Address("fe80::f816:3eff:fe12:3456"),
            default
        );
        Assert.Equal("p1", answer.Port!.Id);
        Assert.Contains("mac_address=fa:16:3e:12:34:56", Assert.Single(cloud.Asked));
    }

    [Theory]
    [InlineData("", Refusal.PortNotFound)]
    [InlineData("10.0.0.6", Refusal.PortNotFound)]
    [InlineData("10.0.0.5,10.0.0.5", Refusal.PortAmbiguous)]
    public async Task Anything_but_one_port_is_nobody(string addresses, Refusal expected)
    {
        var ports = addresses
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select((ip, i) => Port($"p{i}", ip))
            .ToArray();
        await using var cloud = new FakeCloud { Neutron = _ => (200, Ports(ports)) };
        var answer = await new NeutronPortDirectory(cloud.Client()).FindPortAsync(
            Network,
            Address("10.0.0.5"),
            default
        );
        Assert.Equal(expected, answer.Refusal);
    }

    [Fact]
    public async Task A_port_without_a_device_is_nobody()
    {
        await using var cloud = new FakeCloud { Neutron = _ => (200, Ports(Port("p1", "10.0.0.5", device: ""))) };
        var answer = await new NeutronPortDirectory(cloud.Client()).FindPortAsync(
            Network,
            Address("10.0.0.5"),
            default
        );
        Assert.Equal(Refusal.PortWithoutDevice, answer.Refusal);
    }

    [Fact]
    public async Task A_router_is_asked_for_its_networks_first()
    {
        await using var cloud = new FakeCloud
        {
            Neutron = request =>
                (
                    200,
                    request.QueryString["device_id"] is not null
                        ? """{"ports": [{"network_id": "net-1"}, {"network_id": "net-2"}, {"network_id": "net-1"}]}"""
                        : Ports(Port("p1", "10.0.0.5"))
                ),
        };
        var answer = await new NeutronPortDirectory(cloud.Client()).FindPortAsync(Router, Address("10.0.0.5"), default);
        Assert.Equal("p1", answer.Port!.Id);
        var asked = cloud.Asked.ToArray();
        Assert.Equal(
            "/RegionOne/internal/v2.0/ports?device_id=router-1&device_owner=network:router_interface&device_owner=network:ha_router_replicated_interface&device_owner=network:router_interface_distributed&fields=network_id",
            asked[0]
        );
        Assert.StartsWith("/RegionOne/internal/v2.0/ports?network_id=net-1&network_id=net-2&fixed_ips=", asked[1]);
    }

    [Fact]
    public async Task A_routers_networks_are_believed_for_a_second()
    {
        var time = new FakeTimeProvider();
        var network = "net-1";
        await using var cloud = new FakeCloud
        {
            Time = time,
            Neutron = request =>
                (
                    200,
                    request.QueryString["device_id"] is not null
                        ? $$"""{"ports": [{"network_id": "{{network}}"}]}"""
                        : """{"ports": []}"""
                ),
        };
        var directory = new NeutronPortDirectory(cloud.Client());
        await directory.FindPortsAsync(Router, default);
        network = "net-2";
        time.Advance(TimeSpan.FromSeconds(0.9));
        await directory.FindPortAsync(Router, Address("10.0.0.5"), default);
        time.Advance(TimeSpan.FromSeconds(0.1));
        await directory.FindPortAsync(Router, Address("10.0.0.5"), default);
        var asked = cloud.Asked.Select(query =>
            query.Contains("device_owner", StringComparison.Ordinal) ? "networks" : query.Split('?')[1][..16]
        );
        Assert.Equal(["networks", "network_id=net-1", "network_id=net-1", "networks", "network_id=net-2"], asked);
    }

    /// <summary>The real agent then searches the whole cloud (spec/neutron-metadata.md §3.4).</summary>
    [Fact]
    public async Task A_router_without_interfaces_finds_nobody()
    {
        await using var cloud = new FakeCloud();
        var answer = await new NeutronPortDirectory(cloud.Client()).FindPortAsync(Router, Address("10.0.0.5"), default);
        Assert.Equal(Refusal.PortNotFound, answer.Refusal);
        Assert.Single(cloud.Asked);
    }

    [Fact]
    public async Task LP1348097_Many_networks_are_asked_for_160_at_a_time()
    {
        var networks = string.Join(',', Enumerable.Range(0, 400).Select(i => $$"""{"network_id": "net-{{i}}"}"""));
        await using var cloud = new FakeCloud
        {
            Neutron = request =>
                (
                    200,
                    request.QueryString["device_id"] is not null
                        ? $$"""{"ports": [{{networks}}]}"""
                        : """{"ports": []}"""
                ),
        };
        await new NeutronPortDirectory(cloud.Client()).FindPortAsync(Router, Address("10.0.0.5"), default);
        var counts = cloud.Asked.Skip(1).Select(asked => asked.Split("network_id=").Length - 1);
        Assert.Equal([160, 160, 80], counts);
    }

    [Fact]
    public async Task Pages_are_followed_by_their_query_not_by_their_host()
    {
        await using var cloud = new FakeCloud
        {
            Neutron = request =>
                request.QueryString["marker"] is null
                    ? (
                        200,
                        $$"""{"ports": [], "ports_links": [{"rel": "next", "href": "https://unreachable.example/v2.0/ports?marker=m&limit=1"}]}"""
                    )
                    : (200, Ports(Port("p1", "10.0.0.5"))),
        };
        var answer = await new NeutronPortDirectory(cloud.Client()).FindPortAsync(
            Network,
            Address("10.0.0.5"),
            default
        );
        Assert.Equal("p1", answer.Port!.Id);
        Assert.Equal("/RegionOne/internal/v2.0/ports?marker=m&limit=1", cloud.Asked.Last());
    }

    [Fact]
    public async Task A_thousand_guests_of_a_network_that_is_too_large_to_list_are_asked_for_32_at_a_time()
    {
        var ports = Enumerable.Range(0, 1000).Select(i => Port($"p{i}", $"10.0.{i / 250}.{i % 250}")).ToArray();
        await using var cloud = new FakeCloud
        {
            Delay = TimeSpan.FromMilliseconds(50),
            Neutron = request =>
                (
                    200,
                    Ports([
                        .. ports.Where(port =>
                            request
                                .QueryString.GetValues("fixed_ips")!
                                .Any(ip => port.Contains($"\"{ip.Split('=')[1]}\""))
                        ),
                    ])
                ),
        };
        var directory = new NeutronPortDirectory(cloud.Client());
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 1000)
                .Select(i => directory.FindPortAsync(Network, Address($"10.0.{i / 250}.{i % 250}"), default).AsTask())
        );
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"p{i}"), answers.Select(answer => answer.Port?.Id));
        Assert.InRange(cloud.Asked.Count, 32, 34);
    }

    [Fact]
    public async Task A_refused_token_is_renewed_once()
    {
        await using var cloud = new FakeCloud
        {
            IsValid = token => token == "token-2",
            Neutron = _ => (200, Ports(Port("p1", "10.0.0.5"))),
        };
        var directory = new NeutronPortDirectory(cloud.Client());
        Assert.Equal("p1", (await directory.FindPortAsync(Network, Address("10.0.0.5"), default)).Port?.Id);
        cloud.IsValid = _ => false;
        var answer = await directory.FindPortAsync(Network, Address("10.0.0.5"), default);
        Assert.Equal(Refusal.PortDirectoryUnavailable, answer.Refusal);
        Assert.Equal(4, cloud.Asked.Count);
    }

    [Fact]
    public async Task A_token_that_is_refused_between_two_pages_is_renewed_and_the_list_goes_on()
    {
        await using var cloud = new FakeCloud();
        cloud.Neutron = request =>
        {
            cloud.IsValid = token => token == "token-2";
            return request.QueryString["marker"] is null
                ? (
                    200,
                    $$"""{"ports": [{{Port("p0", "10.0.0.4")}}], "ports_links": [{"rel": "next", "href": "{{cloud.Base}}v2.0/ports?marker=m"}]}"""
                )
                : (200, Ports(Port("p1", "10.0.0.5")));
        };
        var whole = await new NeutronPortDirectory(cloud.Client()).FindPortsAsync(Network, default);
        Assert.Equal("p0", whole![Address("10.0.0.4")].Port?.Id);
        Assert.Equal("p1", whole[Address("10.0.0.5")].Port?.Id);
        // The first page, the second in vain, and again.
        Assert.Equal((3, 2), (cloud.Asked.Count, cloud.TokenRequests.Count));
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(200, "{")]
    [InlineData(200, "{}")]
    [InlineData(200, "{\"ports\": 1}")]
    [InlineData(403, "{\"ports\": []}")]
    public async Task A_neutron_that_fails_makes_the_directory_unavailable_and_then_well_again(int status, string body)
    {
        await using var cloud = new FakeCloud { Neutron = _ => (status, body) };
        var directory = new NeutronPortDirectory(cloud.Client());
        var answer = await directory.FindPortAsync(Network, Address("10.0.0.5"), default);
        Assert.Equal(Refusal.PortDirectoryUnavailable, answer.Refusal);
        cloud.Neutron = _ => (200, Ports(Port("p1", "10.0.0.5")));
        Assert.Equal("p1", (await directory.FindPortAsync(Network, Address("10.0.0.5"), default)).Port?.Id);
    }

    [Fact]
    public async Task A_neutron_that_is_slow_cut_off_or_gone_makes_the_directory_unavailable()
    {
        await using var cloud = new FakeCloud();
        var keystone = cloud.Keystone();
        await keystone.GetTokenAsync(null, default);
        var directory = new NeutronPortDirectory(
            cloud.Client(options => options with { Deadline = TimeSpan.FromMilliseconds(300) }, keystone)
        );
        cloud.Delay = TimeSpan.FromSeconds(3);
        await Expect(Refusal.PortDirectoryUnavailable);
        cloud.Delay = TimeSpan.Zero;
        cloud.Truncates = true;
        await Expect(Refusal.PortDirectoryUnavailable);
        cloud.Truncates = false;
        await Expect(Refusal.PortNotFound);
        await cloud.DisposeAsync();
        await Expect(Refusal.PortDirectoryUnavailable);

        async Task Expect(Refusal refusal) =>
            Assert.Equal(refusal, (await directory.FindPortAsync(Network, Address("10.0.0.5"), default)).Refusal);
    }

    [Fact]
    public async Task One_who_gives_up_takes_nobody_along()
    {
        await using var cloud = new FakeCloud
        {
            Delay = TimeSpan.FromMilliseconds(200),
            Neutron = _ => (200, Ports(Port("p1", "10.0.0.5"))),
        };
        var directory = new NeutronPortDirectory(cloud.Client());
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        var first = directory.FindPortAsync(Network, Address("10.0.0.5"), impatient.Token).AsTask();
        var second = directory.FindPortAsync(Network, Address("10.0.0.5"), default).AsTask();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal("p1", (await second).Port?.Id);
    }

    [Fact]
    public async Task The_endpoint_is_chosen_by_region_and_interface_or_overridden()
    {
        await using var cloud = new FakeCloud();
        async Task<string> Asked(EndpointChoice choice)
        {
            cloud.Asked.Clear();
            var client = cloud.Client(options => options with { Endpoint = choice });
            await new NeutronPortDirectory(client).FindPortAsync(Network, Address("10.0.0.5"), default);
            return cloud.Asked.SingleOrDefault()?.Split("/v2.0")[0] ?? "nothing";
        }
        Assert.Equal("/RegionOne/internal", await Asked(new()));
        Assert.Equal("/RegionOne/public", await Asked(new() { Interfaces = ["public"] }));
        Assert.Equal("/RegionTwo/public", await Asked(new() { RegionName = "RegionTwo" }));
        Assert.Equal("nothing", await Asked(new() { RegionName = "RegionThree" }));
        Assert.Equal("/over", await Asked(new() { Override = new(cloud.Base, "over/v2.0/") }));
    }

    [Fact]
    public async Task Names_of_security_groups_come_in_port_order_with_repetitions()
    {
        await using var cloud = new FakeCloud
        {
            Neutron = request =>
                (
                    200,
                    request.Url!.AbsolutePath.EndsWith("/ports", StringComparison.Ordinal)
                        ? """{"ports": [{"security_groups": ["b", "a"]}, {"security_groups": ["b", "gone", "unnamed"]}]}"""
                        : """{"security_groups": [{"id": "a", "name": "web"}, {"id": "b", "name": "default"}, {"id": "unnamed", "name": ""}]}"""
                ),
        };
        var answer = await new NeutronSecurityGroupNames(cloud.Client()).FindNamesAsync("instance-1", default);
        Assert.Equal(["default", "web", "default", "unnamed"], answer.Names);
        Assert.Equal(
            [
                "/RegionOne/internal/v2.0/ports?device_id=instance-1&fields=security_groups&fields=device_id",
                "/RegionOne/internal/v2.0/security-groups?id=b&id=a&id=gone&id=unnamed&fields=id&fields=name",
            ],
            cloud.Asked
        );
    }

    [Fact]
    public async Task Without_ports_no_groups_are_asked_for_and_without_neutron_there_is_no_answer()
    {
        await using var cloud = new FakeCloud();
        var names = new NeutronSecurityGroupNames(cloud.Client());
        Assert.Empty((await names.FindNamesAsync("instance-1", default)).Names);
        Assert.Single(cloud.Asked);
        cloud.Neutron = _ => (500, "");
        Assert.Equal(Refusal.SecurityGroupsUnavailable, (await names.FindNamesAsync("instance-1", default)).Refusal);
    }

    [Fact]
    public async Task By_address_alone_the_whole_cloud_is_searched_for_ports_with_a_device()
    {
        await using var cloud = new FakeCloud
        {
            Neutron = _ => (200, Ports(Port("p1", "10.0.0.5"), Port("p2", "10.0.0.5", device: ""))),
        };
        var directory = new NeutronAddressDirectory(cloud.Client());
        Assert.Equal("p1", (await directory.FindPortAsync("::ffff:10.0.0.5", default)).Port?.Id);
        Assert.Contains("ports?fixed_ips=ip_address=10.0.0.5&fields=", Assert.Single(cloud.Asked));
        cloud.Neutron = _ => (200, Ports(Port("p1", "10.0.0.5"), Port("p2", "10.0.0.5")));
        Assert.Equal(Refusal.PortAmbiguous, (await directory.FindPortAsync("10.0.0.5", default)).Refusal);
    }

    [Fact]
    public async Task A_providers_address_is_searched_on_its_networks()
    {
        await using var cloud = new FakeCloud
        {
            Neutron = request =>
                (
                    200,
                    request.Url!.AbsolutePath.EndsWith("/subnets", StringComparison.Ordinal)
                        ? """{"subnets": [{"network_id": "net-1"}, {"network_id": "net-1"}]}"""
                        : Ports(Port("p1", "10.0.0.5"))
                ),
        };
        var directory = new NeutronAddressDirectory(cloud.Client());
        var answer = await directory.FindPortOfProviderAsync("provider", "10.0.0.5", default);
        Assert.Equal(("p1", true, 1), (answer.Port!.Id, answer.HasNetworks, answer.Matches));
        Assert.Contains("/subnets?advanced_service_providers=provider&", cloud.Asked.First());
        Assert.Contains("/ports?network_id=net-1&fixed_ips=ip_address=10.0.0.5&", cloud.Asked.Last());
    }

    static GuestAddress Address(string text) =>
        GuestAddress.TryFrom(IPAddress.Parse(text), out var address) ? address : throw new FormatException();

    static string Ports(params string[] ports) => $$"""{"ports": [{{string.Join(',', ports)}}]}""";

    static string Port(string id, string ip, string? device = null, string mac = "fa:16:3e:00:00:01") =>
        $$"""{"id": "{{id}}", "network_id": "net-1", "device_id": "{{device ?? "device-" + id}}", "project_id": "project-1", "mac_address": "{{mac}}", "fixed_ips": [{"ip_address": "{{ip}}", "subnet_id": "s"}]}""";
}
