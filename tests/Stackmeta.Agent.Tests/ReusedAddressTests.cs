using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Agent.Tests;

/// <summary>An address that passes to another instance (LP#1868867; spec/neutron-metadata.md §3.5, §8 cases 129 and 130).</summary>
public sealed class ReusedAddressTests
{
    readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task LP1868867_after_a_404_the_port_is_looked_up_once_more_and_asked_for_once_more()
    {
        await using var agent = await StartAsync();
        await agent.AskAsync("/latest");
        agent.Directory.Add(TestAgent.Net1, "10.0.0.5", "inst-2");
        _time.Advance(TimeSpan.FromSeconds(2));

        var answer = await agent.AskAsync("/latest", "POST", "Content-Length: 4\r\n", "body");
        Assert.Equal(200, answer.Status);
        Assert.Equal("inst-2", answer.Text);
        Assert.Equal(2, agent.Directory.Asked.Count);
        Assert.Equal(["inst-1", "inst-1", "inst-2"], agent.Api.Requests.Select(r => r.Headers["X-Instance-ID"]));
        Assert.Equal("body"u8.ToArray(), agent.Api.Requests.Last().Body);
    }

    [Fact]
    public async Task A_404_of_the_right_instance_is_passed_on_and_asked_for_once()
    {
        await using var agent = await StartAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
        var answer = await agent.AskAsync("/no-such-path");
        Assert.Equal(404, answer.Status);
        Assert.Equal("page of the api", answer.Text);
        Assert.Single(agent.Api.Requests);
        // Looked up a moment ago: believed.
        Assert.Single(agent.Directory.Asked);
    }

    [Fact]
    public async Task A_404_of_an_old_look_up_costs_one_more_look_up_and_no_more_requests()
    {
        await using var agent = await StartAsync();
        await agent.AskAsync("/latest");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(404, (await agent.AskAsync("/no-such-path")).Status);
        Assert.Equal(404, (await agent.AskAsync("/no-such-path")).Status);
        Assert.Equal(2, agent.Directory.Asked.Count);
        Assert.Equal(3, agent.Api.Requests.Count);
    }

    [Fact]
    public async Task A_port_that_is_gone_by_then_is_nobodys()
    {
        await using var agent = await StartAsync();
        await agent.AskAsync("/latest");
        agent.Directory.Ports.Clear();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(404, (await agent.AskAsync("/no-such-path")).Status);
        Assert.Equal(2, agent.Directory.Asked.Count);
    }

    [Fact]
    public async Task LP1868867_after_a_change_event_nobody_gets_the_old_instance()
    {
        await using var agent = await StartAsync();
        await agent.AskAsync("/latest");
        agent.Directory.Add(TestAgent.Net1, "10.0.0.5", "inst-2");
        agent.Cache.ForgetNetwork("net-1");
        Assert.Equal("inst-2", (await agent.AskAsync("/latest")).Text);
    }

    [Fact]
    public async Task LP1868867_with_change_events_no_request_ever_gets_a_former_instance()
    {
        await using var agent = await StartAsync();
        var key = new PortKey(TestAgent.Net1, AddressOf("10.0.0.5"));
        var current = 0;
        using var stop = new CancellationTokenSource();
        var guests = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(async () =>
                {
                    while (!stop.IsCancellationRequested)
                    {
                        // The owner when the request began, or a later one; never an earlier one.
                        var began = Volatile.Read(ref current);
                        var found = await agent.Cache.FindAsync(key, default);
                        Assert.InRange(int.Parse(found.Port!.DeviceId[1..]), began, int.MaxValue);
                    }
                })
            )
            .ToList();
        for (var i = 1; i < 2000; i++)
        {
            agent.Directory.Add(TestAgent.Net1, "10.0.0.5", $"i{i}");
            agent.Cache.ForgetNetwork("net-1");
            Volatile.Write(ref current, i);
            await Task.Yield();
        }
        await stop.CancelAsync();
        await Task.WhenAll(guests);
    }

    [Fact]
    public async Task Without_an_event_the_old_instance_is_forgotten_after_ten_seconds()
    {
        await using var agent = await StartAsync();
        await agent.AskAsync("/latest");
        agent.Directory.Add(TestAgent.Net1, "10.0.0.5", "inst-2");
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("inst-2", (await agent.AskAsync("/latest")).Text);
    }

    [Fact]
    public async Task A_thousand_first_requests_cost_one_look_up()
    {
        await using var agent = await StartAsync();
        var gate = new TaskCompletionSource();
        agent.Directory.Gate = gate.Task;
        var key = new PortKey(TestAgent.Net1, AddressOf("10.0.0.5"));
        var all = Enumerable.Range(0, 1000).Select(_ => agent.Cache.FindAsync(key, default).AsTask()).ToList();
        gate.SetResult();
        Assert.All(await Task.WhenAll(all), found => Assert.Equal("inst-1", found.Port!.DeviceId));
        Assert.Single(agent.Directory.Asked);
    }

    [Fact]
    public async Task Nobody_is_remembered_for_a_second_at_most()
    {
        await using var agent = await StartAsync();
        var stranger = $"{TestAgent.Network}X-Forwarded-For: 10.0.0.9\r\n";
        Assert.Equal(404, (await agent.AskAsAsync(stranger)).Status);
        Assert.Equal(404, (await agent.AskAsAsync(stranger)).Status);
        Assert.Single(agent.Directory.Asked);
        agent.Directory.Add(TestAgent.Net1, "10.0.0.9", "born");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("born", (await agent.AskAsAsync(stranger)).Text);
    }

    /// <summary>
    /// The API knows every instance that the directory knows now, and answers with its id; everything but /latest is not found.
    /// </summary>
    async Task<TestAgent> StartAsync()
    {
        var agent = await TestAgent.StartAsync(time: _time);
        agent.Api.OnRequest = async (request, stream) =>
        {
            var id = request.Headers["X-Instance-ID"];
            var isKnown = agent.Directory.Ports.Values.Any(p => p.Port!.DeviceId == id);
            await FakeApi.WriteAsync(
                stream,
                isKnown && request.Line.Contains(" /latest ", StringComparison.Ordinal)
                    ? FakeApi.Ok(id)
                    : "HTTP/1.1 404 Not Found\r\nContent-Length: 15\r\n\r\npage of the api"
            );
            return true;
        };
        return agent;
    }

    static GuestAddress AddressOf(string text)
    {
        GuestAddress.TryFrom(System.Net.IPAddress.Parse(text), out var address);
        return address;
    }
}
