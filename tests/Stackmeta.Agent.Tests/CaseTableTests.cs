using System.Text.RegularExpressions;
using Stackmeta.Tests.Support;

namespace Stackmeta.Agent.Tests;

public sealed partial class CaseTableTests
{
    [Fact]
    public void Every_test_that_the_table_of_cases_names_is_there() =>
        Assert.Empty(CaseTable.FindUnknownTests(typeof(CaseTableTests).Assembly, "Stackmeta.Agent.Tests.Cases.md"));

    [Fact]
    public async Task Every_test_of_another_project_that_the_table_names_is_there()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests/Stackmeta.Agent.Tests/Cases.md"));
        var names = TestElsewhere().Matches(page);
        Assert.NotEmpty(names);
        foreach (Match name in names)
        {
            var folder = Path.Combine(Repository.Root, "tests", name.Groups["project"].Value);
            var file = Assert.Single(
                Directory.GetFiles(folder, $"{name.Groups["class"].Value}.cs", SearchOption.AllDirectories)
            );
            Assert.Contains($" {name.Groups["method"].Value}(", await File.ReadAllTextAsync(file));
        }
    }

    [GeneratedRegex(
        "`(?<project>Stackmeta[A-Za-z.]+)/(?<class>[A-Za-z]+)\\.(?<method>[A-Za-z0-9_]+)`",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        1000
    )]
    private static partial Regex TestElsewhere();

    /// <summary>
    /// Of the table in spec/neutron-metadata.md §8: the agent, its forwarding and socket, OVN's identification, history, observations.
    /// </summary>
    [Fact]
    public void Every_case_that_concerns_the_agent_is_in_the_table()
    {
        int[] concern = [.. Enumerable.Range(1, 35), .. Enumerable.Range(54, 5), .. Enumerable.Range(129, 12)];
        Assert.Equal(
            concern,
            CaseTable.ReadCases(typeof(CaseTableTests).Assembly, "Stackmeta.Agent.Tests.Cases.md").Distinct().Order()
        );
    }
}
