using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Stackmeta.Core.Refusals;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>The dashboard and the alerts ask for metrics that the program has.</summary>
public sealed partial class ObservabilityTests
{
    static readonly string Folder = Path.Combine(Repository.Root, "deploy", "observability");
    static readonly string Rules = File.ReadAllText(Path.Combine(Folder, "stackmeta.rules.yml"));
    static readonly string RuleTests = File.ReadAllText(Path.Combine(Folder, "stackmeta.rules.test.yml"));
    static readonly string Dashboard = File.ReadAllText(Path.Combine(Folder, "stackmeta-dashboard.json"));

    /// <summary>Every name that <c>/metrics</c> shows, as docs/metrics.md lists it, which a test holds equal to the program.</summary>
    static readonly HashSet<string> Known =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "docs", "metrics.md"))
            .Select(line => Row().Match(line))
            .Where(match => match.Success)
            .SelectMany(match =>
                match.Groups["kind"].Value == "histogram"
                    ? new[] { "_bucket", "_count", "_sum" }.Select(part => match.Groups["name"].Value + part)
                    : [match.Groups["name"].Value]
            ),
    ];

    [GeneratedRegex(
        @"^\| `(?<name>\w+)` \| (?<kind>\w+) \|",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Row();

    [GeneratedRegex(@"(?<![\w:])stackmeta_\w+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Metric();

    [GeneratedRegex("reason=~?\"(?<names>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reason();

    [GeneratedRegex(@"alert: (?<name>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Alert();

    [Fact]
    public void Alerts_ask_for_metrics_that_there_are() =>
        Assert.All(Metric().Matches(Rules), metric => Assert.Contains(metric.Value, Known));

    [Fact]
    public void The_dashboard_asks_for_metrics_that_there_are() =>
        Assert.All(Metric().Matches(Dashboard), metric => Assert.Contains(metric.Value, Known));

    [Fact]
    public void The_dashboard_shows_every_metric()
    {
        var shown = Metric().Matches(Dashboard).Select(metric => metric.Value).ToHashSet();
        Assert.All(
            Known.Where(name =>
                !name.EndsWith("_sum", StringComparison.Ordinal) && !name.EndsWith("_count", StringComparison.Ordinal)
            ),
            // Of a histogram one of its parts is enough.
            name =>
                Assert.Contains(
                    shown,
                    one => one == name || one == name.Replace("_bucket", "_count", StringComparison.Ordinal)
                )
        );
    }

    [Fact]
    public void Alerts_name_reasons_that_there_are()
    {
        var reasons = Enum.GetValues<Refusal>()
            .Where(refusal => refusal != Refusal.None)
            .Select(refusal => RefusalDescription.Of(refusal).Name)
            .ToHashSet();
        Assert.All(
            Reason().Matches(Rules).SelectMany(match => match.Groups["names"].Value.Split('|')),
            name => Assert.Contains(name, reasons)
        );
    }

    [Fact]
    public void Every_alert_is_tested()
    {
        var alerts = Alert().Matches(Rules).Select(match => match.Groups["name"].Value).ToList();
        Assert.NotEmpty(alerts);
        // Once that it is silent, once that it is told.
        Assert.All(alerts, alert => Assert.True(RuleTests.Split($"alertname: {alert}").Length > 2, alert));
    }

    [Theory]
    [InlineData("check", "rules", "stackmeta.rules.yml")]
    [InlineData("test", "rules", "stackmeta.rules.test.yml")]
    public async Task Prometheus_finds_nothing_wrong(params string[] arguments)
    {
        var promtool = Array.Find(
            [Path.Combine(Repository.Root, "artifacts/prometheus/usr/bin/promtool"), "/usr/bin/promtool"],
            File.Exists
        );
        Assert.SkipWhen(promtool is null, "promtool (Debian: prometheus) is not installed; ./test fetches it.");
        using var process = Process.Start(
            new ProcessStartInfo(promtool!, arguments)
            {
                WorkingDirectory = Folder,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, said + await error);
    }

    [Fact]
    public void Panels_of_the_dashboard_have_titles_and_numbers_of_their_own()
    {
        using var document = JsonDocument.Parse(Dashboard);
        var panels = document.RootElement.GetProperty("panels").EnumerateArray().ToList();
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("title").GetString()).Distinct().Count());
    }
}
