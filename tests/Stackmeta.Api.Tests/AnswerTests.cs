namespace Stackmeta.Api.Tests;

public sealed class AnswerTests
{
    [Fact]
    public async Task A_document_comes_with_its_length_and_type()
    {
        await using var api = await TestApi.StartAsync();
        var answer = await api.AskAsync("/latest/meta-data/hostname");
        Assert.Equal(200, answer.Status);
        Assert.Equal("web-1.novalocal", answer.Text);
        Assert.Equal("15", answer["Content-Length"]);
        Assert.Equal("text/plain; charset=UTF-8", answer["Content-Type"]);
        Assert.Null(answer["Server"]);
    }

    [Theory]
    [InlineData("[fe80::a9fe:a9fe%eth0]")]
    [InlineData("[fe80::a9fe:a9fe%25eth0]")]
    [InlineData("[fe80::a9fe:a9fe]")]
    [InlineData("[fe80::a9fe:a9fe%eth0]:80")]
    [InlineData("169.254.169.254")]
    public async Task A_host_header_with_a_zone_is_taken(string host)
    {
        await using var api = await TestApi.StartAsync();
        var answer = await Stackmeta.Tests.Support.RawHttp.AskAsync(
            api.Address,
            $"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"
        );
        Assert.Equal(200, answer.Status);
    }
}
