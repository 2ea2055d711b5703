using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Caching;
using Stackmeta.Core.Lookups;
using Stackmeta.Http;
using Stackmeta.Tests.Support;

namespace Stackmeta.Api.Tests;

/// <summary>vendor_data.json and vendor_data2.json (spec/nova-metadata.md §5.2, §5.3; cases J).</summary>
public sealed class VendorDataTests : IDisposable
{
    const string One = "/openstack/latest/vendor_data.json";
    const string Two = "/openstack/latest/vendor_data2.json";

    readonly string _folder = Directory.CreateTempSubdirectory("sm-vendor-").FullName;
    readonly CollectingLogger _log = new();
    readonly FakeTimeProvider _time = new();

    string File => Path.Combine(_folder, "vendor.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task J15_without_a_file_it_is_an_empty_object()
    {
        await using var api = await StartAsync(new());
        var one = await api.AskAsync(One);
        Assert.Equal("{}", one.Text);
        Assert.Equal("application/json", one["Content-Type"]);
        Assert.Equal("""{"static": {}}""", (await api.AskAsync(Two)).Text);
    }

    [Fact]
    public async Task J12_without_providers_the_first_is_404_and_the_second_empty()
    {
        await using var api = await StartAsync(new() { Providers = [] });
        Assert.Equal(404, (await api.AskAsync(One)).Status);
        Assert.Equal("{}", (await api.AskAsync(Two)).Text);
    }

    [Theory]
    [InlineData("[1]", "[1]")]
    [InlineData("""{"b":1,"a":{"x":[1.0,true,null,"é"]}}""", """{"b": 1, "a": {"x": [1.0, true, null, "\u00e9"]}}""")]
    public async Task J13_any_json_is_served_in_pythons_form(string file, string served)
    {
        await System.IO.File.WriteAllTextAsync(File, file);
        await using var api = await StartAsync(new() { StaticFile = File });
        Assert.Equal(served, (await api.AskAsync(One)).Text);
        Assert.Equal($$"""{"static": {{served}}}""", (await api.AskAsync(Two)).Text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("not json")]
    public async Task J14_a_bad_file_breaks_only_itself_and_says_so_once(string? content)
    {
        if (content is not null)
        {
            await System.IO.File.WriteAllTextAsync(File, content);
        }
        await using var api = await StartAsync(new() { StaticFile = File });
        Assert.Equal(503, (await api.AskAsync(One)).Status);
        Assert.Equal(503, (await api.AskAsync(Two)).Status);
        Assert.Equal(200, (await api.AskAsync("/latest/meta-data/hostname")).Status);
        Assert.Equal(200, (await api.AskAsync("/openstack/latest/meta_data.json")).Status);
        Assert.Contains(File, Assert.Single(_log.Of(3003)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_file_is_served_changed_and_a_broken_one_not_at_all()
    {
        await System.IO.File.WriteAllTextAsync(File, """{"v": 1}""");
        await using var api = await StartAsync(new() { StaticFile = File });
        Assert.Equal("""{"v": 1}""", (await api.AskAsync(One)).Text);
        await System.IO.File.WriteAllTextAsync(File, """{"v": 22}""");
        Assert.Equal("""{"v": 22}""", (await api.AskAsync(One)).Text);
        await System.IO.File.WriteAllTextAsync(File, "half-writ");
        Assert.Equal("""{"v": 22}""", (await api.AskAsync(One)).Text);
        System.IO.File.Delete(File);
        Assert.Equal("""{"v": 22}""", (await api.AskAsync(One)).Text);
        Assert.Equal(2, _log.Of(3003).Count);
        await System.IO.File.WriteAllTextAsync(File, """{"v": 3}""");
        Assert.Equal("""{"v": 3}""", (await api.AskAsync(One)).Text);
    }

    [Fact]
    public async Task A_file_that_could_not_be_read_is_read_once_it_can_be()
    {
        await System.IO.File.WriteAllTextAsync(File, """{"v": 1}""");
        await using var api = await StartAsync(new() { StaticFile = File });
        // To .NET a file that is open for oneself alone is as unreadable as one without the right to it, for root too.
        await using (System.IO.File.Open(File, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Equal(503, (await api.AskAsync(One)).Status);
            Assert.Equal(503, (await api.AskAsync(One)).Status);
        }
        Assert.Equal("""{"v": 1}""", (await api.AskAsync(One)).Text);
        Assert.Single(_log.Of(3003));
    }

    [Theory]
    [InlineData("//[")]
    [InlineData("ftp://127.0.0.1/x")]
    [InlineData("file:///etc/hostname")]
    public async Task A_redirect_to_what_is_no_server_is_a_failure_of_the_target(string location)
    {
        await using var target = await FakeTarget.StartAsync(context =>
        {
            context.Response.Headers.Location = location;
            return Answer.WriteAsync(context, 307, "x/y", []);
        });
        await using var api = await StartAsync(Dynamic($"t@{target.Url}") with { FollowForeignRedirects = true });
        Assert.Equal("""{"static": {}, "t": {}}""", (await api.AskAsync(Two)).Text);
    }

    [Fact]
    public async Task J1_J8_a_target_is_told_of_the_instance_and_its_answer_is_served()
    {
        await using var target = await FakeTarget.StartAsync(200, """{"color":"blue"}""");
        await using var api = await StartAsync(Dynamic($"web@{target.Url}/x?y"));
        Assert.Equal("""{"static": {}, "web": {"color": "blue"}}""", (await api.AskAsync(Two)).Text);
        var (method, path, headers, body) = Assert.Single(target.Requests);
        Assert.Equal("POST", method);
        Assert.Equal("/x", path);
        Assert.Equal(
            """{"project-id": "proj-1", "instance-id": "6f6e2c1a-1111-4a4a-8b8b-000000000001", "image-id": null, "user-data": "IyEvYmluL3NoCmVjaG8gaMOpCg==", "hostname": "web-1", "metadata": {}, "boot-roles": ""}""",
            body
        );
        Assert.Equal("application/json", headers["Content-Type"]);
        Assert.Equal("application/json", headers["Accept"]);
        Assert.Equal("openstack-nova-vendordata", headers["User-Agent"]);
        Assert.Equal("gzip, deflate", headers["Accept-Encoding"]);
        Assert.DoesNotContain("X-Auth-Token", headers.Keys);
        Assert.Single(_log.Of(3007));
    }

    /// <summary>Where guests themselves are the callers, what they say of requests and traces is not heard.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_target_is_told_of_the_request_and_the_trace_that_it_is_asked_for(bool callersAreAgents)
    {
        const string RequestId = "req-83679162-1378-4288-a2d4-70e13ec132aa";
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        using var observer = new RequestObserver(_time);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => ReferenceEquals(source, observer.Source),
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        await using var target = await FakeTarget.StartAsync(200, "{}");
        await using var api = await TestApi.StartAsync(
            _time,
            vendorData: new VendorDataProviders(
                Dynamic($"a@{target.Url}"),
                new AnswerCacheOptions(),
                null,
                _time,
                _log
            ),
            observer: observer,
            callersAreAgents: callersAreAgents
        );
        var answer = await api.AskAsync(
            Two,
            headers: $"X-OpenStack-Request-ID: {RequestId}\r\ntraceparent: 00-{Trace}-00f067aa0ba902b7-01\r\n"
        );
        Assert.Equal(200, answer.Status);
        var headers = Assert.Single(target.Requests).Headers;
        Assert.StartsWith("req-", headers["X-OpenStack-Request-ID"]);
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-01$", headers["traceparent"]);
        Assert.Equal(callersAreAgents, headers["X-OpenStack-Request-ID"] == RequestId);
        Assert.Equal(callersAreAgents, headers["traceparent"].Contains(Trace, StringComparison.Ordinal));
    }

    [Fact]
    public async Task J21_a_boot_asks_each_target_once()
    {
        await using var target = await FakeTarget.StartAsync(200, "[1]");
        await using var api = await StartAsync(Dynamic($"a@{target.Url}"));
        await api.AskAsync(Two);
        await api.AskAsync(Two);
        await api.AskAsync(Two, "HEAD");
        await api.AskAsync(One);
        await api.AskAsync("/openstack/2016-10-06/vendor_data2.json");
        Assert.Single(target.Requests);
        _time.Advance(TimeSpan.FromSeconds(15));
        await api.AskAsync(Two);
        Assert.Equal(2, target.Requests.Count);
    }

    [Theory]
    [InlineData(201, "{\"a\": 1}", "{\"a\": 1}")]
    [InlineData(200, "[1, \"x\"]", "[1, \"x\"]")]
    [InlineData(204, "", "{}")]
    [InlineData(200, "", "{}")]
    [InlineData(400, "{\"a\": 1}", "{}")]
    [InlineData(404, "", "{}")]
    [InlineData(500, "{}", "{}")]
    [InlineData(200, "<html>", "{}")]
    public async Task J10_what_a_target_may_answer(int status, string body, string served)
    {
        await using var target = await FakeTarget.StartAsync(context =>
            status == 204
                ? Task.FromResult(context.Response.StatusCode = 204)
                : Answer.WriteAsync(context, status, "x/y", System.Text.Encoding.UTF8.GetBytes(body))
        );
        await using var api = await StartAsync(Dynamic($"t@{target.Url}"));
        Assert.Equal($$"""{"static": {}, "t": {{served}}}""", (await api.AskAsync(Two)).Text);
    }

    [Fact]
    public async Task A_target_that_failed_is_asked_again_a_second_later_and_meanwhile_spared()
    {
        var status = 500;
        await using var target = await FakeTarget.StartAsync(context =>
            Answer.WriteAsync(context, status, "x/y", "[1]"u8)
        );
        await using var api = await StartAsync(Dynamic($"t@{target.Url}"));
        await api.AskAsync(Two);
        await api.AskAsync(Two);
        Assert.Single(target.Requests);
        status = 200;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("""{"static": {}, "t": [1]}""", (await api.AskAsync(Two)).Text);
    }

    [Fact]
    public async Task Targets_are_asked_at_once_and_one_that_hangs_holds_up_none()
    {
        using var both = new Barrier(2);
        await using var one = await FakeTarget.StartAsync(context => MeetAsync(context, both));
        await using var other = await FakeTarget.StartAsync(context => MeetAsync(context, both));
        await using var hanging = await FakeTarget.StartAsync(_ => Task.Delay(Timeout.Infinite));
        await using var api = await StartAsync(
            Dynamic($"a@{one.Url}", $"h@{hanging.Url}", $"b@{other.Url}") with
            {
                ConnectTimeout = TimeSpan.FromSeconds(0.4),
                ReadTimeout = TimeSpan.FromSeconds(0.4),
            },
            TimeProvider.System
        );
        Assert.Equal("""{"static": {}, "a": [1], "h": {}, "b": [1]}""", (await api.AskAsync(Two)).Text);

        static async Task MeetAsync(Microsoft.AspNetCore.Http.HttpContext context, Barrier both)
        {
            Assert.True(await Task.Run(() => both.SignalAndWait(TimeSpan.FromSeconds(10))));
            await Answer.WriteAsync(context, 200, "x/y", "[1]"u8);
        }
    }

    [Fact]
    public async Task J4_in_fatal_mode_a_failure_refuses_the_document_and_no_other()
    {
        await using var api = await StartAsync(Dynamic("t@http://127.0.0.1:1/") with { FailureIsFatal = true });
        var answer = await api.AskAsync(Two);
        Assert.Equal(503, answer.Status);
        Assert.Equal("2", answer["Retry-After"]);
        Assert.Equal("{}", (await api.AskAsync(One)).Text);
        Assert.Equal(200, (await api.AskAsync("/openstack/latest/meta_data.json")).Status);
    }

    [Fact]
    public async Task J9_targets_that_cannot_be_used_are_left_out_and_told()
    {
        await using var target = await FakeTarget.StartAsync(200, "1");
        await using var api = await StartAsync(
            Dynamic(
                "http://no-name.example/secret",
                $"static@{target.Url}",
                $"@{target.Url}/",
                $"i@{target.Url}/x@y",
                $"i@{target.Url}/again",
                "f@ftp://h/"
            )
        );
        Assert.Equal("""{"static": {}, "": 1, "i": 1}""", (await api.AskAsync(Two)).Text);
        Assert.Contains(target.Requests, r => r.Path == "/x@y");
        Assert.Equal(3, _log.Of(3004).Count);
        Assert.Single(_log.Of(3006));
        Assert.All(_log.Lines, line => Assert.DoesNotContain("secret", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task J11_the_file_wins_over_a_target_named_static_also_when_it_comes_later()
    {
        await System.IO.File.WriteAllTextAsync(File, "[\"file\"]");
        await using var target = await FakeTarget.StartAsync(200, "[\"target\"]");
        await using var api = await StartAsync(
            Dynamic($"static@{target.Url}", $"z@{target.Url}") with
            {
                StaticFile = File,
                Providers = [VendorDataProvider.DynamicJson, VendorDataProvider.StaticJson],
            }
        );
        Assert.Equal("""{"static": ["file"], "z": ["target"]}""", (await api.AskAsync(Two)).Text);
    }

    [Fact]
    public async Task The_token_is_shown_and_renewed_once_when_it_is_refused()
    {
        await using var target = await FakeTarget.StartAsync(context =>
            Answer.WriteAsync(context, context.Request.Headers["X-Auth-Token"] == "new" ? 200 : 401, "x/y", "[1]"u8)
        );
        var token = new FakeToken();
        await using var api = await StartAsync(Dynamic($"t@{target.Url}"), token: token);
        Assert.Equal("""{"static": {}, "t": [1]}""", (await api.AskAsync(Two)).Text);
        Assert.Equal([null, "old"], token.Refused);
        Assert.Empty(_log.Of(3007));
    }

    [Fact]
    public async Task A_redirect_within_the_server_is_followed_with_method_and_body()
    {
        await using var target = await FakeTarget.StartAsync(context =>
        {
            if (context.Request.Path == "/there")
            {
                return Answer.WriteAsync(context, 200, "x/y", "[1]"u8);
            }
            context.Response.Headers.Location = "/there";
            return Answer.WriteAsync(context, 302, "x/y", []);
        });
        await using var api = await StartAsync(Dynamic($"t@{target.Url}/here"));
        Assert.Equal("""{"static": {}, "t": [1]}""", (await api.AskAsync(Two)).Text);
        Assert.All(target.Requests, r => Assert.Equal("POST", r.Method));
        Assert.Equal(2, target.Requests.Select(r => r.Body).Count(b => b.Length > 0));
    }

    [Theory]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f.0.0.1:{0}/")]
    [InlineData("http://0177.0.0.1:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("//127.0.0.1:{0}/")]
    [InlineData("https://127.0.0.1:{1}/")]
    [InlineData("file:///etc/passwd")]
    public async Task OSSA_2026_004_a_redirect_elsewhere_is_not_followed_however_it_is_written(string location)
    {
        await using var elsewhere = await FakeTarget.StartAsync(200, "[\"internal\"]");
        var port = new Uri(elsewhere.Url).Port;
        FakeTarget? own = null;
        await using var target = own = await FakeTarget.StartAsync(context =>
        {
            context.Response.Headers.Location = string.Format(location, port, new Uri(own!.Url).Port);
            return Answer.WriteAsync(context, 307, "x/y", []);
        });
        await using var api = await StartAsync(Dynamic($"t@{target.Url}"), token: new FakeToken());
        Assert.Equal("""{"static": {}, "t": {}}""", (await api.AskAsync(Two)).Text);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task A_foreign_redirect_is_followed_where_the_operator_says_so_but_not_for_ever()
    {
        await using var elsewhere = await FakeTarget.StartAsync(200, "[1]");
        await using var target = await FakeTarget.StartAsync(context =>
        {
            context.Response.Headers.Location = context.Request.Path == "/loop" ? "/loop" : elsewhere.Url;
            return Answer.WriteAsync(context, 308, "x/y", []);
        });
        await using var api = await StartAsync(
            Dynamic($"t@{target.Url}/out", $"l@{target.Url}/loop") with
            {
                FollowForeignRedirects = true,
            }
        );
        Assert.Equal("""{"static": {}, "t": [1], "l": {}}""", (await api.AskAsync(Two)).Text);
        Assert.Equal(31, target.Requests.Count(r => r.Path == "/loop"));
    }

    [Fact]
    public async Task An_answer_without_end_is_given_up()
    {
        await using var target = await FakeTarget.StartAsync(async context =>
        {
            var block = new byte[64 * 1024];
            for (var i = 0; i < 64 && !context.RequestAborted.IsCancellationRequested; i++)
            {
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
            }
        });
        await using var api = await StartAsync(Dynamic($"t@{target.Url}"));
        Assert.Equal("""{"static": {}, "t": {}}""", (await api.AskAsync(Two)).Text);
    }

    [Theory]
    [InlineData("/openstack/2016-06-30/vendor_data2.json", 404)]
    [InlineData("/openstack/2013-04-04/vendor_data.json", 404)]
    [InlineData("/openstack/2013-10-17/vendor_data.json", 200)]
    public async Task J16_older_versions_have_none(string target, int status)
    {
        await using var api = await StartAsync(new());
        Assert.Equal(status, (await api.AskAsync(target)).Status);
    }

    static VendorDataOptions Dynamic(params string[] targets) =>
        new() { Providers = [VendorDataProvider.StaticJson, VendorDataProvider.DynamicJson], Targets = [.. targets] };

    Task<TestApi> StartAsync(VendorDataOptions options, TimeProvider? time = null, IServiceToken? token = null) =>
        TestApi.StartAsync(
            time ?? _time,
            vendorData: new VendorDataProviders(options, new AnswerCacheOptions(), token, time ?? _time, _log)
        );

    sealed class FakeToken : IServiceToken
    {
        public List<string?> Refused { get; } = [];

        public ValueTask<string?> GetTokenAsync(string? refused, CancellationToken cancellationToken)
        {
            Refused.Add(refused);
            return new(refused is null ? "old" : "new");
        }
    }
}
