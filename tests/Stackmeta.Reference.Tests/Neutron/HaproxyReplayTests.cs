using System.Collections.Immutable;
using System.Net;
using System.Text;

namespace Stackmeta.Reference.Tests;

/// <summary>The bytes that a guest sent and got through the stock haproxy with Neutron's agent behind it, with ours in its place.</summary>
[Collection(ReferenceCollection.Name)]
public sealed class HaproxyReplayTests(ReferenceCloud cloud)
{
    const string NetworkHeader = "X-Neutron-Network-ID";
    const string RouterHeader = "X-Neutron-Router-ID";
    const string Network = "56b61664-1919-4667-ba81-7e17c04ba600";
    const string Router = "0bf852e4-aa1e-4f6f-a3dc-86049a2358ee";

    const string Counts =
        "25 requests, 17 identical, 8 by rule (long targets go on 1, newer OpenStack version 1, not HTTP: 400 2, only the last address counts 1, target in absolute form 1, underscore headers 2), 0 mismatches";

    [Fact]
    public Task On_a_network_over_IPv4() => ExpectAsync("network", NetworkHeader, Network, Counts);

    [Fact]
    public Task On_a_network_over_IPv6_from_a_link_local_address() =>
        ExpectAsync("network-v6", NetworkHeader, Network, Counts);

    [Fact]
    public Task Behind_a_router() => ExpectAsync("router", RouterHeader, Router, Counts);

    async Task ExpectAsync(string kind, string header, string id, string expected)
    {
        Assert.SkipWhen(ReferenceCloud.Missing is not null, ReferenceCloud.Missing ?? "");
        Assert.SkipWhen(StockProxy.Missing is not null, StockProxy.Missing ?? "");
        await using var neutron = new RecordedNeutron();
        await using var api = await cloud.StartAsync();
        await using var agent = await AgentRig.StartAsync(neutron.Directory(), new Uri($"http://{api.Address}"));
        await using var proxy =
            header == NetworkHeader
                ? await StockProxy.StartAsync(
                    (header, id),
                    RouterHeader,
                    80,
                    agent.SocketPath,
                    "10.10.0.2/24",
                    "10.10.0.11/24",
                    "fa:16:3e:00:00:11"
                )
                : await StockProxy.StartAsync(
                    (header, id),
                    NetworkHeader,
                    9697,
                    agent.SocketPath,
                    "10.61.0.1/24",
                    "10.61.0.20/24",
                    "fa:16:3e:00:00:2a"
                );
        var (server, client) = kind switch
        {
            "network" => (new IPEndPoint(IPAddress.Parse("169.254.169.254"), 80), "10.10.0.11"),
            "network-v6" => (proxy.LinkLocal(80), "fe80::f816:3eff:fe00:11"),
            _ => (new IPEndPoint(IPAddress.Parse("10.61.0.1"), 9697), "10.61.0.20"),
        };

        var recorded = HaproxyRecording.Read("haproxy", kind);
        var verdicts = new Verdicts();
        foreach (var exchange in recorded)
        {
            var ours = HaproxyRecording.Split(await proxy.AskAsync(server, exchange.Sent), exchange.IsHead);
            Assert.True(ours.Length == exchange.Answers.Length, $"{exchange.Note}: {ours.Length} answers");
            for (var i = 0; i < ours.Length; i++)
            {
                Judge(
                    exchange,
                    exchange.Answers[i],
                    cloud.Seeds.Apply(ours[i]),
                    recorded,
                    verdicts,
                    (header, id),
                    client
                );
            }
        }
        Assert.True(
            verdicts.ToString() == expected,
            $"{expected}\n{verdicts}\n{string.Join('\n', verdicts.Mismatches)}"
        );
        await agent.DisposeAsync();
        foreach (var exchange in HaproxyRecording.Read("haproxy-agent-down", kind))
        {
            // Nobody is asked: this is haproxy's own answer, whoever the agent was.
            var answer = Assert.Single(HaproxyRecording.Split(await proxy.AskAsync(server, exchange.Sent), false));
            Assert.True(answer.Matches(exchange.Answers[0]), exchange.Note);
        }
    }

    static void Judge(
        HaproxyExchange exchange,
        Answer recorded,
        Answer ours,
        ImmutableArray<HaproxyExchange> all,
        Verdicts verdicts,
        (string Name, string Id) scope,
        string client
    )
    {
        // What reaches the agent besides: the headers that haproxy adds.
        var sent = exchange.ToRequest((scope.Name, scope.Id), ("X-Forwarded-For", client));
        Answer? Plain() =>
            all.First(other => other.Sent.AsSpan().StartsWith(Encoding.ASCII.GetBytes(exchange.PlainLine))).Answers[0];
        var verdict = AgentRules.Judge(
            recorded,
            ours,
            new(sent, Sent: null, BreaksOff: false, IsDown: false, RouterHasInterfaces: true, _ => Plain())
            {
                Plain = Plain,
            }
        );
        switch (verdict)
        {
            case "":
                verdicts.Identical();
                break;
            case null:
                verdicts.Mismatch($"{exchange.Note}: {recorded.Status} -> {ours.Status} {ours.Fault}");
                break;
            default:
                verdicts.ByRule(verdict);
                break;
        }
    }
}
