using System.Diagnostics;
using System.Diagnostics.Metrics;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;
using Stackmeta.Tests.Support;

namespace Stackmeta.Admin.Tests;

/// <summary>What is measured, and the page that Prometheus reads.</summary>
public sealed class MetricsTests
{
    [Fact]
    public async Task Requests_are_counted_by_hop_tree_and_code_and_refusals_by_reason()
    {
        await using var admin = await TestAdmin.StartAsync(RefuseMissing);
        await admin.GuestAsync("/openstack/latest/meta_data.json");
        await admin.GuestAsync("/latest/meta-data/");
        await admin.GuestAsync("/2009-04-04/meta-data/");
        await admin.GuestAsync("/missing");
        var page = (await admin.AskAsync("/metrics")).Text;

        Assert.Contains("stackmeta_requests_total{hop=\"agent\",dialect=\"openstack\",code=\"200\"} 1\n", page);
        Assert.Contains("stackmeta_requests_total{hop=\"agent\",dialect=\"ec2\",code=\"200\"} 2\n", page);
        Assert.Contains("stackmeta_requests_total{hop=\"agent\",dialect=\"other\",code=\"404\"} 1\n", page);
        Assert.Contains("stackmeta_refusals_total{hop=\"agent\",reason=\"port-not-found\"} 1\n", page);
        Assert.Contains("stackmeta_hop_duration_seconds_count{hop=\"agent\"} 4\n", page);
        Assert.Contains("stackmeta_hop_duration_seconds_bucket{hop=\"agent\",le=\"+Inf\"} 4\n", page);
    }

    [Fact]
    public async Task Bytes_that_are_no_request_are_counted_too()
    {
        await using var admin = await TestAdmin.StartAsync();
        await admin.GuestUnreadableAsync("not-a-target");
        var page = (await admin.AskAsync("/metrics")).Text;
        Assert.Contains("stackmeta_refusals_total{hop=\"agent\",reason=\"request-malformed\"} 1\n", page);
    }

    [Fact]
    public async Task Guests_cannot_make_labels()
    {
        await using var admin = await TestAdmin.StartAsync(RefuseMissing);
        for (var i = 0; i < 50; i++)
        {
            await admin.GuestAsync($"/{Guid.NewGuid()}/\"x{i}", $"M{i}");
        }
        var page = (await admin.AskAsync("/metrics")).Text;
        var lines = page.Split('\n')
            .Count(line => line.StartsWith("stackmeta_requests_total{", StringComparison.Ordinal));
        // What begins with a digit may be a version of the EC2 tree.
        Assert.InRange(lines, 1, 2);
    }

    [Theory]
    [InlineData("", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData(
        "Accept: application/openmetrics-text;version=1.0.0\r\n",
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    )]
    public async Task The_page_has_the_form_that_is_asked_for(string accept, string contentType)
    {
        await using var admin = await TestAdmin.StartAsync();
        await admin.GuestAsync("/openstack");
        var answer = await admin.AskAsync("/metrics", headers: accept);
        Assert.Equal(contentType, answer["Content-Type"]);
        var isOpenMetrics = accept.Length > 0;
        Assert.Equal(isOpenMetrics, answer.Text.EndsWith("# EOF\n", StringComparison.Ordinal));
        Assert.Contains(
            isOpenMetrics ? "# TYPE stackmeta_requests counter\n" : "# TYPE stackmeta_requests_total counter\n",
            answer.Text
        );
    }

    [Fact]
    public async Task Promtool_finds_nothing_to_object_to()
    {
        // ./test unpacks it beside what is built.
        var unpacked = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../prometheus/usr/bin/promtool"));
        var promtool = Array.Find([unpacked, "/usr/bin/promtool"], File.Exists);
        Assert.SkipWhen(promtool is null, "promtool (Debian: prometheus) is not installed");
        await using var admin = await TestAdmin.StartAsync(RefuseMissing);
        await admin.GuestAsync("/openstack");
        await admin.GuestAsync("/missing");
        var page = (await admin.AskAsync("/metrics")).Text;
        using var check = Process.Start(
            new ProcessStartInfo(promtool!, ["check", "metrics"])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardError = true,
            }
        )!;
        await check.StandardInput.WriteAsync(page);
        check.StandardInput.Close();
        var objections = await check.StandardError.ReadToEndAsync();
        await check.WaitForExitAsync();
        Assert.Equal((0, ""), (check.ExitCode, objections));
    }

    [Fact]
    public void Labels_are_escaped_and_series_are_bounded()
    {
        using var meter = new Meter("test");
        using var store = new MetricStore(meter);
        var counter = meter.CreateCounter<long>("test.things", "{thing}", "Two\nlines \\ here.");
        counter.Add(1, new KeyValuePair<string, object?>("name", "a\"b\\c\nd"));
        for (var i = 0; i < 5000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("name", $"{i}"));
        }
        var page = PrometheusText.Render(store, isOpenMetrics: false);
        Assert.Contains("test_things_total{name=\"a\\\"b\\\\c\\nd\"} 1\n", page);
        Assert.Contains("# HELP test_things_total Two\\nlines \\\\ here.\n", page);
        Assert.Equal(MetricFamily.MaxSeries + 1, page.Split('\n').Count(line => line.StartsWith("test_things_total{")));
        Assert.Contains("test_things_total{name=\"other\"} 4001\n", page);
    }

    [Fact]
    public void A_value_on_a_bound_belongs_below_it()
    {
        using var meter = new Meter("test");
        using var store = new MetricStore(meter);
        var times = meter.CreateHistogram<double>(
            "test.time",
            "s",
            "Time.",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] }
        );
        foreach (var value in (double[])[0.05, 0.1, 0.5, 1, 3])
        {
            times.Record(value);
        }
        var page = PrometheusText.Render(store, isOpenMetrics: false);
        Assert.Contains("test_time_seconds_bucket{le=\"0.1\"} 2\n", page);
        Assert.Contains("test_time_seconds_bucket{le=\"1.0\"} 4\n", page);
        Assert.Contains("test_time_seconds_bucket{le=\"+Inf\"} 5\n", page);
        Assert.Contains("test_time_seconds_sum 4.65\n", page);
    }

    static ValueTask<Response> RefuseMissing(Request request) =>
        new(
            request.Target.StartsWith("/openstack", StringComparison.Ordinal)
            || request.Target.Contains("meta-data", StringComparison.Ordinal)
                ? Handling.Say(request, "x")
                : Response.Of(request, Refusal.PortNotFound)
        );
}
