using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Agent.Tests;

/// <summary>Who asks, by the headers of the proxy in front (spec/neutron-metadata.md §3.3, §8).</summary>
public sealed class IdentificationTests
{
    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5")]
    [InlineData("::ffff:10.0.0.5", "10.0.0.5")]
    [InlineData("2001:DB8::1", "2001:db8::1")]
    [InlineData("fe80::5054:ff:fede:5bbf", "52:54:00:de:5b:bf")]
    [InlineData("fe80::5054:ff:fede:5bbf%eth0", "52:54:00:de:5b:bf")]
    public async Task Each_kind_of_address_is_looked_up_in_its_scope(string client, string key)
    {
        foreach (var (header, scope) in Scopes)
        {
            await using var agent = await TestAgent.StartAsync();
            agent.Directory.Add(scope, client, "inst-2");
            var answer = await agent.AskAsAsync($"{header}: {scope.Id}\r\nX-Forwarded-For: {client}\r\n");
            Assert.Equal(200, answer.Status);
            Assert.Equal(scope, Assert.Single(agent.Directory.Asked).Scope);
            Assert.Equal(key, Assert.Single(agent.Directory.Asked).Address.Text);
            var sent = Assert.Single(agent.Api.Requests);
            Assert.Equal("inst-2", sent.Headers["X-Instance-ID"]);
            // The API is told the address as the proxy wrote it.
            Assert.Equal(client, sent.Headers["X-Forwarded-For"]);
        }
    }

    static IEnumerable<(string, NetworkScope)> Scopes =>
        [
            ("X-Neutron-Network-ID", TestAgent.Net1),
            ("X-OVN-Network-ID", TestAgent.Net1),
            ("x-neutron-router-id", TestAgent.Router1),
        ];

    [Theory]
    // Both, in every order; any twice, equal or not.
    [InlineData("X-Neutron-Network-ID: net-1\r\nX-Neutron-Router-ID: router-1\r\nX-Forwarded-For: 10.0.0.5\r\n")]
    [InlineData("X-Neutron-Router-ID: router-1\r\nX-Neutron-Network-ID: net-1\r\nX-Forwarded-For: 10.0.0.5\r\n")]
    [InlineData("X-OVN-Network-ID: net-1\r\nX-Neutron-Network-ID: net-1\r\nX-Forwarded-For: 10.0.0.5\r\n")]
    [InlineData("X-Neutron-Network-ID: net-2\r\nX-Neutron-Network-ID: net-1\r\nX-Forwarded-For: 10.0.0.5\r\n")]
    [InlineData("X-OVN-Network-ID: net-2\r\nX-OVN-Network-ID: net-1\r\nX-Forwarded-For: 10.0.0.5\r\n")]
    // None, and an empty one.
    [InlineData("X-Forwarded-For: 10.0.0.5\r\n")]
    [InlineData("X-Neutron-Network-ID: \r\nX-Forwarded-For: 10.0.0.5\r\n")]
    // No address, and what is not one.
    [InlineData("X-Neutron-Network-ID: net-1\r\n")]
    [InlineData("X-Neutron-Network-ID: net-1\r\nX-Forwarded-For: \r\n")]
    [InlineData("X-Neutron-Network-ID: net-1\r\nX-Forwarded-For: guest\r\n")]
    [InlineData("X-Neutron-Network-ID: net-1\r\nX-Forwarded-For: 10.5\r\n")]
    [InlineData("X-Neutron-Network-ID: net-1\r\nX-Forwarded-For: 167772165\r\n")]
    [InlineData("X-Neutron-Network-ID: net-1\r\nX-Forwarded-For: 0x0a.0.0.5\r\n")]
    [InlineData("X-Neutron-Network-ID: net-1\r\nX-Forwarded-For: 010.0.0.5\r\n")]
    [InlineData("X-Neutron-Network-ID: net-1\r\nX-Forwarded-For: 10.0.0.5:80\r\n")]
    [InlineData("X-Neutron-Network-ID: net-1\r\nX-Forwarded-For: [fe80::1]:80\r\n")]
    [InlineData("X-Neutron-Network-ID: net-1\r\nX-Forwarded-For: 10.0.0.5,\r\n")]
    public async Task A_request_that_does_not_say_who_asks_is_refused_without_a_look_up(string headers)
    {
        await using var agent = await TestAgent.StartAsync();
        var answer = await agent.AskAsAsync(headers);
        Assert.Equal(400, answer.Status);
        Assert.Empty(agent.Directory.Asked);
        Assert.Empty(agent.Api.Requests);
    }

    [Theory]
    [InlineData("X-Forwarded-For: 10.0.0.5\r\n", "network unknown, from unknown,")]
    [InlineData("X-Neutron-Network-ID: net-1\r\n", "network net-1, from unknown,")]
    [InlineData("X-Neutron-Router-ID: r-1\r\nX-Forwarded-For: 010.0.0.5\r\n", "router r-1, from 010.0.0.5,")]
    public async Task What_the_proxy_did_not_say_is_no_gap_in_the_log(string headers, string told)
    {
        await using var agent = await TestAgent.StartAsync();
        await agent.AskAsAsync(headers);
        Assert.Contains(told, Assert.Single(agent.Log.Of(2001)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fe80::1234:5678:9abc:def0")]
    [InlineData("fe80::99")]
    public async Task A_link_local_address_that_hides_its_mac_is_nobody(string client)
    {
        await using var agent = await TestAgent.StartAsync();
        var answer = await agent.AskAsAsync($"{TestAgent.Network}X-Forwarded-For: {client}\r\n");
        Assert.Equal(404, answer.Status);
        Assert.Empty(agent.Directory.Asked);
    }

    [Theory]
    [InlineData(Refusal.PortNotFound)]
    [InlineData(Refusal.PortAmbiguous)]
    [InlineData(Refusal.PortWithoutDevice)]
    public async Task LP1841933_anything_but_exactly_one_port_with_a_device_is_nobody(Refusal refusal)
    {
        await using var agent = await TestAgent.StartAsync();
        agent.Directory.Trouble = refusal;
        var answer = await agent.AskAsync("/latest");
        Assert.Equal(404, answer.Status);
        Assert.Equal("404 Not Found\n\nThe resource could not be found.\n\n   ", answer.Text);
        Assert.Empty(agent.Api.Requests);
    }

    [Theory]
    [InlineData("X-Forwarded-For: 10.0.0.6\r\n")]
    [InlineData("X-Forwarded-For: 10.0.0.6, 10.0.0.7\r\n")]
    [InlineData("x-forwarded-for: 10.0.0.6\r\n")]
    [InlineData("X_Forwarded_For: 10.0.0.6\r\n")]
    [InlineData("X_Neutron_Network_ID: net-2\r\n")]
    [InlineData("X_Neutron_Router_ID: router-2\r\n")]
    [InlineData("X-Instance-ID: inst-2\r\nX-Tenant-ID: project-2\r\nX-Instance-ID-Signature: 00\r\n")]
    [InlineData("X-Metadata-Provider: p\r\nForwarded: for=10.0.0.6\r\nX-Real-IP: 10.0.0.6\r\n")]
    public async Task LP1865036_nothing_that_a_guest_writes_makes_it_another(string written)
    {
        await using var agent = await TestAgent.StartAsync();
        agent.Directory.Add(TestAgent.Net1, "10.0.0.6", "inst-2");
        agent.Directory.Add(new(NetworkScopeKind.Network, "net-2"), "10.0.0.5", "inst-3");
        agent.Directory.Add(new(NetworkScopeKind.Router, "router-2"), "10.0.0.5", "inst-4");
        // The proxy's own headers come last.
        var answer = await agent.AskAsync("/latest", headers: written);
        Assert.Equal(200, answer.Status);
        var sent = Assert.Single(agent.Api.Requests);
        Assert.Equal("inst-1", sent.Headers["X-Instance-ID"]);
        Assert.Equal("project-1", sent.Headers["X-Tenant-ID"]);
        Assert.Equal("10.0.0.5", sent.Headers["X-Forwarded-For"]);
        Assert.DoesNotContain("X-Metadata-Provider", sent.Headers.Keys);
    }

    [Fact]
    public async Task The_last_element_of_the_last_header_is_the_proxys()
    {
        await using var agent = await TestAgent.StartAsync();
        var answer = await agent.AskAsAsync($"{TestAgent.Network}X-Forwarded-For: 10.0.0.7, 10.0.0.6, 10.0.0.5\r\n");
        Assert.Equal(200, answer.Status);
        Assert.Equal("10.0.0.5", Assert.Single(agent.Api.Requests).Headers["X-Forwarded-For"]);
    }
}
