using System.Net;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack.Tests;

/// <summary>A network listed as a whole: one question, and the answers that each guest would have got alone.</summary>
public sealed class WholeNetworkTests
{
    static readonly NetworkScope Network = new(NetworkScopeKind.Network, "net-1");
    static readonly NetworkScope Router = new(NetworkScopeKind.Router, "router-1");

    const string Ports = """
        {"ports": [
          {"id": "p1", "network_id": "net-1", "device_id": "d1", "project_id": "x", "mac_address": "FA:16:3E:00:00:01",
           "fixed_ips": [{"ip_address": "10.0.0.1"}, {"ip_address": "fd00::1"}]},
          {"id": "p2", "network_id": "net-1", "device_id": "d2", "project_id": "x", "mac_address": "fa:16:3e:00:00:02",
           "fixed_ips": [{"ip_address": "10.0.0.9"}, {"ip_address": "10.0.0.9"}]},
          {"id": "p3", "network_id": "net-1", "device_id": "d3", "project_id": "x", "mac_address": "fa:16:3e:00:00:03",
           "fixed_ips": [{"ip_address": "10.0.0.9"}]},
          {"id": "p2", "network_id": "net-1", "device_id": "d2", "project_id": "x", "mac_address": "fa:16:3e:00:00:02",
           "fixed_ips": [{"ip_address": "10.0.0.9"}]},
          {"id": "p4", "network_id": "net-1", "device_id": "", "project_id": "x", "mac_address": "fa:16:3e:00:00:04",
           "fixed_ips": [{"ip_address": "10.0.0.4"}]},
          {"id": "p5", "network_id": "net-1", "device_id": "d5", "project_id": "x", "mac_address": "fa:16:3e:00:00:05", "fixed_ips": []}
        ]}
        """;

    [Theory]
    [InlineData("10.0.0.1", "p1", Refusal.None)]
    [InlineData("fd00:0::1", "p1", Refusal.None)]
    [InlineData("fe80::f816:3eff:fe00:1", "p1", Refusal.None)]
    [InlineData("10.0.0.9", null, Refusal.PortAmbiguous)]
    [InlineData("fe80::f816:3eff:fe00:2", "p2", Refusal.None)]
    [InlineData("10.0.0.4", null, Refusal.PortWithoutDevice)]
    [InlineData("fe80::f816:3eff:fe00:5", "p5", Refusal.None)]
    public async Task Each_address_has_the_answer_that_it_would_get_alone(string text, string? port, Refusal refusal)
    {
        await using var cloud = new FakeCloud { Neutron = _ => (200, Ports) };
        var directory = new NeutronPortDirectory(cloud.Client());
        var whole = await directory.FindPortsAsync(Network, default);
        var address = Address(text);
        Assert.Equal((port, refusal), (whole![address].Port?.Id, whole[address].Refusal));
        Assert.Equal(whole[address], await directory.FindPortAsync(Network, address, default));
        Assert.Equal(
            "/RegionOne/internal/v2.0/ports?network_id=net-1&fields=id&fields=network_id&fields=device_id&fields=project_id&fields=mac_address&fields=allowed_address_pairs&fields=fixed_ips",
            cloud.Asked.First()
        );
    }

    [Fact]
    public async Task A_router_without_interfaces_has_nobody()
    {
        await using var cloud = new FakeCloud();
        Assert.Empty((await new NeutronPortDirectory(cloud.Client()).FindPortsAsync(Router, default))!);
        Assert.Single(cloud.Asked);
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(200, "{\"ports\": [{\"id\"")]
    public async Task Without_neutron_there_is_no_whole(int status, string body)
    {
        await using var cloud = new FakeCloud { Neutron = _ => (status, body) };
        Assert.Null(await new NeutronPortDirectory(cloud.Client()).FindPortsAsync(Network, default));
    }

    static GuestAddress Address(string text) =>
        GuestAddress.TryFrom(IPAddress.Parse(text), out var address) ? address : throw new FormatException();
}
