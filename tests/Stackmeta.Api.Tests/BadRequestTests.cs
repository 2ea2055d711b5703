using Stackmeta.Tests.Support;

namespace Stackmeta.Api.Tests;

/// <summary>Requests that are not correct HTTP, or too large.</summary>
public sealed class BadRequestTests
{
    public static TheoryData<string, string> Smuggled => Smuggling.Requests;

    [Theory]
    [MemberData(nameof(Smuggled))]
    public async Task One_request_in_is_one_answer_out(string name, string request)
    {
        await using var api = await TestApi.StartAsync();
        await Smuggling.AssertRefusedAsync(api.Address, request, TestApi.Proof());
        Assert.NotEmpty(name);
        // The service goes on.
        Assert.Equal(200, (await api.AskAsync("/latest/meta-data/hostname")).Status);
    }

    [Fact]
    public async Task Broken_chunks_that_nobody_reads_hide_no_request()
    {
        await using var api = await TestApi.StartAsync();
        await Smuggling.AssertRefusedAsync(api.Address, Smuggling.BrokenChunks, "");
    }

    [Theory]
    [InlineData(40_000, 0, 414)]
    [InlineData(10, 100_000, 431)]
    public async Task Huge_lines_are_refused(int target, int header, int status)
    {
        await using var api = await TestApi.StartAsync();
        var answer = await api.AskAsync(
            $"/{new string('a', target)}",
            headers: $"X-Big: {new string('b', header)}\r\n"
        );
        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task A_large_target_and_large_headers_below_the_limits_are_answered()
    {
        await using var api = await TestApi.StartAsync();
        var answer = await api.AskAsync(
            $"/{new string('a', 30_000)}",
            headers: $"X-Big: {new string('b', 60_000)}\r\n"
        );
        Assert.Equal(404, answer.Status);
    }

    [Fact]
    public async Task A_huge_body_that_nobody_asked_for_is_not_read()
    {
        await using var api = await TestApi.StartAsync();
        using var connection = await RawHttp.ConnectAsync(api.Address);
        await connection.SendAsync(
            $"POST /latest/meta-data/hostname HTTP/1.1\r\nHost: h\r\n{TestApi.Proof()}Content-Length: 5000000000\r\n\r\nabc"
        );
        Assert.Equal(413, (await connection.ReadAnswerAsync()).Status);
        Assert.True(await connection.IsClosedAsync());
    }

    [Fact]
    public async Task Asterisk_and_authority_are_refused()
    {
        await using var api = await TestApi.StartAsync();
        foreach (var line in (string[])["OPTIONS * HTTP/1.1", "CONNECT h:80 HTTP/1.1"])
        {
            var answer = await RawHttp.AskAsync(
                api.Address,
                $"{line}\r\nHost: h:80\r\nConnection: close\r\n{TestApi.Proof()}\r\n"
            );
            Assert.Equal(400, answer.Status);
        }
    }
}
