using Stackmeta.Tests.Support;

namespace Stackmeta.Api.Tests;

public sealed class CaseTableTests
{
    [Fact]
    public void Every_test_that_the_table_of_cases_names_is_there() =>
        Assert.Empty(CaseTable.FindUnknownTests(typeof(CaseTableTests).Assembly, "Stackmeta.Api.Tests.Cases.md"));
}
