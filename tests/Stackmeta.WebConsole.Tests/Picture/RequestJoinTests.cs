using Stackmeta.Admin;

namespace Stackmeta.WebConsole.Tests;

/// <summary>What three processes tell of one request becomes one.</summary>
public sealed class RequestJoinTests
{
    static readonly TimeSpan Enough = TimeSpan.FromSeconds(1);

    [Fact]
    public void Agent_and_api_are_put_together_by_the_id()
    {
        var all = Requests.Answered();
        var api = all with
        {
            Scope = null,
            ScopeId = null,
            Address = null,
            Milliseconds = 0.4,
            Status = 404,
            Refusal = "instance-not-found",
            RefusedBy = "api",
            Steps = [new("api", 0, 0, 0.4)],
        };
        var agent = all with
        {
            Status = 404,
            Milliseconds = 0.7,
            Steps = [new("agent", 0, 0, 0.7), new("upstream", 1, 0.2, 0.5)],
        };
        var joined = Assert.Single(Join((api, "api"), (agent, "agent")));
        Assert.Equal(("instance-not-found", "api", agent.Address), (joined.Refusal, joined.RefusedBy, joined.Address));
        Assert.Equal(["agent", "upstream", "api"], joined.Steps.Select(step => step.Name));
    }

    [Fact]
    public void Edge_and_agent_are_put_together_by_guest_path_and_time()
    {
        var agent = Requests.Answered() with
        {
            RequestId = "req-a",
            Milliseconds = 0.5,
            Steps = [new("agent", 0, 0, 0.5)],
        };
        var edge = agent with
        {
            RequestId = "req-e",
            Time = agent.Time.AddMilliseconds(-0.2),
            Milliseconds = 0.9,
            Steps = [new("edge", 0, 0, 0.9)],
        };
        var joined = Assert.Single(Join((agent, "agent"), (edge, "edge")));
        Assert.Equal((0.9, "req-a"), (joined.Milliseconds, joined.RequestId));
    }

    [Fact]
    public void Two_requests_of_a_guest_one_after_the_other_stay_two()
    {
        var first = Requests.Answered() with { RequestId = "req-1", Milliseconds = 1, Steps = [new("agent", 0, 0, 1)] };
        var second = first with
        {
            RequestId = "req-2",
            Time = first.Time.AddMilliseconds(50),
            Steps = [new("edge", 0, 0, 1)],
        };
        Assert.Equal(2, Join((first, "agent"), (second, "edge")).Count);
    }

    [Fact]
    public void Guests_with_the_same_address_on_two_networks_stay_two()
    {
        var one = Requests.Answered() with { Steps = [new("agent", 0, 0, 1)] };
        var other = one with
        {
            RequestId = "req-other",
            ScopeId = Guid.NewGuid().ToString(),
            Steps = [new("edge", 0, 0, 1)],
        };
        Assert.Equal(2, Join((one, "agent"), (other, "edge")).Count);
    }

    [Fact]
    public void An_account_waits_for_others_and_where_there_are_none_it_does_not()
    {
        var join = new RequestJoin();
        join.Add(Requests.Answered(), "agent", Requests.Now);
        Assert.Empty(join.Take(Requests.Now, isAlone: false));
        Assert.Single(join.Take(Requests.Now, isAlone: true));
    }

    [Fact]
    public void A_flood_is_not_held_back()
    {
        var join = new RequestJoin();
        for (var i = 0; i < 10_000; i++)
        {
            join.Add(Requests.Answered($"10.0.{i / 256}.{i % 256}"), "agent", Requests.Now);
            _ = join.Take(Requests.Now, isAlone: false).Count();
        }
        Assert.InRange(join.Take(Requests.Now + Enough, isAlone: false).Count(), 1, 600);
    }

    static List<TracedRequest> Join(params (TracedRequest Request, string Socket)[] accounts)
    {
        var join = new RequestJoin();
        foreach (var (request, socket) in accounts)
        {
            join.Add(request, socket, Requests.Now);
        }
        return [.. join.Take(Requests.Now + Enough, isAlone: false)];
    }
}
