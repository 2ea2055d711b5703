using System.Buffers;
using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Stackmeta.Http.Tests;

/// <summary>Whoever answers, the trunk by itself or Kestrel, the application sees the same request and the caller the same bytes.</summary>
public sealed class PlainAnswerTests
{
    /// <summary>What clients of instances really send (tests/Support/traces), what they might, and what nobody ought to.</summary>
    static readonly string[] Heads =
    [
        "GET /openstack/latest/meta_data.json HTTP/1.1\r\nHost: 169.254.169.254\r\nUser-Agent: Cloud-Init/22.4.2\r\nAccept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n",
        "GET /latest/meta-data/ HTTP/1.1\r\nHost: 169.254.169.254\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n",
        "GET /2009-04-04/instance-id HTTP/1.1\r\nHost: 169.254.169.254\r\nUser-Agent: Wget\r\nConnection: close\r\n\r\n",
        "GET /a?b=c&d HTTP/1.1\r\nhost: a:80\r\naccept:text/html\r\nX-Twice: 1\r\nx-twice:  2  \r\nEmpty:\r\n\r\n",
        "GET /chunks HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n",
        "GET /empty HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /refused HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n",
        "GET /leaves HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /late HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /throws HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /throws-late HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /aborts HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /long HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /starting HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /starting-late HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /completed HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /completed-throws HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /file HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /early HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /header-late HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /header-bad HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /header-empty HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /status-late HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /changes HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n",
        "GET /features HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nConnection: CLOSE\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: keep-alive\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive\r\nConnection: Close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, keep-alive\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [fe80::a9fe:a9fe%eth0]\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nA B: c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nA : c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nA: \u00e4\u0001\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
        "GET /a/../%2e%2E/b%00%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://b/c HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET //b#c HTTP/1.1\r\nHost: a\r\n\r\n",
        "get / HTTP/1.1\r\nHost: a\r\n\r\n",
        "HEAD /openstack HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /openstack/2013-04-04/password HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /cut HTTP/1.1\r\nHost: a\r\n",
        "",
    ];

    static async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        switch (request.Path.Value)
        {
            case "/chunks":
                response.ContentType = "text/plain";
                await response.StartAsync();
                await response.BodyWriter.WriteAsync("first"u8.ToArray());
                response.BodyWriter.Write("second "u8);
                response.BodyWriter.Write("third"u8);
                return;
            case "/nothing":
                response.StatusCode = StatusCodes.Status204NoContent;
                return;
            case "/empty":
                return;
            case "/refused":
                await Answer.WriteRefusalAsync(context, Metadata.Refusal.MetadataApiUnreachable);
                return;
            case "/leaves":
                response.Headers.Connection = "close";
                break;
            case "/late":
                await Task.Yield();
                break;
            case "/throws":
                throw new InvalidOperationException("This is what the test is about.");
            case "/throws-late":
                await Task.Yield();
                throw new InvalidOperationException("This is what the test is about.");
            case "/aborts":
                context.Abort();
                return;
            case "/too-short":
                response.ContentLength = 10;
                response.BodyWriter.Write("short"u8);
                return;
            case "/starting" or "/starting-late":
                response.OnStarting(() => Mark(response, "first"));
                response.OnStarting(async () =>
                {
                    await Task.Yield();
                    await Mark(response, "second");
                });
                if (request.Path == "/starting-late")
                {
                    response.BodyWriter.Write("before the head"u8);
                    await response.BodyWriter.FlushAsync();
                }
                break;
            case "/completed" or "/completed-throws":
                response.OnCompleted(() => Completed(request.Path, "first"));
                response.OnCompleted(() => Completed(request.Path, "second"));
                break;
            case "/file":
                await response.SendFileAsync(Environment.ProcessPath!, 1, 3);
                return;
            case "/early":
                response.BodyWriter.Write("early"u8);
                response.Headers["X-Later"] = "yes";
                return;
            case "/header-late":
                await response.StartAsync();
                response.Headers["X-Later"] = "no";
                return;
            case "/header-bad":
                response.Headers["X-Bad"] = "\u00e4";
                return;
            case "/header-empty":
                response.Headers["X-Empty"] = "";
                response.Headers["X-None"] = "a";
                response.Headers["X-None"] = default;
                break;
            case "/status-late":
                await response.StartAsync();
                response.StatusCode = 404;
                return;
            case "/changes":
                request.Method = "PUT";
                request.Headers["X"] = "z";
                request.Headers["Y"] = "new";
                request.Path = "/changed";
                request.QueryString = new("?changed");
                request.Scheme = "https";
                request.Body = new MemoryStream("changed"u8.ToArray());
                context.RequestAborted = new(canceled: false);
                context.Connection.RemoteIpAddress = System.Net.IPAddress.Loopback;
                break;
            case "/features":
                response.Headers["X-Limit"] =
                    $"{context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize}";
                response.Headers["X-Control"] =
                    $"{context.Features.Get<IHttpBodyControlFeature>()?.AllowSynchronousIO} {context.TraceIdentifier.Length > 0}";
                break;
            case "/long":
                await Answer.WriteAsync(context, 200, "text/plain", new byte[3_000_000]);
                return;
        }
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        var seen = new StringBuilder()
            .Append($"{request.Method} {RequestTarget.Of(context)} {request.Path} {request.QueryString} ")
            .Append($"{request.Protocol} {request.Scheme} {request.PathBase} {request.ContentLength} {body.Length}\n")
            .Append($"{context.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody}\n")
            .Append($"{context.Connection.RemoteIpAddress} {request.Headers.ContainsKey("x-TWICE")}\n");
        // Kestrel has its own order.
        foreach (var (name, values) in request.Headers.OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase))
        {
            seen.Append($"{name.ToLowerInvariant()} {values.Count}: {values}\n");
        }
        await Answer.WriteAsync(context, 200, "text/plain; charset=utf-8", Encoding.Latin1.GetBytes(seen.ToString()));
    }

    [Fact]
    public async Task A_response_that_is_shorter_than_it_said_is_500_and_the_connection_ends()
    {
        await using var server = await TrunkServer.StartAsync(AnswerAsync);
        Assert.Equal(
            "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\nDate: then\r\n\r\n",
            await server.TalkAsync("GET /too-short HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray())
        );
    }

    static Task Mark(HttpResponse response, string mark)
    {
        response.Headers.Append("X-Started", mark);
        return Task.CompletedTask;
    }

    /// <summary>Who was told that a response is sent; of both servers.</summary>
    static readonly System.Collections.Concurrent.ConcurrentQueue<string> Told = new();

    static Task Completed(PathString path, string mark)
    {
        Told.Enqueue(mark);
        return path == "/completed-throws"
            ? throw new InvalidOperationException("This is what the test is about.")
            : Task.CompletedTask;
    }

    [Fact]
    public async Task Who_waits_for_the_end_of_a_response_is_told_in_the_same_order()
    {
        foreach (var isKestrelOnly in (bool[])[true, false])
        {
            await using var server = await TrunkServer.StartAsync(AnswerAsync, isKestrelOnly: isKestrelOnly);
            Told.Clear();
            await server.TalkAsync("GET /completed HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            // The client may have its response before anybody is told that it is sent.
            for (var i = 0; Told.Count < 2 && i < 1000; i++)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
            Assert.Equal(["second", "first"], Told);
        }
    }

    /// <summary>The first four, and all whose path is an order to the application.</summary>
    [Fact]
    public void What_clients_send_is_plain_and_what_could_be_read_in_two_ways_is_not()
    {
        var plain = Heads
            .Where(head => new PlainRequest(32768, 65536).TryTake(Encoding.Latin1.GetBytes(head)))
            .ToList();
        Assert.Equal(Heads[..Array.IndexOf(Heads, "GET / HTTP/1.1\r\n\r\n")], plain);
    }

    [Fact]
    public async Task The_answer_is_the_same_byte_for_byte()
    {
        await using var kestrel = await TrunkServer.StartAsync(AnswerAsync, isKestrelOnly: true);
        await using var trunk = await TrunkServer.StartAsync(AnswerAsync);
        foreach (var head in Heads)
        {
            var bytes = Encoding.Latin1.GetBytes(head);
            var expected = await kestrel.TalkAsync(bytes);
            Assert.Equal((head, expected), (head, await trunk.TalkAsync(bytes)));
            // Exchanges are used again: nothing of another question may be left.
            Assert.Equal((head, expected), (head, await trunk.TalkAsync(bytes)));
        }
    }

    /// <summary>Requests with something wrong in them, and several in a row.</summary>
    [Fact]
    public async Task No_byte_anywhere_makes_a_difference_between_them()
    {
        await using var kestrel = await TrunkServer.StartAsync(AnswerAsync, isKestrelOnly: true);
        await using var trunk = await TrunkServer.StartAsync(AnswerAsync);
        var bytes = Gen.OneOf(Gen.Byte, Gen.Char[" \t\r\n:,;%/.?#\0"].Select(static letter => (byte)letter));
        var mutation = Gen.Select(Gen.Int[0, 300], bytes, Gen.Int[0, 2]);
        await Gen.Select(Gen.Int[0, Heads.Length - 1].Array[1, 3], mutation.Array[0, 3])
            .SampleAsync(
                async (heads, mutations) =>
                {
                    var request = heads.SelectMany(head => Encoding.Latin1.GetBytes(Heads[head])).ToList();
                    foreach (var (at, value, kind) in mutations.Where(mutation => mutation.Item1 < request.Count))
                    {
                        if (kind == 0)
                        {
                            request[at] = value;
                        }
                        else if (kind == 1)
                        {
                            request.Insert(at, value);
                        }
                        else
                        {
                            request.RemoveAt(at);
                        }
                    }
                    byte[] all = [.. request];
                    var expected = await kestrel.TalkAsync(all);
                    var answered = await trunk.TalkAsync(all);
                    Assert.Equal(expected, answered);
                },
                iter: 1500,
                threads: 4
            );
    }
}
