using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Agent.Tests;

/// <summary>S-2: answers follow what packets obey, whatever the store says already.</summary>
public sealed class AppliedPortsTests
{
    readonly FakeTimeProvider _time = new();
    readonly FakeAppliedPorts _applied = new();

    [Fact]
    public async Task What_others_provide_and_what_agrees_is_answered_at_once()
    {
        await using var agent = await StartAsync();
        _applied.State = _ => AppliedPortState.NotProvidedHere;
        Assert.Equal(200, (await agent.AskAsync("/latest")).Status);
        _applied.State = _ => AppliedPortState.Agrees;
        Assert.Equal(200, (await agent.AskAsync("/latest")).Status);
        Assert.Single(agent.Directory.Asked);
        Assert.All(_applied.Checked, one => Assert.Equal(("port-of-inst-1", "10.0.0.5"), one));
    }

    [Fact]
    public async Task A_look_up_that_is_behind_what_is_applied_is_made_anew()
    {
        await using var agent = await StartAsync();
        Assert.Equal("inst-1", await OwnerAsync(agent));
        agent.Directory.Add(TestAgent.Net1, "10.0.0.5", "inst-2");
        _applied.State = port => port.DeviceId == "inst-2" ? AppliedPortState.Agrees : AppliedPortState.Differs;
        Assert.Equal("inst-2", await OwnerAsync(agent));
        Assert.Equal(2, agent.Directory.Asked.Count);
    }

    [Fact]
    public async Task A_store_that_is_ahead_of_the_rules_has_its_guests_wait_for_them()
    {
        await using var agent = await StartAsync();
        _applied.State = static _ => AppliedPortState.Differs;
        var asking = agent.AskAsync("/latest");
        await EventuallyAsync(() => _applied.Checked.Count >= 2);
        // Another network's change is none of its own.
        _applied.Change();
        await EventuallyAsync(() => _applied.Checked.Count >= 3);
        Assert.False(asking.IsCompleted);
        Assert.Empty(agent.Api.Requests);
        _applied.State = static _ => AppliedPortState.Agrees;
        _applied.Change();
        Assert.Equal(200, (await asking).Status);
    }

    [Fact]
    public async Task Rules_that_do_not_come_are_a_503_and_never_the_new_owners_data()
    {
        await using var agent = await StartAsync();
        _applied.State = static _ => AppliedPortState.Differs;
        var asking = agent.AskAsync("/latest");
        await EventuallyAsync(() => _applied.Checked.Count >= 2);
        while (!asking.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
        var answer = await asking;
        Assert.Equal((503, "2"), (answer.Status, answer["Retry-After"]));
        Assert.Contains("port-not-applied", string.Join("\n", agent.Log.Lines), StringComparison.Ordinal);
        Assert.Empty(agent.Api.Requests);
    }

    [Fact]
    public async Task Those_who_wait_are_bounded()
    {
        await using var agent = await StartAsync(new AgentOptions { MaxWaiters = 1 });
        _applied.State = static _ => AppliedPortState.Differs;
        var first = agent.AskAsync("/latest");
        await EventuallyAsync(() => _applied.Checked.Count >= 2);
        Assert.Equal(503, (await agent.AskAsync("/latest")).Status);
        Assert.False(first.IsCompleted);
        _applied.State = static _ => AppliedPortState.Agrees;
        _applied.Change();
        Assert.Equal(200, (await first).Status);
    }

    [Fact]
    public async Task A_port_that_is_gone_by_then_is_nobodys()
    {
        await using var agent = await StartAsync();
        Assert.Equal(200, (await agent.AskAsync("/latest")).Status);
        _applied.State = static _ => AppliedPortState.Differs;
        agent.Directory.Ports.Clear();
        Assert.Equal(404, (await agent.AskAsync("/latest")).Status);
    }

    /// <summary>LP#1868867: what is looked up once more after a 404 has to agree as well.</summary>
    [Fact]
    public async Task A_second_look_up_is_checked_like_the_first()
    {
        await using var agent = await StartAsync();
        agent.Api.OnRequest = static async (request, stream) =>
        {
            await FakeApi.WriteAsync(
                stream,
                request.Headers["X-Instance-ID"] == "inst-2"
                    ? FakeApi.Ok("inst-2")
                    : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
            );
            return true;
        };
        await agent.AskAsync("/latest");
        _time.Advance(TimeSpan.FromSeconds(2));
        agent.Directory.Add(TestAgent.Net1, "10.0.0.5", "inst-2");
        _applied.State = static port => port.DeviceId == "inst-1" ? AppliedPortState.Agrees : AppliedPortState.Differs;
        var asking = agent.AskAsync("/latest");
        await EventuallyAsync(() => _applied.Checked.Any(static one => one.Port == "port-of-inst-2"));
        Assert.False(asking.IsCompleted);
        _applied.State = static _ => AppliedPortState.Agrees;
        _applied.Change();
        Assert.Equal("inst-2", (await asking).Text);
    }

    Task<TestAgent> StartAsync(AgentOptions? options = null) =>
        TestAgent.StartAsync(options, time: _time, applied: _applied);

    static async Task<string> OwnerAsync(TestAgent agent)
    {
        Assert.Equal(200, (await agent.AskAsync("/latest")).Status);
        return agent.Api.Requests.Last().Headers["X-Instance-ID"];
    }

    static async Task EventuallyAsync(Func<bool> condition)
    {
        for (var attempt = 0; !condition(); attempt++)
        {
            Assert.True(attempt < 2000, "Did not happen within 10 s.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    sealed class FakeAppliedPorts : IAppliedPorts
    {
        TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Func<Port, AppliedPortState> State { get; set; } = static _ => AppliedPortState.Agrees;

        public ConcurrentQueue<(string Port, string Address)> Checked { get; } = new();

        public Task NextChange => Volatile.Read(ref _change).Task;

        public AppliedPortState Check(NetworkScope scope, Port port, GuestAddress address)
        {
            Checked.Enqueue((port.Id, address.Text));
            return State(port);
        }

        public void Change() =>
            Interlocked.Exchange(ref _change, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }
}
