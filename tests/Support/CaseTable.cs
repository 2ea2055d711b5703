using System.Reflection;
using System.Text.RegularExpressions;

namespace Stackmeta.Tests.Support;

/// <summary>A page that says which test covers which case of the specification. Kept honest: every test that it names must exist.</summary>
public static partial class CaseTable
{
    /// <summary>Names in the page, written <c>`Class.Method`</c>, that are no test of the assembly.</summary>
    public static IReadOnlyList<string> FindUnknownTests(Assembly assembly, string page)
    {
        using var stream = assembly.GetManifestResourceStream(page) ?? throw new FileNotFoundException(page);
        using var reader = new StreamReader(stream);
        var tests = assembly
            .GetTypes()
            .SelectMany(type => type.GetMethods().Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. TestName()
                .Matches(reader.ReadToEnd())
                .Select(m => m.Groups["name"].Value)
                .Where(n => !tests.Contains(n)),
        ];
    }

    /// <summary>The numbers in the first column of the page's tables.</summary>
    public static IEnumerable<int> ReadCases(Assembly assembly, string page)
    {
        using var stream = assembly.GetManifestResourceStream(page) ?? throw new FileNotFoundException(page);
        using var reader = new StreamReader(stream);
        return
        [
            .. reader
                .ReadToEnd()
                .Split('\n')
                .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
                .SelectMany(line => line.Split('|')[1].Split(','))
                .Select(cell => int.TryParse(cell, out var number) ? number : 0)
                .Where(number => number > 0),
        ];
    }

    [GeneratedRegex(
        "`(?<name>[A-Za-z]+Tests\\.[A-Za-z0-9_]+)`",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        1000
    )]
    private static partial Regex TestName();
}
