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
        "GET /empty HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /refused HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n",
        "GET /leaves HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /late HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /throws HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /throws-late HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /aborts HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /too-short HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /long HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
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
            Assert.Equal((head, expected), (head, AsKestrelWrites(await trunk.TalkAsync(bytes))));
            // Exchanges are used again: nothing of another question may be left.
            Assert.Equal((head, expected), (head, AsKestrelWrites(await trunk.TalkAsync(bytes))));
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
                    var answered = AsKestrelWrites(await trunk.TalkAsync(all));
                    Assert.Equal(expected, answered);
                },
                iter: 1500,
                threads: 4
            );
    }

    /// <summary>A chunk's length may have zeros before it (RFC 9112 §7.1); ours has.</summary>
    static string AsKestrelWrites(string answer)
    {
        for (var at = 0; (at = answer.IndexOf("\r\n000", at, StringComparison.Ordinal)) >= 0; )
        {
            var digits = answer.AsSpan(at + 2).TrimStart('0');
            answer = string.Concat(answer.AsSpan(0, at + 2), digits);
            at += 2;
        }
        return answer;
    }
}
