using Stackmeta.Tests.Support;

namespace Stackmeta.Agent.Tests;

public sealed class CaseTableTests
{
    [Fact]
    public void Every_test_that_the_table_of_cases_names_is_there() =>
        Assert.Empty(CaseTable.FindUnknownTests(typeof(CaseTableTests).Assembly, "Stackmeta.Agent.Tests.Cases.md"));

    /// <summary>Of the table in spec/neutron-metadata.md §8: the agent, its forwarding and socket, OVN's identification, history, observations.</summary>
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
