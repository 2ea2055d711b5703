using System.Net;
using Stackmeta.Agent;
using Stackmeta.OpenStack.Tests;

namespace Stackmeta.Reference.Tests;

/// <summary>
/// Everything that a real neutron-metadata-agent was asked, asked of ours: the same answers, or a difference that has a name.
/// </summary>
[Collection(ReferenceCollection.Name)]
public sealed class AgentReplayTests(ReferenceCloud cloud)
{
    // The numbers are part of what is tested: a rule that excuses more than it did is no longer the same rule.
    const string Counts =
        "250 requests, 182 identical, 68 by rule (a router without networks finds nobody 30, addresses, not texts, are compared 2, newer OpenStack version 2, no Content-Type is passed on 1, not HTTP: 400 3, only the last address counts 2, the API's crash is a refusal 9, the API's own page 2, who asks is not said: 400 17), 0 mismatches";

    [Fact]
    public async Task With_neutrons_recorded_ports_behind_it_guests_are_told_the_same()
    {
        Skip();
        await using var neutron = new RecordedNeutron();
        await using var api = await cloud.StartAsync();
        await using var agent = await AgentRig.StartAsync(neutron.Directory(), UriOf(api.Address));
        await ExpectAsync(agent, neutron, "agent", Counts);
    }

    [Fact]
    public async Task With_neutrons_database_behind_it_guests_are_told_the_same()
    {
        Skip();
        await using var neutron = new RecordedNeutron();
        await using var database = cloud.NeutronDatabase();
        await using var api = await cloud.StartAsync();
        await using var agent = await AgentRig.StartAsync(database, UriOf(api.Address));
        await ExpectAsync(agent, neutron, "agent", Counts);
    }

    [Fact]
    public async Task In_one_process_with_our_api_guests_are_told_the_same()
    {
        Skip();
        await using var neutron = new RecordedNeutron();
        await using var api = await cloud.StartAsync();
        await using var agent = await AgentRig.StartAsync(
            neutron.Directory(),
            new InProcessUpstream(() => api.Hop.Api),
            new AgentOptions()
        );
        await ExpectAsync(agent, neutron, "agent", Counts);
    }

    [Fact]
    public async Task Whatever_the_api_answers_reaches_the_guest()
    {
        await using var neutron = new RecordedNeutron();
        await using var nova = FakeNova.Start();
        await using var agent = await AgentRig.StartAsync(neutron.Directory(), nova.Uri);
        await ExpectAsync(
            agent,
            neutron,
            "fakenova",
            "83 requests, 12 identical, 71 by rule (any status is passed on 27, bytes in, bytes out 4, half an answer is none: 500 3, not HTTP: 400 1, the API's own page 11, the raw target goes on 25), 0 mismatches"
        );
    }

    [Fact]
    public async Task Without_an_api_guests_are_told_to_come_again()
    {
        await using var neutron = new RecordedNeutron();
        var nowhere = new Uri($"http://127.0.0.1:{TestProcess.FreePort()}");
        var hasty = new AgentOptions { Patience = TimeSpan.FromSeconds(0.5) };
        await using var agent = await AgentRig.StartAsync(neutron.Directory(), nowhere, hasty);
        await ExpectAsync(
            agent,
            neutron,
            "down-nova",
            "4 requests, 1 identical, 3 by rule (unreachable: 503 3), 0 mismatches"
        );
    }

    [Fact]
    public async Task Without_neutron_guests_are_told_to_come_again_instead_of_waiting_for_43_seconds()
    {
        await using var neutron = new RecordedNeutron();
        var directory = neutron.Directory();
        await neutron.DisposeAsync();
        await using var nova = FakeNova.Start();
        var usual = new AgentOptions();
        var hasty = usual with { Ports = usual.Ports with { Patience = TimeSpan.FromSeconds(0.5) } };
        await using var agent = await AgentRig.StartAsync(directory, nova.Uri, hasty);
        await ExpectAsync(
            agent,
            neutron,
            "rpc-down",
            "4 requests, 0 identical, 4 by rule (unreachable: 503 4), 0 mismatches"
        );
    }

    /// <summary>The stand-in filters as the real one did.</summary>
    [Fact]
    public async Task Recorded_look_ups_find_the_recorded_ports()
    {
        await using var neutron = new RecordedNeutron();
        var checkedOnes = 0;
        foreach (var answer in neutron.Recorded)
        {
            var url = new Uri(answer.GetProperty("url").GetString()!);
            if (url.AbsolutePath != "/v2.0/ports" || answer.GetProperty("s").GetInt32() != 200)
            {
                continue;
            }
            var query = System.Web.HttpUtility.ParseQueryString(url.Query);
            if (query["fields"] is not null)
            {
                continue;
            }
            var found = neutron.Find(query.AllKeys.ToDictionary(key => key!, key => query.GetValues(key)!));
            Assert.Equal(
                answer.GetProperty("body").GetProperty("ports").EnumerateArray().Select(port => IdOf(port.ToString())),
                found.Select(port => IdOf(port!.ToJsonString()))
            );
            checkedOnes++;
        }
        Assert.InRange(checkedOnes, 10, 100);

        static string IdOf(string json) => (string)System.Text.Json.Nodes.JsonNode.Parse(json)!["id"]!;
    }

    async Task ExpectAsync(AgentRig agent, RecordedNeutron neutron, string name, string expected)
    {
        var recording = NeutronRecordings.Read(name);
        var verdicts = new Verdicts();
        foreach (var request in recording.Requests)
        {
            var sent = new SentRequest(recording, request);
            var ours = cloud.Seeds.Apply(await Replay.AskAsync(agent.Address, sent, isRaw: false));
            var isFake = name == "fakenova";
            var circumstances = new AgentCircumstances(
                sent,
                Sent: isFake ? FakeNova.AnswerTo(request.Method, request.Path) : null,
                BreaksOff: isFake && FakeNova.BreaksOff(request.Path),
                IsDown: name is "down-nova" or "rpc-down",
                RouterHasInterfaces: sent.Headers.Where(header => header.Key == "X-Neutron-Router-ID")
                    .Any(header => neutron.HasInterfaces(header.Value)),
                WithAddress: address => Recorded(recording, request, address)
            );
            switch (AgentRules.Judge(request.Answer, ours, circumstances))
            {
                case "":
                    verdicts.Identical();
                    break;
                case null:
                    verdicts.Mismatch($"{name} {request.Method} {request.Path} {Replay.Words(request, ours)}");
                    break;
                case var rule:
                    verdicts.ByRule(rule);
                    break;
            }
        }
        Assert.True(
            verdicts.ToString() == expected,
            $"{expected}\n{verdicts}\n{string.Join('\n', verdicts.Mismatches.Take(40))}"
        );
    }

    /// <summary>What was recorded for the same request from another address.</summary>
    static Answer? Recorded(Recording recording, RecordedRequest request, string address)
    {
        bool IsAddress(KeyValuePair<string, string?> header) => header.Key == "X-Forwarded-For";
        return recording
            .Requests.FirstOrDefault(other =>
                other.Method == request.Method
                && other.Path == request.Path
                && other.Changes.Where(IsAddress).Select(header => header.Value).SequenceEqual([address])
                && other
                    .Changes.Where(header => !IsAddress(header))
                    .SequenceEqual(request.Changes.Where(header => !IsAddress(header)))
            )
            ?.Answer;
    }

    static Uri UriOf(EndPoint address) => new($"http://{address}");

    static void Skip() => Assert.SkipWhen(ReferenceCloud.Missing is not null, ReferenceCloud.Missing ?? "");
}
