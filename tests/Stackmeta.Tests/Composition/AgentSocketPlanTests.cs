using System.Globalization;
using Stackmeta.Agent;
using Stackmeta.Edge;

namespace Stackmeta.Tests;

/// <summary>Who has an agent's socket, and whose it is.</summary>
public sealed class AgentSocketPlanTests
{
    [Theory]
    [InlineData(Hops.All)]
    [InlineData(Hops.Agent | Hops.Edge)]
    [InlineData(Hops.All, "edge.user=nobody", "edge.opener=/run/o")]
    public void Nobody_needs_one_beside_an_edge_of_the_same_process(int hops, params string[] assignments) =>
        Assert.Null(Plan((Hops)hops, NetworkSource.Inventory, assignments));

    [Theory]
    [InlineData(NetworkSource.Namespaces)]
    [InlineData(NetworkSource.DropIns)]
    public void Nor_in_the_namespaces_of_Neutrons_agents_whose_haproxies_ask_theirs(int source) =>
        Assert.Null(Plan(Hops.All, (NetworkSource)source, "edge.proxy=haproxy"));

    [Fact]
    public void An_agent_alone_has_one_of_its_own_user()
    {
        var socket = Plan(Hops.Agent, NetworkSource.Inventory)!;
        Assert.Equal((AgentSocketMode.User, "", "/data/metadata_proxy"), (socket.Mode, socket.Owner, socket.Path));
        Assert.False(socket.IsReadableByAll);
    }

    [Fact]
    public void One_that_is_set_is_made_and_is_its_users()
    {
        var socket = Plan(Hops.All, NetworkSource.Inventory, "agent.socket=/run/s")!;
        Assert.Equal((AgentSocketMode.User, "", "/run/s"), (socket.Mode, socket.Owner, socket.Path));
        socket = Plan(Hops.All, NetworkSource.Inventory, "agent.socket=/run/s", "agent.socket_mode=all")!;
        Assert.Equal(AgentSocketMode.All, socket.Mode);
    }

    [Fact]
    public void That_of_haproxies_is_haproxys_users_unless_the_operator_says_otherwise()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root may give a socket away.");
        var socket = Plan(Hops.All, NetworkSource.Inventory, "edge.proxy=haproxy")!;
        Assert.Equal(
            (AgentSocketMode.User, ProxyUser.Id.ToString(CultureInfo.InvariantCulture)),
            (socket.Mode, socket.Owner)
        );
        Assert.NotEqual(0u, ProxyUser.Id);
        socket = Plan(Hops.All, NetworkSource.Inventory, "edge.proxy=haproxy", "agent.socket_owner=daemon")!;
        Assert.Equal("daemon", socket.Owner);
        socket = Plan(Hops.All, NetworkSource.Inventory, "edge.proxy=haproxy", "agent.socket_mode=all")!;
        Assert.Equal((AgentSocketMode.All, ""), (socket.Mode, socket.Owner));
    }

    static AgentSocketOptions? Plan(Hops hops, NetworkSource source, params string[] assignments)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "{}");
        var settings = SettingsReader.Read(file, new System.Collections.Hashtable(), ["data=/data", .. assignments]);
        File.Delete(file);
        return AgentSocketPlan.Of(settings, DataFolder.Of(settings), hops, source, kept: null);
    }
}
