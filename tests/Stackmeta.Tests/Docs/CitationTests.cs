using System.Text.RegularExpressions;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>What code, tests and pages cite is in the repository: the page, and the section of it.</summary>
public sealed partial class CitationTests
{
    static readonly string[] Folders = ["src", "tests", "bench", "docs", "eng", "deploy"];
    static readonly string[] Kinds = [".cs", ".md", ".py", ".sh", ".json", ".csproj", ".props"];

    static IEnumerable<(string Place, string Line)> Lines { get; } =
        from folder in Folders
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories)
        where Kinds.Contains(Path.GetExtension(file)) && Path.GetFileName(file) != $"{nameof(CitationTests)}.cs"
        let place = Path.GetRelativePath(Repository.Root, file)
        from line in File.ReadLines(file).Select((text, index) => (Text: text, Number: index + 1))
        select ($"{place}:{line.Number}", line.Text);

    [Fact]
    public void Every_cited_section_of_a_specification_is_there()
    {
        var headings = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "docs", "spec"), "*.md")
            .ToDictionary(
                file => Path.GetFileName(file),
                file => File.ReadLines(file).Select(line => Heading().Match(line).Groups["number"].Value).ToHashSet()
            );
        var dangling =
            from cited in Lines
            from citation in Citation().Matches(cited.Line)
            let page = citation.Groups["page"].Value
            from section in SectionsAfter(cited.Line, citation)
            where !headings.TryGetValue(page, out var known) || (section.Length > 0 && !known.Contains(section))
            select $"{cited.Place}: {page} {section}";

        Assert.Equal([], dangling);
    }

    /// <summary>Pages that are nowhere in the repository under these names.</summary>
    [Fact]
    public void No_design_note_is_cited_that_is_elsewhere() =>
        Assert.Equal(
            [],
            Lines.Where(cited => Elsewhere().IsMatch(cited.Line)).Select(cited => $"{cited.Place}: {cited.Line.Trim()}")
        );

    /// <summary>The page itself, as an empty section, and each section that is named before the next page.</summary>
    static IEnumerable<string> SectionsAfter(string line, Match citation)
    {
        var rest = line[(citation.Index + citation.Length)..];
        var next = Citation().Match(rest);
        return Section()
            .Matches(next.Success ? rest[..next.Index] : rest)
            .Select(section => section.Groups["number"].Value)
            .Prepend("");
    }

    [GeneratedRegex(@"\bspec/(?<page>[a-z-]+\.md)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Citation();

    [GeneratedRegex(@"(?<!(RFC|USB)[ \d]+)§(?<number>\d+(\.\d+)?)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Section();

    [GeneratedRegex(@"^#+ (?<number>\d+(\.\d+)?)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(
        @"\bdesign[:/] ?[a-z]|\breference/(nova|agent|ovn|neutron)\b|\bspec/traces\b",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Elsewhere();
}
