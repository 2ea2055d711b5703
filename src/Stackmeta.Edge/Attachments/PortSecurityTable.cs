using System.Text;
using System.Text.RegularExpressions;

namespace Stackmeta.Edge;

/// <summary>What the kernel has in the table of a network (<see cref="PortSecurityRules"/>).</summary>
static partial class PortSecurityTable
{
    /// <summary>
    /// Removes the chains, sets and rates of ports that are gone. In a transaction of its own, after the one that has taken the last rule
    /// away that led to them: kernels before 6.4 count a verdict map's references until the end of the transaction.
    /// </summary>
    /// <param name="used">The text by which the table's rules were replaced.</param>
    /// <param name="file">Where the commands are written for nft to read.</param>
    /// <exception cref="EdgeException">nft refuses.</exception>
    public static async Task RemoveUnusedAsync(
        Guid networkId,
        string used,
        string file,
        CancellationToken cancellationToken
    )
    {
        var table = PortSecurityRules.TableOf(networkId);
        var present = await new Command("nft", "--terse", "list", "table", "bridge", table).RunAsync(cancellationToken);
        if (Removal(table, present, used) is { Length: > 0 } removal)
        {
            await File.WriteAllTextAsync(file, removal, cancellationToken);
            await new Command("nft", "-f", file).RunAsync(cancellationToken);
            File.Delete(file);
        }
    }

    /// <summary>The commands that remove what is there and not used.</summary>
    /// <param name="present">As <c>nft list table</c> shows it.</param>
    /// <param name="used">The text by which the table's rules were replaced.</param>
    internal static string Removal(string table, string present, string used)
    {
        var names = NamesIn(used).ToHashSet();
        var text = new StringBuilder();
        // Chains before the sets that a rule of theirs may still name; all of them without rules by now.
        foreach (
            var (kind, name) in NamesIn(present).Where(one => !names.Contains(one)).OrderBy(static one => one.Kind)
        )
        {
            text.Append($"delete {kind} bridge {table} {name}\n");
        }
        return text.ToString();
    }

    static IEnumerable<(string Kind, string Name)> NamesIn(string table) =>
        Definition().Matches(table).Select(static found => (found.Groups["kind"].Value, found.Groups["name"].Value));

    [GeneratedRegex(
        @"^\s+(?<kind>chain|set|limit) (?<name>\w+) \{",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Definition();
}
