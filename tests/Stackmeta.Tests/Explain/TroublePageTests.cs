using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>docs/troubles.md quotes what <c>stackmeta explain</c> says.</summary>
public sealed class TroublePageTests
{
    [Fact]
    public void The_page_quotes_what_explain_says()
    {
        var said = Enum.GetValues<Finding>()
            .Select(FindingDescription.Of)
            .Select(description => $"{description.Meaning} Next: {description.Next}")
            .ToHashSet();
        var quoted = File.ReadAllText(Path.Combine(Repository.Root, "docs", "troubles.md"))
            .Split("```")
            // What stands between two fences is every second part.
            .Where((_, part) => part % 2 == 1)
            .Select(block => string.Join(' ', block.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
            .ToList();

        Assert.InRange(quoted.Count, 5, 100);
        Assert.All(quoted, words => Assert.Contains(words, said));
    }
}
