namespace Stackmeta.Inventory.Tests;

/// <summary>What docs/inventory-document.md says, which is copied beside the tests by the build.</summary>
static class Documentation
{
    /// <summary>The example: the only block that is marked as JSON.</summary>
    public static string Example()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "inventory-document.md"));
        var begin = page.IndexOf("```json\n", StringComparison.Ordinal) + "```json\n".Length;
        return page[begin..page.IndexOf("```", begin, StringComparison.Ordinal)];
    }
}
