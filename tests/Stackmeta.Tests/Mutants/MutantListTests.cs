using System.Text.Json;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>
/// The list of <c>./test mutants</c>, without running it: what is to be broken is still there, and so are the tests that should notice. The
/// run itself takes long, and a list that has rotted would show only then.
/// </summary>
public sealed class MutantListTests
{
    [Fact]
    public void Every_line_is_found_once_every_test_is_there_and_the_page_has_them_all()
    {
        var root = Repository.Root;
        using var list = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "tests", "mutants", "list.json")));
        var page = File.ReadAllText(Path.Combine(root, "docs", "security.md"));
        var mutants = list.RootElement.EnumerateArray().ToList();
        Assert.InRange(mutants.Count, 40, 1000);
        Assert.Distinct(mutants.Select(static mutant => Text(mutant, "name")));
        foreach (var mutant in mutants)
        {
            var name = Text(mutant, "name");
            var source = File.ReadAllText(Path.Combine(root, Text(mutant, "file")));
            var line = Text(mutant, "line");
            Assert.NotEqual(line, Text(mutant, "instead"));
            var at = source.IndexOf(line, StringComparison.Ordinal);
            Assert.True(at >= 0, $"{name}: its line is no longer there");
            Assert.True(source.IndexOf(line, at + 1, StringComparison.Ordinal) < 0, $"{name}: its line stands twice");
            Assert.True(page.Contains($"\n| {name} |", StringComparison.Ordinal), $"{name} is not in docs/security.md");
            var tests = Directory
                .EnumerateFiles(
                    Path.Combine(root, "tests", Text(mutant, "project")),
                    "*.cs",
                    SearchOption.AllDirectories
                )
                .Select(File.ReadAllText)
                .ToList();
            foreach (var test in mutant.GetProperty("tests").EnumerateArray().Select(static test => test.GetString()!))
            {
                var method = test.Split('.')[^1];
                Assert.True(
                    method == "*" || tests.Any(file => file.Contains($" {method}(", StringComparison.Ordinal)),
                    $"{name}: there is no test {test}"
                );
            }
        }
    }

    static string Text(JsonElement mutant, string key) => mutant.GetProperty(key).GetString()!;
}
