using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Tests.Support;

namespace Stackmeta.Http.Tests;

/// <summary>A server that has all the connections it may have, of callers who ask nothing.</summary>
public class IdleEvictionTests
{
    const int Most = 16;
    const string Ask = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    const string AskTrusted = "GET /trusted HTTP/1.1\r\nHost: x\r\n\r\n";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1\r\nHo")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n123")]
    [InlineData(Ask)]
    public async Task Who_asks_finds_room_whatever_strangers_have_sent(string sent)
    {
        await using var server = await StartAsync();
        var strangers = new List<RawHttp>();
        try
        {
            for (var each = 0; each < 10 * Most; each++)
            {
                strangers.Add(await RawHttp.ConnectAsync(server.Addresses.Single()));
                await strangers[^1].SendAsync(sent);
            }

            Assert.Equal(200, (await RawHttp.AskAsync(server.Addresses.Single(), Ask)).Status);
        }
        finally
        {
            strangers.ForEach(static stranger => stranger.Dispose());
        }
    }

    [Fact]
    public async Task A_trusted_caller_keeps_its_connection()
    {
        await using var server = await StartAsync();
        using var trusted = await RawHttp.ConnectAsync(server.Addresses.Single());
        await trusted.SendAsync(AskTrusted);
        Assert.Equal(200, (await trusted.ReadAnswerAsync()).Status);

        for (var each = 0; each < 10 * Most; each++)
        {
            using var stranger = await RawHttp.ConnectAsync(server.Addresses.Single());
            await stranger.SendAsync(Ask);
            Assert.Equal(200, (await stranger.ReadAnswerAsync()).Status);
        }

        await trusted.SendAsync(AskTrusted);
        Assert.Equal(200, (await trusted.ReadAnswerAsync()).Status);
    }

    [Fact]
    public async Task What_is_being_answered_is_not_cut_off()
    {
        var (answering, mayAnswer) = (new SemaphoreSlim(0), new TaskCompletionSource());
        await using var server = await StartAsync(async request =>
        {
            if (request.Target == "/slow")
            {
                answering.Release();
                await mayAnswer.Task;
            }
        });
        // The second is Kestrel's to read.
        var slow = new[] { "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n", "PUT /slow HTTP/1.1\r\nHost: x\r\n\r\n" };
        var busy = new List<RawHttp>();
        foreach (var request in slow)
        {
            busy.Add(await RawHttp.ConnectAsync(server.Addresses.Single()));
            await busy[^1].SendAsync(request);
            await answering.WaitAsync(Cancellation);
        }

        for (var each = 0; each < 10 * Most; each++)
        {
            using var stranger = await RawHttp.ConnectAsync(server.Addresses.Single());
            await stranger.SendAsync(Ask);
            Assert.Equal(200, (await stranger.ReadAnswerAsync()).Status);
        }

        mayAnswer.SetResult();
        foreach (var one in busy)
        {
            Assert.Equal(200, (await one.ReadAnswerAsync()).Status);
            one.Dispose();
        }
        answering.Dispose();
    }

    static Task<HttpServer> StartAsync(Func<Request, Task>? before = null) =>
        HttpServer.StartAsync(
            new()
            {
                Addresses = ImmutableArray.Create<EndPoint>(new IPEndPoint(IPAddress.Loopback, 0)),
                RunsInline = true,
                MaxConnections = Most,
            },
            new Handling(async request =>
            {
                await (before?.Invoke(request) ?? Task.CompletedTask);
                if (request.Target == "/trusted")
                {
                    request.Connection?.Trust();
                }
                return Response.Of(request, 200, "text/plain", "well"u8.ToArray());
            }),
            NullLoggerFactory.Instance,
            Cancellation
        );
}
