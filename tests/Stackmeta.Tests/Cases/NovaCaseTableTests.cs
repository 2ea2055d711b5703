using System.Text.RegularExpressions;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>The table of Nova's cases, held to what there is: each case stands there once, and each test that it names exists.</summary>
public sealed partial class NovaCaseTableTests
{
    // How many cases each section of spec/nova-metadata-cases.md has.
    static readonly (char Section, int Cases)[] Sections =
    [
        ('A', 27),
        ('B', 7),
        ('C', 23),
        ('D', 9),
        ('E', 27),
        ('F', 9),
        ('G', 29),
        ('H', 5),
        ('I', 8),
        ('J', 16),
        ('K', 16),
        ('L', 15),
        ('M', 12),
        ('N', 6),
        ('P', 17),
        ('Q', 14),
        ('R', 5),
    ];

    static readonly string Folder = Path.Combine(Repository.Root, "tests");

    static (string Case, string CoveredBy)[] Rows { get; } =
    [
        .. File.ReadLines(Path.Combine(Folder, "Stackmeta.Tests", "Cases", "NovaCases.md"))
            .Select(line => Row().Match(line))
            .Where(match => match.Success)
            .Select(match => (match.Groups["case"].Value, match.Groups["by"].Value)),
    ];

    [Fact]
    public void Every_case_stands_in_the_table_once() =>
        Assert.Equal(
            Sections.SelectMany(s => Enumerable.Range(1, s.Cases).Select(number => $"{s.Section}{number}")),
            Rows.Select(row => row.Case)
        );

    [Fact]
    public void Every_case_has_a_test_or_a_reason() =>
        Assert.DoesNotContain(
            Rows,
            row => !TestName().IsMatch(row.CoveredBy) && !row.CoveredBy.StartsWith("none: ", StringComparison.Ordinal)
        );

    [Fact]
    public void Every_test_that_the_table_names_is_there()
    {
        var known = Directory
            .EnumerateFiles(Folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetFileNameWithoutExtension(file) is { } name && name.EndsWith('s'))
            .SelectMany(file =>
                Method()
                    .Matches(File.ReadAllText(file))
                    .Select(match => $"{Path.GetFileNameWithoutExtension(file)}.{match.Groups["name"].Value}")
            )
            .ToHashSet(StringComparer.Ordinal);
        string[] named =
        [
            .. Rows.SelectMany(row => TestName().Matches(row.CoveredBy).Select(match => match.Groups["name"].Value)),
        ];
        Assert.Equal([], named.Except(known));
    }

    [GeneratedRegex(@"^\| (?<case>[A-Z]\d+) \| (?<by>.+) \|$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<name>\w+\.\w+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestName();

    [GeneratedRegex(@"public (async Task|void) (?<name>\w+)\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Method();
}
