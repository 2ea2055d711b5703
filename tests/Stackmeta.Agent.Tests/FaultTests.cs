using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Refusals;
using Stackmeta.Tests.Support;

namespace Stackmeta.Agent.Tests;

/// <summary>What guests get while something behind the agent is wrong (spec/neutron-metadata.md §3.7, Target column).</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task An_api_that_cannot_be_reached_is_503_with_retry_after()
    {
        await using var agent = await TestAgent.StartAsync();
        await agent.Api.DisposeAsync();
        var answer = await agent.AskAsync("/latest", headers: "Accept: application/json\r\n");
        Assert.Equal(503, answer.Status);
        Assert.Equal("2", answer["Retry-After"]);
        Assert.Equal("application/json", answer["Content-Type"]);
        Assert.Contains(
            "The remote metadata server is temporarily unavailable.",
            answer.Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_request_waits_for_an_api_that_comes_back()
    {
        await using var agent = await TestAgent.StartAsync(new AgentOptions { Patience = TimeSpan.FromSeconds(20) });
        var port = agent.Api.Port;
        await agent.Api.DisposeAsync();
        var asking = agent.AskAsync("/latest", "POST", "Content-Length: 3\r\n", "abc");
        await Task.Delay(400);
        Assert.False(asking.IsCompleted);
        await using var back = new FakeApi(port);
        Assert.Equal(200, (await asking).Status);
        // The body was not lost by waiting.
        Assert.Equal("abc"u8.ToArray(), Assert.Single(back.Requests).Body);
    }

    [Fact]
    public async Task Only_so_many_requests_wait_for_the_api()
    {
        await using var agent = await TestAgent.StartAsync(
            new AgentOptions { Patience = TimeSpan.FromSeconds(20), MaxWaiters = 1 }
        );
        await agent.Api.DisposeAsync();
        var first = RawHttp.AskAsync(agent.Address, $"GET / HTTP/1.1\r\nHost: h\r\n{TestAgent.Guest}\r\n");
        // Its second attempt shows that it waits.
        while (agent.Log.Of(2004).Count < 2)
        {
            await Task.Delay(10);
        }
        Assert.Equal(503, (await agent.AskAsync("/latest")).Status);
        Assert.False(first.IsCompleted);
    }

    [Fact]
    public async Task An_api_that_is_slow_is_waited_for()
    {
        var time = new FakeTimeProvider();
        await using var agent = await TestAgent.StartAsync(new AgentOptions(), time);
        using var asked = new SemaphoreSlim(0);
        agent.Api.OnRequest = async (_, stream) =>
        {
            // Slower than the agent is patient with an API that is down; the answer begins within its deadline, and then no pause is too
            // long.
            foreach (
                var part in (string[])
                    ["HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", new('x', 90_000), new('y', 10_000)]
            )
            {
                var thinking = Task.Delay(TimeSpan.FromSeconds(9), time);
                asked.Release();
                await thinking;
                await FakeApi.WriteAsync(stream, part);
            }
            return true;
        };
        var asking = agent.AskAsync("/latest");
        for (var pauses = 0; pauses < 3; pauses++)
        {
            Assert.True(await asked.WaitAsync(TimeSpan.FromSeconds(20)));
            // What was sent before the pause has come through by then.
            await Task.Delay(100);
            time.Advance(TimeSpan.FromSeconds(9));
        }
        var answer = await asking.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((200, 100_000, false), (answer.Status, answer.Body.Length, answer.IsCutShort));
    }

    [Fact]
    public async Task An_api_that_stays_silent_is_504_at_our_own_deadline()
    {
        await using var agent = await TestAgent.StartAsync(upstream: o =>
            o with
            {
                AnswerDeadline = TimeSpan.FromSeconds(0.5),
            }
        );
        agent.Api.OnRequest = static (_, _) => Task.Delay(Timeout.Infinite).ContinueWith(_ => true);
        var answer = await agent.AskAsync("/latest");
        Assert.Equal(504, answer.Status);
    }

    [Fact]
    public async Task An_api_that_hangs_after_its_headers_is_504_too()
    {
        await using var agent = await TestAgent.StartAsync(upstream: o =>
            o with
            {
                AnswerDeadline = TimeSpan.FromSeconds(0.5),
            }
        );
        agent.Api.OnRequest = static async (_, stream) =>
        {
            await FakeApi.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            await Task.Delay(Timeout.Infinite);
            return true;
        };
        Assert.Equal(504, (await agent.AskAsync("/latest")).Status);
    }

    /// <summary>spec/neutron-metadata.md §3.8: the stock proxy waits for 30 s.</summary>
    [Fact]
    public async Task However_often_ports_and_api_are_asked_the_answer_is_there_before_the_proxy_gives_up()
    {
        var time = new FakeTimeProvider();
        await using var agent = await TestAgent.StartAsync(new AgentOptions(), time);
        await agent.AskAsync("/latest");
        // By the time at which the first instance is denied, most of the guest's time is over; the address has another one.
        agent.Directory.Add(TestAgent.Net1, "10.0.0.5", "inst-2");
        using var asked = new SemaphoreSlim(0);
        agent.Api.OnRequest = async (request, stream) =>
        {
            var thinking = Task.Delay(
                request.Headers["X-Instance-ID"] == "inst-1" ? TimeSpan.FromSeconds(19) : Timeout.InfiniteTimeSpan,
                time
            );
            asked.Release();
            await thinking;
            await FakeApi.WriteAsync(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
            return true;
        };
        var asking = agent.AskAsync("/latest");
        Assert.True(await asked.WaitAsync(TimeSpan.FromSeconds(20)));
        time.Advance(TimeSpan.FromSeconds(19));
        Assert.True(await asked.WaitAsync(TimeSpan.FromSeconds(20)));
        time.Advance(TimeSpan.FromSeconds(8.9));
        Assert.False(asking.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(504, (await asking.WaitAsync(TimeSpan.FromSeconds(20))).Status);
    }

    [Fact]
    public void The_deadlines_nest()
    {
        var (agent, api) = (new AgentOptions(), new UpstreamOptions { Api = new("http://127.0.0.1/") });
        Assert.True(api.ConnectTimeout < agent.Patience);
        Assert.True(agent.Ports.Patience <= agent.Patience + TimeSpan.FromSeconds(0.5));
        Assert.True(agent.Patience + api.AnswerDeadline <= api.WholeDeadline);
        Assert.True(api.WholeDeadline < TimeSpan.FromSeconds(30));
        Assert.True(api.PauseDeadline < TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task An_api_that_hangs_after_the_headers_of_a_404_is_504_and_no_error_of_ours()
    {
        await using var agent = await TestAgent.StartAsync(upstream: o =>
            o with
            {
                AnswerDeadline = TimeSpan.FromSeconds(0.5),
            }
        );
        agent.Api.OnRequest = static async (_, stream) =>
        {
            await FakeApi.WriteAsync(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\nabc");
            await Task.Delay(Timeout.Infinite);
            return true;
        };
        Assert.Equal(504, (await agent.AskAsync("/latest")).Status);
        Assert.Empty(agent.Log.Of(2002));
        Assert.Contains("did not answer in time", Assert.Single(agent.Log.Of(2004)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_api_that_hangs_in_the_middle_of_a_long_answer_cuts_the_guests_short()
    {
        await using var agent = await TestAgent.StartAsync(upstream: o =>
            o with
            {
                PauseDeadline = TimeSpan.FromSeconds(0.5),
            }
        );
        agent.Api.OnRequest = static async (_, stream) =>
        {
            await FakeApi.WriteAsync(
                stream,
                $"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{new string('x', 500_000)}"
            );
            await Task.Delay(Timeout.Infinite);
            return true;
        };
        var answer = await agent.AskAsync("/latest");
        Assert.Equal(200, answer.Status);
        Assert.True(answer.IsCutShort);
    }

    [Fact]
    public async Task An_answer_without_an_end_that_hangs_is_cut_short_not_ended()
    {
        await using var agent = await TestAgent.StartAsync(upstream: o =>
            o with
            {
                PauseDeadline = TimeSpan.FromSeconds(0.5),
            }
        );
        agent.Api.OnRequest = static async (_, stream) =>
        {
            await FakeApi.WriteAsync(
                stream,
                $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20000\r\n{new string('x', 0x20000)}\r\n"
            );
            await Task.Delay(Timeout.Infinite);
            return true;
        };
        Assert.True((await agent.AskAsync("/latest")).IsCutShort);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    public async Task An_api_that_breaks_off_is_500_and_nothing_half_is_given(string answer)
    {
        await using var agent = await TestAgent.StartAsync();
        agent.Api.AnswerThenClose(answer);
        var given = await agent.AskAsync("/latest");
        Assert.Equal(500, given.Status);
        Assert.Contains(
            "Remote metadata server experienced an internal server error.",
            given.Text,
            StringComparison.Ordinal
        );
        // .NET's client repeats a request whose connection ended without a byte three times, unless it has a body.
        Assert.InRange(agent.Api.Requests.Count, 1, 4);
    }

    [Theory]
    [InlineData("GET", "", "")]
    [InlineData("HEAD", "", "")]
    [InlineData("POST", "Content-Length: 1\r\n", "x")]
    public async Task A_kept_connection_that_the_api_drops_meanwhile_costs_no_guest_its_answer(
        string method,
        string headers,
        string body
    )
    {
        await using var agent = await TestAgent.StartAsync();
        var used = new ConcurrentDictionary<Stream, bool>();
        agent.Api.OnRequest = async (_, stream) =>
        {
            if (!used.TryAdd(stream, true))
            {
                ((NetworkStream)stream).Socket.LingerState = new(enable: true, seconds: 0);
                return false;
            }
            await FakeApi.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            return true;
        };
        await agent.AskAsync("/latest");
        Assert.Equal(200, (await agent.AskAsync("/latest", method, headers, body)).Status);
        Assert.Equal(2, used.Count);
    }

    [Fact]
    public async Task A_password_is_never_sent_twice_to_an_api_that_breaks_off()
    {
        await using var agent = await TestAgent.StartAsync();
        agent.Api.AnswerThenClose("");
        Assert.Equal(500, (await agent.AskAsync("/p", "POST", "Content-Length: 1\r\n", "x")).Status);
        Assert.Single(agent.Api.Requests);
    }

    [Fact]
    public async Task A_rejected_signature_is_told_loudly_once_a_minute_and_without_the_signature()
    {
        var time = new FakeTimeProvider();
        await using var agent = await TestAgent.StartAsync(time: time);
        agent.Api.Answer("HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nnope!");
        for (var minute = 1; minute <= 2; minute++)
        {
            for (var i = 0; i < 5; i++)
            {
                var answer = await agent.AskAsync("/latest");
                Assert.Equal(403, answer.Status);
                Assert.Equal("nope!", answer.Text);
                time.Advance(TimeSpan.FromSeconds(10));
            }
            var told = agent.Log.Of(2003);
            Assert.Equal(minute, told.Count);
            Assert.Contains("the shared secrets of agent and API differ", told[^1], StringComparison.Ordinal);
            Assert.Contains(agent.Api.Uri.AbsoluteUri, told[^1], StringComparison.Ordinal);
            time.Advance(TimeSpan.FromSeconds(10));
        }
        using var signer = new InstanceSignature("s3cret"u8);
        Assert.All(
            agent.Log.Lines,
            line =>
            {
                Assert.DoesNotContain(signer.Sign("inst-1"), line, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain(TestAgent.Secret, line, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task LP2150094_neither_secret_nor_signature_is_ever_logged()
    {
        await using var agent = await TestAgent.StartAsync();
        using var signer = new InstanceSignature("s3cret"u8);
        foreach (var status in (int[])[200, 403, 404, 500])
        {
            agent.Api.Answer($"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
            await agent.AskAsync($"/latest?{signer.Sign("other")}");
            await agent.AskAsAsync("X-Instance-ID-Signature: " + signer.Sign("inst-1") + "\r\n");
        }
        agent.Api.AnswerThenClose("");
        await agent.AskAsync("/latest");
        await agent.Api.DisposeAsync();
        await agent.AskAsync("/latest");
        Assert.NotEmpty(agent.Log.Lines);
        Assert.All(agent.Log.Lines, line => Assert.DoesNotContain(TestAgent.Secret, line, StringComparison.Ordinal));
        Assert.All(
            agent.Log.Lines,
            line => Assert.DoesNotContain(signer.Sign("inst-1"), line, StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public async Task While_ports_cannot_be_looked_up_known_guests_are_answered_and_others_wait_then_503()
    {
        var ports = new AgentOptions().Ports with
        {
            Patience = TimeSpan.FromSeconds(1),
            Expiration = TimeSpan.FromMilliseconds(1),
        };
        await using var agent = await TestAgent.StartAsync(new AgentOptions { Ports = ports });
        Assert.Equal(200, (await agent.AskAsync("/latest")).Status);
        agent.Directory.Trouble = Refusal.PortDirectoryUnavailable;
        Assert.Equal(200, (await agent.AskAsync("/latest")).Status);
        var stranger = await agent.AskAsAsync($"{TestAgent.Network}X-Forwarded-For: 10.0.0.77\r\n");
        Assert.Equal(503, stranger.Status);
        Assert.Equal("2", stranger["Retry-After"]);
    }

    [Fact]
    public async Task A_guest_that_goes_away_leaves_nothing_behind()
    {
        await using var agent = await TestAgent.StartAsync();
        var reached = new TaskCompletionSource();
        var gone = new TaskCompletionSource();
        agent.Api.OnRequest = async (_, stream) =>
        {
            reached.SetResult();
            // The agent closes its connection to the API: the read ends.
            await stream
                .ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false)
                .AsTask()
                .WaitAsync(TimeSpan.FromSeconds(20));
            gone.SetResult();
            return false;
        };
        using (var guest = await RawHttp.ConnectAsync(agent.Address))
        {
            await guest.SendAsync($"GET / HTTP/1.1\r\nHost: h\r\n{TestAgent.Guest}\r\n");
            await reached.Task;
        }
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(agent.Log.Of(2002));
    }
}
