using Stackmeta.Tests.Support;

namespace Stackmeta.Api.Tests;

/// <summary>Methods, headers and forms of answers (spec/nova-metadata.md §1).</summary>
public sealed class AnswerTests
{
    const string NotFoundText = "404 Not Found\n\nThe resource could not be found.\n\n   ";

    [Fact]
    public async Task A_document_comes_with_its_length_and_type_and_no_more()
    {
        await using var api = await TestApi.StartAsync();
        var answer = await api.AskAsync("/latest/meta-data/hostname");
        Assert.Equal(200, answer.Status);
        Assert.Equal("web-1.novalocal", answer.Text);
        Assert.Equal("text/plain; charset=UTF-8", answer["Content-Type"]);
        Assert.Equal(
            ["Connection", "Content-Length", "Content-Type", "Date"],
            answer.Headers.Select(h => h.Key).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("FOO")]
    [InlineData("get")]
    public async Task A22_any_method_answers_like_get(string method)
    {
        await using var api = await TestApi.StartAsync();
        var answer = await api.AskAsync("/latest/meta-data/hostname", method, "Content-Length: 3\r\n", "x=1");
        Assert.Equal(200, answer.Status);
        Assert.Equal("web-1.novalocal", answer.Text);
    }

    [Fact]
    public async Task A23_head_has_the_length_and_no_body()
    {
        await using var api = await TestApi.StartAsync();
        using var connection = await RawHttp.ConnectAsync(api.Address);
        await connection.SendAsync(
            $"HEAD /latest/meta-data/hostname HTTP/1.1\r\nHost: h\r\n{TestApi.Proof()}\r\n"
                + "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
        );
        var head = await connection.ReadAnswerAsync(isHead: true);
        Assert.Equal(200, head.Status);
        Assert.Equal("15", head["Content-Length"]);
        // The next answer follows at once: there was no body.
        Assert.StartsWith("1.0\n", (await connection.ReadAnswerAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A24_a_refused_head_is_html_without_a_body()
    {
        await using var api = await TestApi.StartAsync();
        var answer = await api.AskAsync("/nope", "HEAD");
        Assert.Equal(404, answer.Status);
        Assert.Equal("text/html; charset=UTF-8", answer["Content-Type"]);
    }

    [Theory]
    [InlineData("/nope")]
    [InlineData("/openstack/latest/password")]
    [InlineData("/latest/meta-data/%%32%35")]
    [InlineData("/2017-02-22%00")]
    [InlineData("/latest/meta-data/%00?x=%00")]
    [InlineData("/latest/meta-data/ami-id/x/y")]
    public async Task A25_options_turns_any_refusal_into_an_empty_200(string target)
    {
        await using var api = await TestApi.StartAsync();
        foreach (var headers in (string[])["", TestApi.Proof()])
        {
            var answer = await api.AskRawAsync("OPTIONS", target, headers);
            Assert.Equal(200, answer.Status);
            Assert.Empty(answer.Body);
            Assert.Null(answer["Content-Type"]);
        }
    }

    [Fact]
    public async Task B7_what_is_accepted_changes_no_document()
    {
        await using var api = await TestApi.StartAsync();
        foreach (var accept in (string[])["text/html", "image/png", "*/*;q=0"])
        {
            var answer = await api.AskAsync("/openstack/latest/network_data.json", headers: $"Accept: {accept}\r\n");
            Assert.Equal((200, "text/plain; charset=UTF-8"), (answer.Status, answer["Content-Type"]));
            answer = await api.AskAsync("/openstack/latest/meta_data.json", headers: $"Accept: {accept}\r\n");
            Assert.Equal((200, "application/json"), (answer.Status, answer["Content-Type"]));
        }
    }

    [Theory]
    [InlineData("/latest/meta-data/ami-id/x", "", 404)]
    [InlineData("/latest/meta-data/security-groups/web/x", "", 404)]
    [InlineData("/latest/user-data/x", "", 404)]
    [InlineData("/openstack/latest/content", "", 404)]
    [InlineData("/%ff", "", 400)]
    [InlineData("/nope", "X-Instance-ID-Signature: \u00fc\r\n", 403)]
    public async Task A25_options_of_what_Nova_crashes_on_is_refused(string target, string headers, int status)
    {
        await using var api = await TestApi.StartAsync();
        Assert.Equal(status, (await api.AskAsync(target, "OPTIONS", headers)).Status);
    }

    [Theory]
    [InlineData("/..")]
    [InlineData("//../..")]
    [InlineData("/latest/../..")]
    public async Task A_path_above_the_root_is_the_list_of_versions_for_who_proves_himself(string target)
    {
        await using var api = await TestApi.StartAsync();
        Assert.Equal(400, (await api.AskRawAsync("GET", target, "")).Status);
        Assert.Equal((await api.AskAsync("/")).Text, (await api.AskAsync(target)).Text);
    }

    [Theory]
    [InlineData("POST / HTTP/1.0\r\nHost: h\r\n", 200)]
    [InlineData("PUT /latest/meta-data/hostname HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n", 200)]
    [InlineData("POST /nope HTTP/1.0\r\nHost: h\r\n", 404)]
    [InlineData("POST /openstack/latest/password HTTP/1.0\r\nHost: h\r\n", 411)]
    [InlineData("POST /openstack/latest/password HTTP/1.0\r\ncontent-length: 0\r\n", 200)]
    public async Task A_post_of_http_1_0_needs_no_length(string head, int status)
    {
        await using var api = await TestApi.StartAsync();
        using var connection = await RawHttp.ConnectAsync(api.Address);
        await connection.SendAsync(head + TestApi.Proof() + "\r\n");
        Assert.Equal(status, (await connection.ReadAnswerAsync()).Status);
        Assert.True(await connection.IsClosedAsync());
    }

    [Fact]
    public async Task Requests_after_a_mended_one_are_answered_as_they_are()
    {
        await using var api = await TestApi.StartAsync();
        using var connection = await RawHttp.ConnectAsync(api.Address);
        var proof = $"Host: h\r\n{TestApi.Proof()}\r\n";
        await connection.SendAsync(
            $"GET /%00 HTTP/1.1\r\n{proof}POST /latest%00/%00 HTTP/1.1\r\n{proof}GET /latest/meta-data/hostname HTTP/1.1\r\n{proof}"
        );
        Assert.Equal(404, (await connection.ReadAnswerAsync()).Status);
        Assert.Equal(404, (await connection.ReadAnswerAsync()).Status);
        Assert.Equal("web-1.novalocal", (await connection.ReadAnswerAsync()).Text);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("/.")]
    [InlineData("/foo/../")]
    [InlineData("/%2e%2e/")]
    [InlineData("/?x=1")]
    [InlineData("http://169.254.169.254/")]
    public async Task A3_the_root_needs_no_proof(string target)
    {
        await using var api = await TestApi.StartAsync();
        var answer = await api.AskRawAsync("GET", target, "");
        Assert.Equal(200, answer.Status);
        Assert.Equal(98, answer.Body.Length);
    }

    [Theory]
    [InlineData("http://h?x=/")]
    [InlineData("http://h")]
    public async Task An_absolute_target_without_a_path_is_400(string target)
    {
        await using var api = await TestApi.StartAsync();
        Assert.Equal(400, (await api.AskRawAsync("GET", target, "")).Status);
    }

    [Theory]
    [InlineData("/openstack")]
    [InlineData("/ec2")]
    [InlineData("/nope")]
    [InlineData("/latest/meta-data/hostname")]
    public async Task Everything_else_does_and_an_unknown_path_tells_nothing_before(string target)
    {
        await using var api = await TestApi.StartAsync();
        Assert.Equal(400, (await api.AskRawAsync("GET", target, "")).Status);
    }

    [Theory]
    [InlineData("/openstack//latest///user_data")]
    [InlineData("/%6fpenstack/latest/user_data")]
    [InlineData("/latest/../openstack/latest/user_data")]
    [InlineData("/openstack%2flatest%2Fuser_data")]
    [InlineData("/openstack/latest/user_data/")]
    [InlineData("/openstack/latest/user_data?x=../../..")]
    [InlineData("/./openstack/%2e/latest/x/%2E%2e/user_data")]
    [InlineData("http://any/openstack/latest/user_data")]
    public async Task A17_paths_are_normalised_before_they_mean_anything(string target)
    {
        await using var api = await TestApi.StartAsync();
        var answer = await api.AskAsync(target);
        Assert.Equal(200, answer.Status);
        Assert.Equal("#!/bin/sh\necho h\u00e9\n", answer.Text);
    }

    [Theory]
    [InlineData("", "text/plain; charset=UTF-8", 52)]
    [InlineData("Accept: */*\r\n", "text/html; charset=UTF-8", 154)]
    [InlineData("Accept: application/json\r\n", "application/json", 112)]
    [InlineData("Accept: application/json\r\nAccept: text/html;q=0.5\r\n", "application/json", 112)]
    public async Task B_errors_come_in_the_form_that_is_accepted(string accept, string type, int length)
    {
        await using var api = await TestApi.StartAsync();
        var answer = await api.AskAsync("/nope", headers: accept);
        Assert.Equal(404, answer.Status);
        Assert.Equal(type, answer["Content-Type"]);
        Assert.Equal(length, answer.Body.Length);
    }

    [Theory]
    [InlineData("/%ff")]
    [InlineData("/openstack/%c3%28")]
    public async Task A21_a_path_that_is_no_text_is_400(string target)
    {
        await using var api = await TestApi.StartAsync();
        Assert.Equal(400, (await api.AskAsync(target)).Status);
    }

    [Theory]
    [InlineData("GET /healthcheck HTTP/1.1", 200, "OK")]
    [InlineData("POST /healthcheck?x HTTP/1.1", 200, "OK")]
    [InlineData("HEAD /healthcheck HTTP/1.1", 204, "")]
    [InlineData("GET ///%68ealthcheck?x HTTP/1.1", 200, "OK")]
    [InlineData("GET /x/../healthcheck HTTP/1.1", 200, "OK")]
    public async Task R1_the_health_check_needs_no_proof(string line, int status, string body)
    {
        await using var api = await TestApi.StartAsync();
        var answer = await RawHttp.AskAsync(api.Address, $"{line}\r\nHost: h\r\nConnection: close\r\n\r\n");
        Assert.Equal(status, answer.Status);
        Assert.Equal(body, answer.Text);
    }

    // As seen of Debian's nova-api-metadata.
    [Theory]
    [InlineData("", "text/plain; charset=UTF-8", 2)]
    [InlineData("text/html, text/plain", "text/plain; charset=UTF-8", 2)]
    [InlineData("text/*", "text/plain; charset=UTF-8", 2)]
    [InlineData("garbage;;;", "text/plain; charset=UTF-8", 2)]
    [InlineData("image/png", "text/plain; charset=UTF-8", 2)]
    [InlineData("text/html", "text/html; charset=UTF-8", 239)]
    [InlineData("*/*;q=0.1, text/html", "text/html; charset=UTF-8", 239)]
    [InlineData("text/html;q=0.5, application/json;q=0.6", "application/json", 62)]
    public async Task The_health_check_comes_in_the_form_that_is_accepted(string accept, string contentType, int length)
    {
        await using var api = await TestApi.StartAsync();
        var answer = await api.AskRawAsync("GET", "/healthcheck", $"Accept: {accept}\r\n");
        Assert.Equal((contentType, length), (answer["Content-Type"], answer.Text.Length));
    }

    [Fact]
    public async Task R2_the_health_check_says_so_when_it_is_disabled_by_a_file()
    {
        var file = Path.GetTempFileName();
        await using var api = await TestApi.StartAsync(options: new ApiOptions { HealthCheckDisableFile = file });
        var answer = await api.AskRawAsync("GET", "/healthcheck", "");
        Assert.Equal(503, answer.Status);
        Assert.Equal("DISABLED BY FILE", answer.Text);
        File.Delete(file);
        Assert.Equal(200, (await api.AskRawAsync("GET", "/healthcheck", "")).Status);
    }

    [Fact]
    public async Task R3_nothing_like_the_health_check_is_the_health_check()
    {
        await using var api = await TestApi.StartAsync();
        Assert.Equal(400, (await api.AskRawAsync("GET", "/healthcheck/", "")).Status);
        Assert.Equal(400, (await api.AskRawAsync("GET", "/%2e/healthcheck", "")).Status);
        await using var without = await TestApi.StartAsync(options: new ApiOptions { HealthCheck = false });
        Assert.Equal(400, (await without.AskRawAsync("GET", "/healthcheck", "")).Status);
    }

    [Theory]
    [InlineData("[fe80::a9fe:a9fe%eth0]")]
    [InlineData("[fe80::a9fe:a9fe%25eth0]")]
    [InlineData("[fe80::a9fe:a9fe%eth0]:80")]
    [InlineData("[fe80::a9fe:a9fe]")]
    [InlineData("169.254.169.254")]
    public async Task A_host_header_with_a_zone_is_taken(string host)
    {
        await using var api = await TestApi.StartAsync();
        var answer = await RawHttp.AskAsync(api.Address, $"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task A_connection_serves_one_request_after_another_and_pipelined_ones()
    {
        await using var api = await TestApi.StartAsync();
        using var connection = await RawHttp.ConnectAsync(api.Address);
        var one = $"GET /latest/meta-data/hostname HTTP/1.1\r\nHost: h\r\n{TestApi.Proof()}\r\n";
        var other = $"GET /nope HTTP/1.1\r\nHost: h\r\n{TestApi.Proof()}\r\n";
        await connection.SendAsync(one + other + one);
        Assert.Equal("web-1.novalocal", (await connection.ReadAnswerAsync()).Text);
        Assert.Equal(NotFoundText, (await connection.ReadAnswerAsync()).Text);
        Assert.Equal("web-1.novalocal", (await connection.ReadAnswerAsync()).Text);
    }

    [Fact]
    public async Task Two_servers_on_one_port_are_told_so()
    {
        await using var api = await TestApi.StartAsync();
        var error = await Assert.ThrowsAsync<Http.ListenException>(() =>
            Http.HttpServer.StartAsync(
                new() { Addresses = [api.Address] },
                _ => Task.CompletedTask,
                new CollectingLogger(),
                default
            )
        );
        Assert.Contains(api.Address.ToString()!, error.Message, StringComparison.Ordinal);
        Assert.Contains("Another program listens there", error.Message, StringComparison.Ordinal);
    }
}
