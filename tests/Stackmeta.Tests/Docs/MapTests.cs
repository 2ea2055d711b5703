using System.Text.RegularExpressions;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>What docs/map.md says of where something is, is so.</summary>
public sealed partial class MapTests
{
    static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "map.md"));

    [Fact]
    public void Each_type_of_the_walk_is_in_its_file()
    {
        var named = Named().Matches(Page);
        Assert.InRange(named.Count, 20, 200);
        foreach (Match one in named)
        {
            var (type, path) = (one.Groups["type"].Value, one.Groups["path"].Value);
            var file = Path.Combine(Repository.Root, path);
            Assert.True(File.Exists(file), $"{path} is not there");
            Assert.Matches($@"\b(class|struct|record|interface|enum) {type}\b", File.ReadAllText(file));
        }
    }

    [Fact]
    public void Each_place_that_is_named_is_there()
    {
        foreach (Match one in Folders().Matches(Page))
        {
            Assert.True(Path.Exists(Path.Combine(Repository.Root, one.Groups["path"].Value)), one.Value);
        }
    }

    /// <summary>A type, and behind it its file in brackets or after a comma; both in backticks.</summary>
    [GeneratedRegex(
        @"`(?<type>\w+)`,?\s+\(`(?<path>[\w./]+\.cs)`\)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Named();

    [GeneratedRegex(
        @"`(?<path>(src|tests|deploy|bench|docs)(/[\w.]+)*)/?`",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Folders();
}
