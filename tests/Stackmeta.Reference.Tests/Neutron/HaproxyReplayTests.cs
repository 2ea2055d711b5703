namespace Stackmeta.Reference.Tests;

/// <summary>The bytes that a guest sent and got through the stock haproxy with Neutron's agent behind it, with ours in its place.</summary>
[Collection(ReferenceCollection.Name)]
public sealed class HaproxyReplayTests(ReferenceCloud cloud)
{
    const string Counts =
        "25 requests, 17 identical, 8 by rule (long targets go on 1, newer OpenStack version 1, not HTTP: 400 2, only the last address counts 1, target in absolute form 1, underscore headers 2), 0 mismatches";

    [Theory]
    [InlineData("network")]
    [InlineData("network-v6")]
    [InlineData("router")]
    public async Task Our_agent_behind_haproxy(string name)
    {
        Assert.SkipWhen(ReferenceCloud.Missing is not null, ReferenceCloud.Missing ?? "");
        Assert.SkipWhen(StockProxy.Missing is not null, StockProxy.Missing ?? "");
        var kind = ProxyKind.Of(name);
        await using var neutron = new RecordedNeutron();
        await using var api = await cloud.StartAsync();
        await using var agent = await AgentRig.StartAsync(neutron.Directory(), new Uri($"http://{api.Address}"));
        await using var cable = await GuestCable.LayAsync(kind);
        await using var proxy = await StockProxy.StartAsync(cable, kind, agent.SocketPath);

        var verdicts = await ProxyReplay.RunAsync(kind, cable.AskAsync, cloud.Seeds);

        verdicts.Expect(Counts);
        await agent.DisposeAsync();
        // Nobody is asked: this is haproxy's own answer, whoever the agent was.
        (await ProxyReplay.RunWithoutAgentAsync(kind, cable.AskAsync)).Expect(
            "4 requests, 4 identical, 0 by rule (), 0 mismatches"
        );
    }
}
