using Stackmeta.Tests.Support;

namespace Stackmeta.Agent.Tests;

/// <summary>Requests that are not correct HTTP, or too large: nothing of them reaches the API.</summary>
public sealed class BadRequestTests
{
    public static TheoryData<string, string> Smuggled => Smuggling.Requests;

    [Theory]
    [MemberData(nameof(Smuggled))]
    public async Task One_request_in_is_at_most_one_request_out(string name, string request)
    {
        await using var agent = await TestAgent.StartAsync();
        await Smuggling.AssertRefusedAsync(agent.Address, request, TestAgent.Guest);
        Assert.NotEmpty(name);
        Assert.DoesNotContain(agent.Api.Requests, r => r.Line.Contains("smuggled", StringComparison.Ordinal));
        Assert.Equal(200, (await agent.AskAsync("/latest")).Status);
    }

    [Fact]
    public async Task Broken_chunks_are_refused()
    {
        await using var agent = await TestAgent.StartAsync();
        await Smuggling.AssertRefusedAsync(agent.Address, Smuggling.BrokenChunks, TestAgent.Guest);
        Assert.Empty(agent.Api.Requests);
    }

    [Fact]
    public async Task Chunks_beyond_the_limit_are_413()
    {
        await using var agent = await TestAgent.StartAsync();
        using var guest = await RawHttp.ConnectAsync(agent.Address);
        await guest.SendAsync($"POST /p HTTP/1.1\r\nHost: h\r\n{TestAgent.Guest}Transfer-Encoding: chunked\r\n\r\n");
        var chunk = $"100000\r\n{new string('x', 0x100000)}\r\n";
        for (var i = 0; i < 17; i++)
        {
            await guest.SendAsync(chunk);
        }
        Assert.Equal(413, (await guest.ReadAnswerAsync()).Status);
    }

    [Theory]
    [InlineData(40_000, 0, 414)]
    [InlineData(10, 100_000, 431)]
    public async Task Huge_lines_are_refused(int target, int header, int status)
    {
        await using var agent = await TestAgent.StartAsync();
        var answer = await agent.AskAsync(
            $"/{new string('a', target)}",
            headers: $"X-Big: {new string('b', header)}\r\n"
        );
        Assert.Equal(status, answer.Status);
        Assert.Empty(agent.Api.Requests);
    }

    [Fact]
    public async Task A_guests_header_of_5000_bytes_does_no_harm()
    {
        await using var agent = await TestAgent.StartAsync();
        Assert.Equal(200, (await agent.AskAsync("/latest", headers: $"X-Big: {new string('b', 5000)}\r\n")).Status);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_413()
    {
        await using var agent = await TestAgent.StartAsync();
        using var guest = await RawHttp.ConnectAsync(agent.Address);
        await guest.SendAsync($"POST /p HTTP/1.1\r\nHost: h\r\n{TestAgent.Guest}Content-Length: 17000000\r\n\r\nabc");
        Assert.Equal(413, (await guest.ReadAnswerAsync()).Status);
    }

    [Fact]
    public async Task OSSA_2012_003_log_lines_are_short_and_single_and_few_whatever_is_sent()
    {
        await using var agent = await TestAgent.StartAsync();
        var huge = new string('a', 20_000);
        for (var i = 0; i < 100; i++)
        {
            await agent.AskAsAsync($"X-Neutron-Network-ID: {huge}\u0085\t\u009b\r\nX-Forwarded-For: 10.0.0.{i}\r\n");
        }
        var lines = agent.Log.Of(2001);
        Assert.InRange(lines.Count, 1, 60);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 900));
        Assert.All(lines, line => Assert.DoesNotContain(line, c => c is < ' ' or > '~'));
    }

    [Theory]
    [InlineData("[fe80::a9fe:a9fe%eth0]")]
    [InlineData("[fe80::a9fe:a9fe%25eth0]:80")]
    public async Task A_host_header_with_a_zone_is_taken(string host)
    {
        await using var agent = await TestAgent.StartAsync();
        var answer = await agent.AskRawAsync(
            $"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{TestAgent.Guest}\r\n"
        );
        Assert.Equal(200, answer.Status);
    }
}
