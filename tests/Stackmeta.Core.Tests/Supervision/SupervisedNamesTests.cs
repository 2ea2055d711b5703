using System.Text.RegularExpressions;
using Stackmeta.Tests.Support;

namespace Stackmeta.Core.Tests.Supervision;

/// <summary>
/// Every loop and background task that the sources give to the supervisor is made to fail by a test (<c>SupervisedCase</c>), or says why
/// not.
/// </summary>
public sealed partial class SupervisedNamesTests
{
    /// <summary>What no test can make fail without a hook in the program.</summary>
    static readonly Dictionary<string, string> Untested = new(StringComparer.Ordinal)
    {
        ["process, which ends by it"] = "the exception ends the process, and the test program with it",
        ["socket broker"] =
            "all that it does is to accept, whose errors it looks for, and nothing that a peer chooses is read (UnixAcceptor); each question fails alone (socket broker's connection)",
        ["listener pause"] =
            "it begins when the process has no descriptor left, which would fail the tests beside it; Stackmeta.EndToEnd.Tests has that shortage",
    };

    [GeneratedRegex(
        """\b_?[sS]upervisor\s*\.\s*(?:RunAsync|StartThread|Start|Report)\(\s*(?:\$?"(?<name>[^"]*)")?""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Given();

    [GeneratedRegex(
        """new SupervisedCase\(\s*\$?"(?<name>[^"]*)"\s*\)""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Tested();

    /// <summary>What is put into a name.</summary>
    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hole();

    static IEnumerable<(string File, string Name)> Names(string folder, Regex pattern) =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            .SelectMany(path =>
                pattern
                    .Matches(File.ReadAllText(path))
                    .Select(match =>
                        (Path.GetRelativePath(Repository.Root, path), Hole().Replace(match.Groups["name"].Value, "{}"))
                    )
            );

    [Fact]
    public void Each_is_made_to_fail_by_a_test_or_says_why_not()
    {
        var given = Names("src", Given()).ToList();
        // A name that is no literal could not be compared.
        Assert.DoesNotContain(given, static one => one.Name.Length == 0);
        var names = given.Select(static one => one.Name).ToHashSet(StringComparer.Ordinal);
        // The supervisor is used under no other name than the pattern knows.
        Assert.InRange(names.Count, 20, 100);
        var tested = Names("tests", Tested()).Select(static one => one.Name).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(names.Except(Untested.Keys).Order(), tested.Order());
        // A reason that is no longer needed goes.
        Assert.All(Untested.Keys, name => Assert.Contains(name, names));
    }
}
