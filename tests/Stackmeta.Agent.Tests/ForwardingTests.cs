using System.Text;
using Stackmeta.Tests.Support;

namespace Stackmeta.Agent.Tests;

/// <summary>What the API is sent and what the guest gets back (spec/neutron-metadata.md §3.6, §3.7, Target column).</summary>
public sealed class ForwardingTests
{
    [Fact]
    public async Task The_api_is_sent_the_four_headers_and_nothing_of_the_guests()
    {
        await using var agent = await TestAgent.StartAsync();
        await agent.AskAsync(
            "/the_path",
            headers: "Cookie: a=b\r\nUser-Agent: curl\r\nX-Auth-Token: t\r\nRange: bytes=0-1\r\nAccept: text/html\r\nExpect: x\r\n"
        );
        var sent = Assert.Single(agent.Api.Requests);
        Assert.Equal("GET /the_path HTTP/1.1", sent.Line);
        Assert.Equal(
            ["Accept", "Host", "X-Forwarded-For", "X-Instance-ID", "X-Instance-ID-Signature", "X-Tenant-ID"],
            sent.Headers.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            "0423ac5ab426fe85654f33cf6ebc38df4ce8ffe5bf842017ce9f21a5bd299eae",
            sent.Headers["X-Instance-ID-Signature"]
        );
        Assert.Equal("text/html", sent.Headers["Accept"]);
        Assert.Equal($"127.0.0.1:{agent.Api.Port}", sent.Headers["Host"]);
    }

    [Theory]
    [InlineData("/latest/../../etc", "/latest/../../etc")]
    [InlineData("//host/x", "//host/x")]
    [InlineData("/a%2Fb%3Fc%23d", "/a%2Fb%3Fc%23d")]
    [InlineData("/%2e%2e/%2E/x", "/%2e%2e/%2E/x")]
    [InlineData("/%41?x=%41&y=+&z=a/../b", "/%41?x=%41&y=+&z=a/../b")]
    [InlineData("/?", "/?")]
    [InlineData("/a;b=c/'\"<>|\\^`{}", "/a;b=c/'\"<>|\\^`{}")]
    [InlineData("http://169.254.169.254/latest?q", "/latest?q")]
    [InlineData("http://evil.example:81/latest", "/latest")]
    public async Task The_raw_target_goes_on_byte_for_byte(string target, string expected)
    {
        await using var agent = await TestAgent.StartAsync();
        var answer = await agent.AskAsync(target);
        Assert.Equal(200, answer.Status);
        Assert.Equal($"GET {expected} HTTP/1.1", Assert.Single(agent.Api.Requests).Line);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("BREW")]
    // Neutron's agent writes methods in capitals, too.
    [InlineData("get", "GET")]
    [InlineData("Post", "POST")]
    public async Task Any_method_goes_on(string method, string? expected = null)
    {
        await using var agent = await TestAgent.StartAsync();
        var answer = await agent.AskAsync("/x", method);
        Assert.Equal(200, answer.Status);
        Assert.Equal($"{expected ?? method} /x HTTP/1.1", Assert.Single(agent.Api.Requests).Line);
    }

    [Theory]
    [InlineData("CONNECT 10.0.0.1:80 HTTP/1.1")]
    [InlineData("OPTIONS * HTTP/1.1")]
    public async Task What_is_no_path_is_refused(string line)
    {
        await using var agent = await TestAgent.StartAsync();
        var answer = await agent.AskRawAsync(
            $"{line}\r\nHost: 10.0.0.1:80\r\nConnection: close\r\n{TestAgent.Guest}\r\n"
        );
        Assert.Equal(400, answer.Status);
        Assert.Empty(agent.Api.Requests);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1020)]
    [InlineData(9000)]
    [InlineData(100_000)]
    public async Task A_body_goes_on_whole_with_its_length(int size)
    {
        await using var agent = await TestAgent.StartAsync();
        var body = new string('x', size);
        await agent.AskAsync("/openstack/latest/password", "POST", $"Content-Length: {size}\r\n", body);
        var sent = Assert.Single(agent.Api.Requests);
        Assert.Equal(size, sent.Body.Length);
        Assert.Equal($"{size}", sent.Headers["Content-Length"]);
    }

    [Fact]
    public async Task A_body_that_comes_after_the_head_goes_on_whole()
    {
        await using var agent = await TestAgent.StartAsync();
        using var guest = await RawHttp.ConnectAsync(agent.Address);
        await guest.SendAsync($"POST /p HTTP/1.1\r\nHost: h\r\n{TestAgent.Guest}Content-Length: 6\r\n\r\nabc");
        await Task.Delay(300);
        await guest.SendAsync("def");
        Assert.Equal(200, (await guest.ReadAnswerAsync()).Status);
        Assert.Equal("abcdef", Encoding.ASCII.GetString(Assert.Single(agent.Api.Requests).Body));
    }

    [Fact]
    public async Task A_short_chunked_body_goes_on_with_its_length_which_nova_needs()
    {
        await using var agent = await TestAgent.StartAsync();
        await agent.AskAsync("/p", "POST", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
        var sent = Assert.Single(agent.Api.Requests);
        Assert.Equal("abcde", Encoding.ASCII.GetString(sent.Body));
        Assert.Equal("5", sent.Headers["Content-Length"]);
    }

    [Fact]
    public async Task A_long_body_in_chunks_is_413_and_goes_nowhere()
    {
        await using var agent = await TestAgent.StartAsync();
        var chunk = $"4000\r\n{new string('x', 0x4000)}\r\n";
        var answer = await agent.AskAsync(
            "/p",
            "POST",
            "Transfer-Encoding: chunked\r\n",
            string.Concat(Enumerable.Repeat(chunk, 8)) + "0\r\n\r\n"
        );
        Assert.Equal(413, answer.Status);
        Assert.Empty(agent.Api.Requests);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(206)]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(409)]
    [InlineData(410)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(501)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(599)]
    public async Task Any_status_is_passed_on_with_the_apis_own_body(int status)
    {
        await using var agent = await TestAgent.StartAsync();
        agent.Api.Answer(
            $"HTTP/1.1 {status} X\r\nContent-Type: text/x; q\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 4\r\nServer: nova\r\nX-Secret: s\r\nSet-Cookie: c\r\n\r\n\u00ff\0ab"
        );
        var answer = await agent.AskAsync("/x");
        Assert.Equal(status, answer.Status);
        Assert.Equal([0xff, 0, (byte)'a', (byte)'b'], answer.Body);
        Assert.Equal("text/x; q", answer["Content-Type"]);
        Assert.Equal("4", answer["Content-Length"]);
        Assert.Null(answer["Server"]);
        Assert.Null(answer["X-Secret"]);
        Assert.Null(answer["Set-Cookie"]);
    }

    [Theory]
    [InlineData(204, "")]
    [InlineData(304, "")]
    [InlineData(404, "Content-Length: 0\r\n")]
    [InlineData(200, "Content-Length: 0\r\n")]
    public async Task An_empty_answer_is_passed_on(int status, string length)
    {
        await using var agent = await TestAgent.StartAsync();
        agent.Api.Answer($"HTTP/1.1 {status} X\r\n{length}\r\n");
        var answer = await agent.AskAsync("/x");
        Assert.Equal(status, answer.Status);
        Assert.Empty(answer.Body);
        Assert.Null(answer["Content-Type"]);
    }

    [Fact]
    public async Task All_bytes_come_through_also_compressed_ones()
    {
        await using var agent = await TestAgent.StartAsync();
        var bytes = new string([.. Enumerable.Range(0, 256).Select(i => (char)i)]);
        agent.Api.Answer(
            $"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Encoding: gzip\r\nContent-Length: 259\r\n\r\n\u001f\u008b\u0008{bytes}"
        );
        var answer = await agent.AskAsync("/x");
        Assert.Equal(Encoding.Latin1.GetBytes("\u001f\u008b\u0008" + bytes), answer.Body);
        Assert.Equal("gzip", answer["Content-Encoding"]);
    }

    [Fact]
    public async Task Chunked_and_unbounded_answers_come_through()
    {
        await using var agent = await TestAgent.StartAsync();
        agent.Api.Answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        Assert.Equal("abcde", (await agent.AskAsync("/x")).Text);
        agent.Api.AnswerThenClose("HTTP/1.1 200 OK\r\n\r\nuntil close");
        Assert.Equal("until close", (await agent.AskAsync("/x")).Text);
    }

    [Fact]
    public async Task Head_keeps_the_length_of_what_get_would_give()
    {
        await using var agent = await TestAgent.StartAsync();
        agent.Api.Answer("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 1234\r\n\r\n");
        var answer = await agent.AskAsync("/x", "HEAD");
        Assert.Equal(200, answer.Status);
        Assert.Equal("1234", answer["Content-Length"]);
        Assert.Empty(answer.Body);
    }

    [Fact]
    public async Task A_misspelt_head_gets_an_answer_that_ends()
    {
        await using var agent = await TestAgent.StartAsync();
        agent.Api.Answer("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 1234\r\n\r\n");
        var answer = await agent.AskAsync("/x", "head");
        Assert.Equal(200, answer.Status);
        Assert.False(answer.IsCutShort);
    }

    [Fact]
    public async Task A_hundred_megabytes_stream_through_little_memory()
    {
        await using var agent = await TestAgent.StartAsync();
        const int Megabytes = 100;
        agent.Api.OnRequest = async (_, stream) =>
        {
            await FakeApi.WriteAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Length: {Megabytes << 20}\r\n\r\n");
            var block = new byte[1 << 20];
            for (var i = 0; i < Megabytes; i++)
            {
                block.AsSpan().Fill((byte)i);
                await stream.WriteAsync(block);
            }
            return true;
        };
        using var guest = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix,
            System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Unspecified
        );
        await guest.ConnectAsync(agent.Address);
        await guest.SendAsync(
            Encoding.ASCII.GetBytes($"GET /big HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{TestAgent.Guest}\r\n")
        );
        var buffer = new byte[1 << 20];
        long received = 0;
        int count;
        while ((count = await guest.ReceiveAsync(buffer)) > 0)
        {
            received += count;
        }
        Assert.InRange(received, (long)Megabytes << 20, ((long)Megabytes << 20) + 1000);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, 90L << 20);
    }

    [Fact]
    public async Task Connections_to_the_api_are_used_again()
    {
        await using var agent = await TestAgent.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await agent.AskAsync("/x");
        }
        Assert.Equal(20, agent.Api.Requests.Count);
        Assert.Equal(1, agent.Api.Connections);
    }
}
