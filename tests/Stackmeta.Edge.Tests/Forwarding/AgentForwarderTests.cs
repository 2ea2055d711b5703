using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Networks;
using Stackmeta.Http;
using Stackmeta.Tests.Support;

namespace Stackmeta.Edge.Tests;

/// <summary>The edge before an agent that does what agents do on bad days.</summary>
public sealed class AgentForwarderTests : IAsyncDisposable
{
    readonly FakeTimeProvider _time = new();
    AgentForwarder? _forwarder;
    HttpServer? _server;
    HttpClient? _guest;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _guest?.Dispose();
        await (_server?.DisposeAsync() ?? default);
        _forwarder?.Dispose();
    }

    async Task<HttpClient> StartAsync(ScriptedAgent agent, Arrival? arrival = null)
    {
        arrival ??= new();
        _forwarder = new(agent.Path, _time, NullLogger<AgentForwarder>.Instance);
        _server = await HttpServer.StartAsync(
            new() { Addresses = [new IPEndPoint(IPAddress.Loopback, 0)] },
            new Handling(request =>
            {
                request.Client = arrival;
                return _forwarder.HandleAsync(request);
            }),
            NullLoggerFactory.Instance,
            Cancellation
        );
        return _guest = new() { BaseAddress = new($"http://{_server.Addresses.First()}") };
    }

    /// <summary>An agent that is restarted takes its kept connections along.</summary>
    [Fact]
    public async Task A_request_on_a_kept_connection_that_the_agent_drops_is_sent_once_more()
    {
        await using var agent = new ScriptedAgent(
            async connection =>
            {
                await connection.ReadHeadAsync();
                await connection.SayAsync(ScriptedConnection.Answer);
                await connection.WaitForNextAsync();
            },
            async connection =>
            {
                await connection.ReadHeadAsync();
                await connection.SayAsync(ScriptedConnection.Answer);
                await connection.WaitForNextAsync();
            }
        );
        var guest = await StartAsync(agent);
        Assert.Equal("ok", await guest.GetStringAsync("/a", Cancellation));
        Assert.Equal("ok", await guest.GetStringAsync("/b", Cancellation));
        Assert.Equal(2, agent.Count);
    }

    /// <summary>A password that is posted twice is refused.</summary>
    [Fact]
    public async Task A_request_that_changes_something_has_a_connection_of_its_own_and_is_sent_once()
    {
        await using var agent = new ScriptedAgent(
            async connection =>
            {
                await connection.ReadHeadAsync();
                await connection.SayAsync(ScriptedConnection.Answer);
                await connection.WaitForNextAsync();
            },
            connection => connection.WaitForNextAsync()
        );
        var guest = await StartAsync(agent);
        Assert.Equal("ok", await guest.GetStringAsync("/a", Cancellation));
        var answer = await guest.PostAsync("/openstack/latest/password", new StringContent("secret"), Cancellation);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal(2, agent.Count);
    }

    /// <summary>haproxy's <c>timeout server</c> holds for every part of an answer, not for its head alone.</summary>
    [Fact]
    public async Task An_agent_that_falls_silent_within_its_answer_does_not_keep_the_guest_for_ever()
    {
        var isAsked = new TaskCompletionSource();
        await using var agent = new ScriptedAgent(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf");
            isAsked.SetResult();
            await connection.WaitForNextAsync();
        });
        var guest = await StartAsync(agent);
        var answer = guest.GetAsync("/a", Cancellation);
        await isAsked.Task;
        while (!answer.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, Cancellation);
        }
        Assert.Equal(HttpStatusCode.GatewayTimeout, (await answer).StatusCode);
    }

    [Fact]
    public async Task Half_an_answer_is_none()
    {
        await using var agent = new ScriptedAgent(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf");
        });
        var guest = await StartAsync(agent);
        var answer = await guest.GetAsync("/a", Cancellation);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
    }

    [Theory]
    [InlineData("fa:16:3e:00:00:05", "fa:16:3e:00:00:05")]
    [InlineData(null, "unknown")]
    public async Task The_agent_is_told_the_MAC_and_never_what_the_guest_says_of_it(string? mac, string told)
    {
        var head = "";
        await using var agent = new ScriptedAgent(async connection =>
        {
            head = await connection.ReadHeadAsync();
            await connection.SayAsync(ScriptedConnection.Answer);
        });
        var guest = await StartAsync(
            agent,
            new() { Mac = EthernetAddress.TryParse(mac, out var address) ? address : null }
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a");
        foreach (var name in (string[])["X-Stackmeta-Client-MAC", "x_stackmeta_client_mac", "X-Stackmeta_Port"])
        {
            request.Headers.Add(name, "fa:16:3e:00:00:06");
        }
        await guest.SendAsync(request, Cancellation);
        var line = Assert.Single(head.Split("\r\n"), line => line.StartsWith("X-Stackmeta", StringComparison.Ordinal));
        Assert.Equal($"X-Stackmeta-Client-MAC: {told}", line);
        Assert.DoesNotContain("00:06", head, StringComparison.Ordinal);
    }

    /// <summary>S-1: who had the address before asks no more on the connection that he has kept.</summary>
    [Fact]
    public async Task A_connection_ends_without_an_answer_when_the_agent_finds_another_port()
    {
        static string AnswerFor(string port) =>
            ScriptedConnection.Answer.Replace("\r\n\r\n", $"\r\n{port}\r\n\r\n", StringComparison.Ordinal);

        await using var agent = new ScriptedAgent(async connection =>
        {
            foreach (
                var port in (string[])
                    ["x-stackmeta-port: p1/i1", "X-Other: a", "X-Stackmeta-Port: p1/i1", "X-Stackmeta-Port: p1/i2"]
            )
            {
                await connection.ReadHeadAsync();
                await connection.SayAsync(AnswerFor(port));
            }
        });
        var guest = await StartAsync(agent);
        for (var i = 0; i < 3; i++)
        {
            using var answer = await guest.GetAsync("/a", Cancellation);
            Assert.Equal("ok", await answer.Content.ReadAsStringAsync(Cancellation));
            Assert.DoesNotContain(
                answer.Headers,
                header => header.Key.Contains("Stackmeta", StringComparison.OrdinalIgnoreCase)
            );
        }
        await Assert.ThrowsAsync<HttpRequestException>(() => guest.GetAsync("/a", Cancellation));
    }

    sealed class Arrival : IGuestPeer
    {
        public EdgeScope Scope { get; } = EdgeScope.Network(Guid.NewGuid());

        public string Namespace => "qdhcp";

        public IPAddress Peer { get; } = IPAddress.Parse("10.0.0.5");

        public EthernetAddress? Mac { get; init; }

        public string? Port { get; private set; }

        public bool TryBind(string port) => (Port ??= port) == port;
    }
}
