using System.Text;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>docs/metrics.md is the list of metrics that a running program shows.</summary>
public sealed class MetricReferenceTests
{
    static string Page { get; } = Path.Combine(Repository.Root, "docs", "metrics.md");

    /// <summary>Run the test with APPROVE=1 to write the page anew.</summary>
    [Fact]
    public async Task The_page_lists_the_metrics_that_there_are()
    {
        await using var path = await ObservedPath.StartAsync();
        var page = Markdown(await path.AdminAsync("/metrics"));
        if (Environment.GetEnvironmentVariable("APPROVE") == "1")
        {
            await File.WriteAllTextAsync(Page, page);
        }
        Assert.Equal(page, await File.ReadAllTextAsync(Page));
    }

    static string Markdown(string metrics)
    {
        var text = new StringBuilder(
            """
            # Metrics

            What `/metrics` on the admin socket shows ([observing](observing.md)). Every label has few values, whatever guests send.

            | metric | kind | what it is |
            |---|---|---|

            """
        );
        var help = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in metrics.Split('\n'))
        {
            var words = line.Split(' ', 4);
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                help[words[2]] = words[3];
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                text.Append($"| `{words[2]}` | {words[3]} | {help[words[2]]} |\n");
            }
        }
        return text.ToString();
    }
}
