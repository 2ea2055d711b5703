using Stackmeta.Core.Refusals;
using Stackmeta.Tests.Support;

namespace Stackmeta.Api.Tests;

/// <summary>The password that a guest tells (spec/nova-metadata.md §5.4; cases K).</summary>
public sealed class PasswordTests
{
    const string Path = "/openstack/latest/password";

    [Fact]
    public async Task K2_an_unset_one_is_an_empty_page()
    {
        await using var api = await TestApi.StartAsync();
        var answer = await api.AskAsync(Path);
        Assert.Equal(200, answer.Status);
        Assert.Empty(answer.Body);
        Assert.Equal("text/html; charset=UTF-8", answer["Content-Type"]);
    }

    [Fact]
    public async Task K3_a_posted_one_is_stored_and_shown_at_once_without_a_new_load()
    {
        await using var api = await TestApi.StartAsync();
        var answer = await PostAsync(api, "bar");
        Assert.Equal(200, answer.Status);
        Assert.Empty(answer.Body);
        Assert.Equal("text/html; charset=UTF-8", answer["Content-Type"]);
        Assert.Equal("bar", api.Source.Instances[TestApi.Uuid].Password);
        Assert.Equal("bar", (await api.AskAsync(Path)).Text);
        Assert.Equal(1, api.Source.Loads);
    }

    [Fact]
    public async Task K5_K13_a_second_one_is_409_whatever_is_kept()
    {
        await using var api = await TestApi.StartAsync();
        await PostAsync(api, "one");
        var answer = await PostAsync(api, "two");
        Assert.Equal(409, answer.Status);
        Assert.Contains(
            "There was a conflict when trying to complete your request.",
            answer.Text,
            StringComparison.Ordinal
        );
        Assert.Equal("one", (await api.AskAsync(Path)).Text);
        // Checked before the size.
        Assert.Equal(409, (await PostAsync(api, new string('x', 2000))).Status);
    }

    [Fact]
    public async Task One_that_another_has_set_meanwhile_is_409_and_shown()
    {
        await using var api = await TestApi.StartAsync();
        await api.AskAsync(Path);
        api.Source.Instances[TestApi.Uuid] = TestApi.Web1 with { Password = "set elsewhere" };
        Assert.Equal(409, (await PostAsync(api, "mine")).Status);
        Assert.Equal("set elsewhere", (await api.AskAsync(Path)).Text);
    }

    [Fact]
    public async Task One_that_another_has_cleared_meanwhile_may_be_set()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var api = await TestApi.StartAsync(time);
        await PostAsync(api, "one");
        api.Source.Instances[TestApi.Uuid] = TestApi.Web1;
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(200, (await PostAsync(api, "two")).Status);
        Assert.Equal("two", (await api.AskAsync(Path)).Text);
    }

    [Fact]
    public async Task Of_many_at_once_exactly_one_wins()
    {
        await using var api = await TestApi.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => PostAsync(api, $"p{i}")));
        Assert.Equal(1, answers.Count(a => a.Status == 200));
        Assert.Equal(19, answers.Count(a => a.Status == 409));
    }

    [Theory]
    [InlineData(1020, 200)]
    [InlineData(1021, 400)]
    [InlineData(100_000, 400)]
    public async Task K6_K10_1020_bytes_are_taken_and_no_more(int size, int status)
    {
        await using var api = await TestApi.StartAsync();
        var answer = await PostAsync(api, new string('a', size));
        Assert.Equal(status, answer.Status);
        if (status == 400)
        {
            Assert.Contains("Request is too large.", answer.Text, StringComparison.Ordinal);
            Assert.Equal("", api.Source.Instances[TestApi.Uuid].Password);
        }
    }

    [Fact]
    public async Task K11_bytes_count_not_characters()
    {
        await using var api = await TestApi.StartAsync();
        // 510 times é in UTF-8, as bytes.
        var body = string.Concat(Enumerable.Repeat("\u00c3\u00a9", 510));
        Assert.Equal(200, (await PostAsync(api, body)).Status);
        Assert.Equal(new string('\u00e9', 510), api.Source.Instances[TestApi.Uuid].Password);
    }

    [Fact]
    public async Task K12_an_empty_one_is_taken_and_leaves_it_unset()
    {
        await using var api = await TestApi.StartAsync();
        Assert.Equal(200, (await PostAsync(api, "")).Status);
        Assert.Equal(200, (await PostAsync(api, "later")).Status);
    }

    [Theory]
    [InlineData("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 200)]
    [InlineData("0\r\n\r\n", 200)]
    [InlineData("zz\r\n", 400)]
    [InlineData("3\r\nabcX", 400)]
    public async Task K16_a_chunked_one_is_read_properly(string chunks, int status)
    {
        await using var api = await TestApi.StartAsync();
        var answer = await api.AskAsync(Path, "POST", "Transfer-Encoding: chunked\r\n", chunks);
        Assert.Equal(status, answer.Status);
        Assert.Equal(
            chunks.StartsWith("3\r\nabc\r\n", StringComparison.Ordinal) ? "abcde" : "",
            api.Source.Instances[TestApi.Uuid].Password
        );
    }

    [Fact]
    public async Task One_in_chunks_that_is_too_long_or_has_no_end_is_refused()
    {
        await using var api = await TestApi.StartAsync();
        using var connection = await RawHttp.ConnectAsync(api.Address);
        await connection.SendAsync(
            $"POST {Path} HTTP/1.1\r\nHost: h\r\n{TestApi.Proof()}Transfer-Encoding: chunked\r\n\r\n400\r\n{new string('x', 0x400)}\r\n"
        );
        connection.EndSending();
        Assert.Equal(400, (await connection.ReadAnswerAsync()).Status);
        var answer = await api.AskAsync(
            Path,
            "POST",
            "Transfer-Encoding: chunked\r\n",
            $"400\r\n{new string('x', 0x400)}\r\n0\r\n\r\n"
        );
        Assert.Equal(400, answer.Status);
        Assert.Equal("", api.Source.Instances[TestApi.Uuid].Password);
    }

    [Fact]
    public async Task K16_one_that_is_no_text_is_400()
    {
        await using var api = await TestApi.StartAsync();
        Assert.Equal(400, (await PostAsync(api, "\u00ff\u00fe")).Status);
        Assert.Equal("", api.Source.Instances[TestApi.Uuid].Password);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("HEAD")]
    [InlineData("get")]
    public async Task K8_other_methods_are_400(string method)
    {
        await using var api = await TestApi.StartAsync();
        Assert.Equal(400, (await api.AskAsync(Path, method)).Status);
    }

    [Fact]
    public async Task K9_the_oldest_version_has_none()
    {
        await using var api = await TestApi.StartAsync();
        Assert.Equal(404, (await api.AskAsync("/openstack/2012-08-10/password")).Status);
        Assert.Equal(
            404,
            (await api.AskAsync("/openstack/2012-08-10/password", "POST", "Content-Length: 1\r\n", "x")).Status
        );
    }

    [Fact]
    public async Task K7_an_instance_that_is_gone_by_then_is_400_and_named()
    {
        await using var api = await TestApi.StartAsync();
        await api.AskAsync(Path);
        api.Source.Instances.Clear();
        var answer = await PostAsync(api, "x");
        Assert.Equal(400, answer.Status);
        Assert.Contains($"Instance {TestApi.Uuid} could not be found.", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_cannot_write_is_503_and_nothing_is_shown()
    {
        await using var api = await TestApi.StartAsync();
        await api.AskAsync(Path);
        api.Source.Trouble = Refusal.InstanceSourceUnavailable;
        Assert.Equal(503, (await PostAsync(api, "x")).Status);
        Assert.Empty((await api.AskAsync(Path)).Body);
    }

    [Fact]
    public async Task A_password_is_never_logged()
    {
        await using var api = await TestApi.StartAsync();
        await PostAsync(api, "canary-password");
        await PostAsync(api, "canary-password");
        await PostAsync(api, "canary-password\u00ff");
        Assert.All(api.Log.Lines, line => Assert.DoesNotContain("canary-password", line, StringComparison.Ordinal));
    }

    static Task<RawAnswer> PostAsync(TestApi api, string body) =>
        api.AskAsync(Path, "POST", $"Content-Length: {body.Length}\r\n", body);
}
