using System.Net.Sockets;
using Stackmeta.Tests.Support;

namespace Stackmeta.Http.Tests;

/// <summary>What is used again for the next question belongs to one at a time, whatever the callers do.</summary>
public sealed class FastConnectionTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// Answers that wait, answers that do not, callers that leave before they are answered, and ones that ask further at once.
    /// </summary>
    [Fact]
    public async Task Everybody_gets_the_answer_to_its_own_question()
    {
        await using var server = await MultiplexedServer.StartAsync(EchoAsync);
        await Task.WhenAll(Enumerable.Range(0, 48).Select(caller => Task.Run(() => AskAsync(server, caller))));
    }

    static async Task AskAsync(MultiplexedServer server, int caller)
    {
        var random = new Random(caller);
        for (var connections = 0; connections < 30; connections++)
        {
            using var connection = await RawHttp.ConnectAsync(server.EndPoint);
            var questions = random.Next(1, 6);
            var pipelines = random.Next(4) == 0;
            var asked = new List<string>();
            for (var question = 0; question < questions; question++)
            {
                var name = $"{caller}-{connections}-{question}";
                var way = random.Next(3) switch
                {
                    0 => "now",
                    1 => "yields",
                    _ => "waits",
                };
                asked.Add($"/{way}/{name} {name}");
                await connection.SendAsync($"GET /{way}/{name} HTTP/1.1\r\nHost: a\r\nX-Name: {name}\r\n\r\n");
                if (random.Next(20) == 0)
                {
                    return;
                }
                if (!pipelines)
                {
                    Assert.Equal(asked[^1], (await connection.ReadAnswerAsync()).Text);
                }
            }
            foreach (var expected in pipelines ? asked : [])
            {
                Assert.Equal(expected, (await connection.ReadAnswerAsync()).Text);
            }
        }
    }

    static async ValueTask<Response> EchoAsync(Request request)
    {
        var path = request.Target;
        if (path.StartsWith("/yields", StringComparison.Ordinal))
        {
            await Task.Yield();
        }
        else if (path.StartsWith("/waits", StringComparison.Ordinal))
        {
            await Task.Delay(path.Length % 3, request.Aborted);
        }
        return Handling.Say(request, $"{request.Target} {request.Headers["X-Name"]}");
    }

    [Fact]
    public async Task A_caller_that_does_not_read_its_answer_is_cut_off()
    {
        var length = 64 * 1024 * 1024;
        await using var server = await MultiplexedServer.StartAsync(request =>
            new(Response.Of(request, 200, "text/plain", new byte[length]))
        );
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.EndPoint, Cancellation);
        await socket.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray(), Cancellation);
        await server.WaitUntilEmptyAsync(after: TimeSpan.FromDays(10)).WaitAsync(Patience, Cancellation);
    }

    [Fact]
    public async Task A_caller_that_asks_nothing_is_cut_off()
    {
        await using var server = await MultiplexedServer.StartAsync(EchoAsync);
        using var connection = await RawHttp.ConnectAsync(server.EndPoint);
        await connection.SendAsync("GET /now/a HTTP/1.1\r\nHost: a\r\nX-Name: a\r\n\r\n");
        Assert.Equal("/now/a a", (await connection.ReadAnswerAsync()).Text);
        await server.WaitUntilEmptyAsync(after: TimeSpan.FromDays(1)).WaitAsync(Patience, Cancellation);
        Assert.True(await connection.IsClosedAsync());
    }

    /// <summary>It is Kestrel's from then on, also what is simple again.</summary>
    [Fact]
    public async Task Requests_that_are_not_simple_may_come_between()
    {
        await using var server = await MultiplexedServer.StartAsync(EchoAsync);
        using var connection = await RawHttp.ConnectAsync(server.EndPoint);
        foreach (var head in (string[])["GET /now/1", "GET /now/%31", "GET /waits/2", "POST /now/3", "GET /now/4"])
        {
            var length = head[0] == 'P' ? "Content-Length: 2\r\n" : "";
            await connection.SendAsync($"{head} HTTP/1.1\r\nHost: a\r\nX-Name: b\r\n{length}\r\n");
            if (head[0] == 'P')
            {
                await connection.SendAsync("ab");
            }
            Assert.Equal($"{head[(head.IndexOf(' ') + 1)..]} b", (await connection.ReadAnswerAsync()).Text);
        }
    }
}
