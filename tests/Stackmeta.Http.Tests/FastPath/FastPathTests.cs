using System.Text;
using CsCheck;
using Stackmeta.Core.Refusals;
using Stackmeta.Tests.Support;

namespace Stackmeta.Http.Tests;

/// <summary>Whoever answers, the fast path or Kestrel, the handler sees the same request and the caller the same bytes.</summary>
public sealed class FastPathTests
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
        "GET /relayed HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /relayed-short HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /breaks HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /headers HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /header-bad HTTP/1.1\r\nHost: a\r\n\r\n",
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

    static async ValueTask<Response> HandleAsync(Request request)
    {
        var path = request.Target.Split('?')[0];
        switch (path)
        {
            case "/chunks":
                return new()
                {
                    Status = 200,
                    ContentType = "text/plain",
                    Body = "first"u8.ToArray(),
                    Rest = new PieceStream("second ", "third"),
                };
            case "/nothing":
                return new() { Status = 204 };
            case "/empty":
                return new() { Status = 200 };
            case "/refused":
                return Response.Of(request, Refusal.MetadataApiUnreachable);
            case "/leaves":
                return Handling.Say(request, "leaves") with { Closes = true };
            case "/late":
                await Task.Yield();
                break;
            case "/throws":
                throw new InvalidOperationException("This is what the test is about.");
            case "/throws-late":
                await Task.Yield();
                throw new InvalidOperationException("This is what the test is about.");
            case "/aborts":
                return Response.CutOff;
            case "/long":
                return Response.Of(request, 200, "text/plain", new byte[3_000_000]);
            case "/relayed":
                return Relay(length: 10, "12345", "67890");
            case "/relayed-short":
                return Relay(length: 10, "12345");
            case "/breaks":
                return new() { Status = 200, Rest = new BrokenStream() };
            case "/headers":
                return Handling.Say(request, "headers").With("X-One", "1").With("X-Two", "2").With("X-Empty", "");
            case "/header-bad":
                return Handling.Say(request, "never").With("X-Bad", "\r\nX-Worse: 1");
        }
        using var body = new MemoryStream();
        await (request.Body?.CopyToAsync(body, request.Aborted) ?? Task.CompletedTask);
        var seen = new StringBuilder()
            .Append($"{request.Method} {request.Target} {request.ContentLength} {body.Length} {request.Body is null}\n")
            .Append(
                $"{request.PeerAddress} {request.Headers.TryGetValue("x-TWICE", out _)} {request.Connection is null}\n"
            );
        // Kestrel has its own order.
        List<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> headers = [.. request.Headers.All];
        foreach (var (name, values) in headers.OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase))
        {
            seen.Append($"{name.ToLowerInvariant()} {values.Count}: {values}\n");
        }
        return Handling.Say(request, seen.ToString());
    }

    static Response Relay(long length, params string[] pieces) =>
        new()
        {
            Status = 200,
            Length = length,
            Rest = new PieceStream(pieces),
        };

    [Fact]
    public async Task A_body_that_ends_too_early_is_cut_off_and_not_taken_for_whole()
    {
        await using var server = await MultiplexedServer.StartAsync(HandleAsync);
        Assert.Equal(
            "HTTP/1.1 200 OK\r\nDate: then\r\nTransfer-Encoding: chunked\r\n\r\n",
            await server.TalkAsync("GET /breaks HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray())
        );
    }

    /// <summary>All up to the first one without Host are, but for equal options that stand twice.</summary>
    [Fact]
    public void What_clients_send_is_simple_and_what_could_be_read_in_two_ways_is_not()
    {
        var simple = Heads
            .Where(head => new FastExchange(32768, 65536, null!, null).TryRead(Encoding.Latin1.GetBytes(head)))
            .ToList();
        Assert.Equal(Heads[..Array.IndexOf(Heads, "GET / HTTP/1.1\r\n\r\n")], simple);
    }

    [Fact]
    public async Task The_response_is_the_same_byte_for_byte()
    {
        await using var kestrel = await MultiplexedServer.StartAsync(HandleAsync, isKestrelOnly: true);
        await using var multiplexer = await MultiplexedServer.StartAsync(HandleAsync);
        foreach (var head in Heads)
        {
            var bytes = Encoding.Latin1.GetBytes(head);
            var expected = await kestrel.TalkAsync(bytes);
            Assert.Equal((head, expected), (head, await multiplexer.TalkAsync(bytes)));
            // Exchanges are used again: nothing of another request may be left.
            Assert.Equal((head, expected), (head, await multiplexer.TalkAsync(bytes)));
        }
    }

    /// <summary>Requests with something wrong in them, and several in a row.</summary>
    [Fact]
    public async Task No_byte_anywhere_makes_a_difference_between_them()
    {
        await using var kestrel = await MultiplexedServer.StartAsync(HandleAsync, isKestrelOnly: true);
        await using var multiplexer = await MultiplexedServer.StartAsync(HandleAsync);
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
                    var answered = await multiplexer.TalkAsync(all);
                    Assert.Equal(expected, answered);
                },
                iter: 1500,
                threads: 4
            );
    }

    /// <summary>A body that comes in pieces, each later than the one before.</summary>
    sealed class PieceStream(params string[] pieces) : MemoryStream
    {
        int _next;

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            await Task.Yield();
            return _next == pieces.Length ? 0 : Encoding.ASCII.GetBytes(pieces[_next++], buffer.Span);
        }
    }

    sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("This is what the test is about.");
    }
}
