using System.Text.Json;
using Stackmeta.Admin;

namespace Stackmeta.WebConsole.Tests;

public sealed class RefusalListTests
{
    [Fact]
    public void What_agent_and_api_remember_of_a_request_is_one_refusal_with_guest_and_reason()
    {
        var whole = Requests.Refused(reason: "instance-not-found") with { RefusedBy = "api", InstanceId = "i" };
        var agent = whole with { Refusal = null, RefusedBy = null };
        var api = whole with { Scope = null, ScopeId = null, Address = null };
        var refused = Assert.Single(RefusalList.Of([Remembered(agent, 3), Remembered(api, 2)]));
        Assert.Equal(
            ("instance-not-found", "api", whole.Address, 3),
            (refused.Last.Refusal, refused.Last.RefusedBy, refused.Last.Address, refused.Count)
        );
    }

    [Fact]
    public void What_an_edge_saw_as_a_mere_status_is_the_refusal_that_the_agent_tells_the_reason_of()
    {
        var agent = Requests.Refused();
        var edge = agent with
        {
            RequestId = "req-edge",
            Refusal = null,
            RefusedBy = null,
            Time = agent.Time.AddMilliseconds(-1),
        };
        var other = edge with { RequestId = "req-other", Address = "10.9.9.8" };
        var all = RefusalList.Of([Remembered(edge, 1), Remembered(agent, 1), Remembered(other, 1)]);
        Assert.Equal(
            [("10.9.9.9", "port-not-found"), ("10.9.9.8", null)],
            all.Select(refused => (refused.Last.Address, refused.Last.Refusal))
        );
    }

    [Fact]
    public void The_latest_comes_first_and_probes_are_left_out()
    {
        var first = Requests.Refused("10.0.0.1");
        var last = Requests.Refused("10.0.0.2") with { Time = first.Time.AddSeconds(1) };
        var all = RefusalList.Of([
            Remembered(first, 1),
            Remembered(last, 1),
            Remembered(Requests.Refused("fe80::a9fe:a9fe"), 1),
        ]);
        Assert.Equal(["10.0.0.2", "10.0.0.1"], all.Select(refused => refused.Last.Address));
    }

    static JsonElement Remembered(TracedRequest request, long count)
    {
        using var document = JsonDocument.Parse(
            $$"""{"total": 1, "refusals": [{{ScriptedPath.Json(request, count).GetRawText()}}]}"""
        );
        return document.RootElement.Clone();
    }
}
