using System.Text.RegularExpressions;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>docs/glossary.md holds for the names of types.</summary>
public sealed partial class GlossaryTests
{
    [Fact]
    public void Words_that_have_gone_stay_out_of_type_names()
    {
        var page = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "glossary.md"));
        var gone = page.Where(static line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(static line => line.Split('|')[3].Trim())
            // Those with a blank are no part of a name.
            .SelectMany(static cell => cell.Split(", "))
            .Where(static word => word.Length > 0 && char.IsUpper(word[0]))
            .ToList();
        Assert.InRange(gone.Count, 8, 100);
        var types = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(static path =>
                Types().Matches(File.ReadAllText(path)).Select(match => match.Groups["name"].Value)
            )
            .ToHashSet(StringComparer.Ordinal);
        foreach (var word in gone)
        {
            Assert.DoesNotContain(
                types,
                type => Regex.IsMatch(type, $"{word}(?![a-z])", RegexOptions.None, TimeSpan.FromSeconds(1))
            );
        }
    }

    [GeneratedRegex(
        @"\b(class|struct|record|interface|enum) (?<name>[A-Z]\w+)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Types();
}
