using System.Text.RegularExpressions;
using Stackmeta.Tests.Support;

namespace Stackmeta.Core.Tests;

/// <summary>Dependencies between the projects go one way, as docs/map.md has them.</summary>
public sealed partial class ProjectTests
{
    /// <summary>What each project may know. The program itself, Stackmeta, knows all.</summary>
    static readonly Dictionary<string, string[]> MayKnow = new(StringComparer.Ordinal)
    {
        ["Stackmeta.Core"] = [],
        ["Stackmeta.Documents"] = ["Stackmeta.Core"],
        ["Stackmeta.ConfigDrive"] = ["Stackmeta.Core"],
        ["Stackmeta.Inventory"] = ["Stackmeta.Core", "Stackmeta.Documents"],
        ["Stackmeta.OpenStack"] = ["Stackmeta.Inventory", "Stackmeta.Documents"],
        ["Stackmeta.Http"] = ["Stackmeta.Core", "Stackmeta.Documents"],
        ["Stackmeta.Edge"] = ["Stackmeta.Http"],
        ["Stackmeta.Agent"] = ["Stackmeta.Http"],
        ["Stackmeta.Api"] = ["Stackmeta.Http", "Stackmeta.Documents"],
        ["Stackmeta.Admin"] = ["Stackmeta.Http", "Stackmeta.Inventory", "Stackmeta.Documents"],
        ["Stackmeta.WebConsole"] = ["Stackmeta.Admin", "Stackmeta.Http"],
    };

    [Fact]
    public void Each_project_knows_what_it_may_and_no_more()
    {
        var projects = Directory
            .GetDirectories(Path.Combine(Repository.Root, "src"))
            .ToDictionary(static path => Path.GetFileName(path)!, References);
        foreach (var (name, known) in projects)
        {
            if (name != "Stackmeta")
            {
                Assert.Equal(
                    $"{name}: {string.Join(", ", MayKnow[name].Order())}",
                    $"{name}: {string.Join(", ", known.Order())}"
                );
            }
        }
        Assert.Equal(
            MayKnow.Keys.Append("Stackmeta").Order(StringComparer.Ordinal),
            projects.Keys.Order(StringComparer.Ordinal)
        );
    }

    static string[] References(string project) =>
        [
            .. Reference()
                .Matches(File.ReadAllText(Path.Combine(project, Path.GetFileName(project) + ".csproj")))
                .Select(static match => match.Groups["name"].Value),
        ];

    [GeneratedRegex(
        "<ProjectReference Include=\"../(?<name>[A-Za-z.]+)/",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Reference();
}
