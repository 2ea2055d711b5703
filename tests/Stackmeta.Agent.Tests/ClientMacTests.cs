using Stackmeta.Core.Lookups;

namespace Stackmeta.Agent.Tests;

/// <summary>The MAC that our edge tells: address and MAC have to be one port's (OSSA-2016-009).</summary>
public sealed class ClientMacTests
{
    const string Mac = "fa:16:3e:00:00:01";
    const string PairMac = "fa:16:3e:00:00:11";
    const string OtherMac = "fa:16:3e:00:00:02";

    [Theory]
    [InlineData("10.0.0.5", Mac, 200)]
    [InlineData("10.0.0.5", "FA:16:3E:00:00:01", 200)]
    [InlineData("10.0.0.5", PairMac, 200)]
    [InlineData("10.0.0.5", "unknown", 200)]
    [InlineData("10.0.0.5", OtherMac, 404)]
    [InlineData("10.0.0.5", "", 400)]
    [InlineData("10.0.0.5", "fa:16:3e:00:00", 400)]
    [InlineData("10.0.0.5", $"{Mac}\r\nX-Stackmeta-Client-MAC: {Mac}", 400)]
    [InlineData("fe80::f816:3eff:fe00:1", Mac, 200)]
    [InlineData("fe80::f816:3eff:fe00:1", OtherMac, 404)]
    public async Task On_a_network_both_are_the_ports(string address, string mac, int status)
    {
        await using var agent = await StartAsync(TestAgent.Net1);
        var answer = await agent.AskAsAsync(
            $"{TestAgent.Network}X-Forwarded-For: {address}\r\nX-Stackmeta-Client-MAC: {mac}\r\n"
        );
        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200 ? 1 : 0, agent.Api.Requests.Count);
        // Port and device are told to who tells a MAC, and nothing of another's.
        Assert.Equal(status == 200 ? "port-1/inst-1" : null, answer["X-Stackmeta-Port"]);
    }

    [Fact]
    public async Task A_mismatch_reads_as_an_unknown_port_to_the_guest_and_not_to_the_operator()
    {
        await using var agent = await StartAsync(TestAgent.Net1);
        var mismatch = await agent.AskAsAsync($"{TestAgent.Guest}X-Stackmeta-Client-MAC: {OtherMac}\r\n");
        var unknown = await agent.AskAsAsync($"{TestAgent.Network}X-Forwarded-For: 10.0.0.99\r\n");
        Assert.Equal((unknown.Status, unknown.Text), (mismatch.Status, mismatch.Text));
        Assert.Contains("client-mac-mismatch", string.Join("\n", agent.Log.Lines), StringComparison.Ordinal);
    }

    /// <summary>Behind another router the MAC is that router's; a link-local address is never routed.</summary>
    [Theory]
    [InlineData("10.0.0.5", OtherMac, 200)]
    [InlineData("2001:db8::5", OtherMac, 200)]
    [InlineData("fe80::f816:3eff:fe00:1", Mac, 200)]
    [InlineData("fe80::f816:3eff:fe00:1", OtherMac, 404)]
    public async Task In_a_router_the_address_alone_counts_unless_it_is_link_local(
        string address,
        string mac,
        int status
    )
    {
        await using var agent = await StartAsync(TestAgent.Router1);
        var answer = await agent.AskAsAsync(
            $"X-Neutron-Router-ID: router-1\r\nX-Forwarded-For: {address}\r\nX-Stackmeta-Client-MAC: {mac}\r\n"
        );
        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task Who_tells_no_MAC_is_answered_by_address_and_told_no_port()
    {
        await using var agent = await StartAsync(TestAgent.Net1);
        var answer = await agent.AskAsAsync(TestAgent.Guest);
        Assert.Equal((200, null), (answer.Status, answer["X-Stackmeta-Port"]));
        Assert.DoesNotContain(
            Assert.Single(agent.Api.Requests).Headers.Keys,
            name => name.Contains("Stackmeta", StringComparison.OrdinalIgnoreCase)
        );
    }

    /// <summary>LP#1868867: the cache may still have the address's former port, whose MAC is another.</summary>
    [Fact]
    public async Task An_address_that_has_passed_to_another_port_is_looked_up_anew_before_it_is_refused()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var agent = await StartAsync(TestAgent.Net1, time);
        Assert.Equal(200, (await agent.AskAsAsync($"{TestAgent.Guest}X-Stackmeta-Client-MAC: {Mac}\r\n")).Status);
        agent.Directory.Add(TestAgent.Net1, "10.0.0.5", "inst-2", mac: OtherMac);
        // Looked up a moment ago: believed, so that a guest with a wrong MAC does not have the directory asked at each request.
        Assert.Equal(404, (await agent.AskAsAsync($"{TestAgent.Guest}X-Stackmeta-Client-MAC: {OtherMac}\r\n")).Status);
        Assert.Single(agent.Directory.Asked);
        time.Advance(TimeSpan.FromSeconds(1));
        var answer = await agent.AskAsAsync($"{TestAgent.Guest}X-Stackmeta-Client-MAC: {OtherMac}\r\n");
        Assert.Equal((200, "port-of-inst-2/inst-2"), (answer.Status, answer["X-Stackmeta-Port"]));
        Assert.Equal(404, (await agent.AskAsAsync($"{TestAgent.Guest}X-Stackmeta-Client-MAC: {Mac}\r\n")).Status);
    }

    static async Task<TestAgent> StartAsync(NetworkScope scope, TimeProvider? time = null)
    {
        var agent = await TestAgent.StartAsync(time: time);
        foreach (var address in (string[])["10.0.0.5", "2001:db8::5", "fe80::f816:3eff:fe00:1"])
        {
            GuestAddress.TryFrom(System.Net.IPAddress.Parse(address), out var key);
            agent.Directory.Ports[new(scope, key)] = new Port("port-1", "net-1", "inst-1", "project-1")
            {
                MacAddresses = Port.ReadMacAddresses(Mac, PairMac),
            };
        }
        return agent;
    }
}
