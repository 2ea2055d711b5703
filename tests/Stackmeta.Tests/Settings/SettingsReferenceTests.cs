using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>docs/settings.md is the table of settings.</summary>
public sealed class SettingsReferenceTests
{
    static string Page { get; } = Path.Combine(Repository.Root, "docs", "settings.md");

    /// <summary>Run the test with APPROVE=1 to write the page anew.</summary>
    [Fact]
    public void The_page_says_what_the_table_says()
    {
        if (Environment.GetEnvironmentVariable("APPROVE") == "1")
        {
            File.WriteAllText(Page, SettingsReference.Markdown());
        }
        Assert.Equal(SettingsReference.Markdown(), File.ReadAllText(Page));
    }
}
