using Microsoft.Extensions.Time.Testing;

namespace Stackmeta.Reference.Tests;

/// <summary>The same bytes as in <see cref="HaproxyReplayTests"/>, with our edge in haproxy's place.</summary>
[Collection(ReferenceCollection.Name)]
public sealed class EdgeReplayTests(ReferenceCloud cloud)
{
    const string Counts =
        "25 requests, 14 identical, 11 by rule (heads of more than 16 KiB go on 1, long targets go on 1, newer OpenStack version 1, not HTTP: 400 4, only the last address counts 1, target in absolute form 1, underscore headers 2), 0 mismatches";

    [Theory]
    [InlineData("network")]
    [InlineData("network-v6")]
    [InlineData("router")]
    public async Task The_edge_before_an_agents_socket(string name)
    {
        Skip();
        var kind = ProxyKind.Of(name);
        await using var neutron = new RecordedNeutron();
        await using var api = await cloud.StartAsync();
        await using var agent = await AgentRig.StartAsync(neutron.Directory(), new Uri($"http://{api.Address}"));
        await using var cable = await GuestCable.LayAsync(kind);
        var time = new FakeTimeProvider();
        await using var edge = await EdgeInPlace.StartAsync(cable, kind, agent.SocketPath, time);

        var verdicts = await ProxyReplay.RunAsync(kind, cable.AskAsync, cloud.Seeds);

        verdicts.Expect(Counts);
        await agent.DisposeAsync();
        var answers = ProxyReplay.RunWithoutAgentAsync(kind, cable.AskAsync);
        // The edge waits for an agent that is away; its patience ends when this clock says so.
        while (!answers.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
        }
        (await answers).Expect("4 requests, 0 identical, 4 by rule (haproxy's page 4), 0 mismatches");
    }

    [Theory]
    [InlineData("network")]
    [InlineData("network-v6")]
    [InlineData("router")]
    public async Task Edge_and_agent_in_one_process(string name)
    {
        Skip();
        var kind = ProxyKind.Of(name);
        await using var neutron = new RecordedNeutron();
        await using var api = await cloud.StartAsync();
        await using var agent = await AgentRig.StartAsync(neutron.Directory(), new Uri($"http://{api.Address}"));
        await using var cable = await GuestCable.LayAsync(kind);
        await using var edge = await EdgeInPlace.StartAsync(cable, kind, agent.Agent);

        var verdicts = await ProxyReplay.RunAsync(kind, cable.AskAsync, cloud.Seeds);

        verdicts.Expect(Counts);
    }

    static void Skip()
    {
        Assert.SkipWhen(ReferenceCloud.Missing is not null, ReferenceCloud.Missing ?? "");
        Assert.SkipWhen(GuestCable.Missing is not null, GuestCable.Missing ?? "");
    }
}
