using Stackmeta.Tests.Support;

namespace Stackmeta.Api.Tests;

/// <summary>Bytes that are refused before any of our code sees a request still get a page that says so.</summary>
public sealed class UnreadableRequestTests
{
    [Theory]
    [InlineData("GET\t/openstack/latest/meta_data.json HTTP/1.1", 400)]
    [InlineData("GET /latest/m\u00ebta HTTP/1.1", 400)]
    [InlineData("G@T / HTTP/1.1", 400)]
    [InlineData("nonsense", 400)]
    public async Task A_page_says_that_the_request_is_malformed(string line, int status)
    {
        await using var api = await TestApi.StartAsync();
        var answer = await RawHttp.AskAsync(api.Address, $"{line}\r\nHost: h\r\n\r\n");
        Assert.Equal(status, answer.Status);
        Assert.Equal("text/plain; charset=UTF-8", answer["Content-Type"]);
        Assert.Contains("malformed", answer.Text);
        Assert.False(answer.IsCutShort);
    }

    [Fact]
    public async Task A_head_request_gets_no_body_and_neither_does_one_after_others()
    {
        await using var api = await TestApi.StartAsync();
        using var connection = await RawHttp.ConnectAsync(api.Address);
        await connection.SendAsync(
            $"GET / HTTP/1.1\r\nHost: h\r\n\r\nHEAD / HTTP/1.1\r\nHost: h\r\n\r\nHEAD \\ HTTP/1.1\r\nHost: h\r\n\r\n"
        );
        Assert.Equal(200, (await connection.ReadAnswerAsync()).Status);
        Assert.Equal(200, (await connection.ReadAnswerAsync(isHead: true)).Status);
        Assert.Equal(400, (await connection.ReadAnswerAsync(isHead: true)).Status);
        Assert.True(await connection.IsClosedAsync());
    }

    [Fact]
    public async Task A_get_after_a_head_gets_its_body()
    {
        await using var api = await TestApi.StartAsync();
        using var connection = await RawHttp.ConnectAsync(api.Address);
        await connection.SendAsync("HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET \\ HTTP/1.1\r\nHost: h\r\n\r\n");
        await connection.ReadAnswerAsync(isHead: true);
        Assert.Contains("malformed", (await connection.ReadAnswerAsync()).Text);
    }
}
