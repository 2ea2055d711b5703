using System.Text;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>docs/faults.md is the table of what these tests prove.</summary>
public sealed class FaultPageTests
{
    static string Page { get; } = Path.Combine(Checkout.Root, "docs", "faults.md");

    /// <summary>Run the test with APPROVE=1 to write the page anew.</summary>
    [Fact]
    public void The_page_says_what_is_proven()
    {
        if (Environment.GetEnvironmentVariable("APPROVE") == "1")
        {
            File.WriteAllText(Page, Markdown());
        }
        Assert.Equal(Markdown(), File.ReadAllText(Page));
    }

    [Fact]
    public void Every_finding_is_made_for_real()
    {
        var made = Fault.All.SelectMany(place => place.Faults).Select(fault => fault.Finding).ToHashSet();
        Assert.All(Enum.GetValues<Finding>(), finding => Assert.Contains(finding, made));
    }

    static string Markdown()
    {
        var faults = Fault.All.SelectMany(place => place.Faults).ToList();
        var text = new StringBuilder(
            $"""
            # Faults that `stackmeta explain` names

            {faults.Count} faults are made for real by the end-to-end tests, in namespaces, sockets, files and databases, each in a place that was found healthy just
            before; `explain` must name the right link and reason. This page is generated from them. The reason's name is what `--output json` says as `reason`.
            When the guest gets 404, 403, 503 or nothing: [troubles](troubles.md).

            | link | reason | what it does to the guest | what to do | made for real as |
            |---|---|---|---|---|

            """
        );
        foreach (var finding in Enum.GetValues<Finding>().OrderBy(static one => FindingDescription.Of(one).Link))
        {
            var description = FindingDescription.Of(finding);
            var made = faults.Where(fault => fault.Finding == finding).Select(fault => fault.Name).Distinct();
            text.Append(
                $"| {ExplanationText.NameOf(description.Link)} | `{FindingDescription.NameOf(finding)}` | {description.Meaning} | {description.Next} | {string.Join("; ", made)} |\n"
            );
        }
        text.Append("\n## Where they are made\n\n");
        foreach (var (place, some) in Fault.All)
        {
            text.Append($"- {place}: {some.Count}\n");
        }
        return text.ToString();
    }
}
