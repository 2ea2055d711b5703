using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Stackmeta.OpenStack;

/// <summary>
/// Replaces <c>$name</c>, <c>${name}</c> and <c>$group.name</c> in values by other options' values; <c>$$</c> and <c>\$</c> stand for a
/// dollar.
/// </summary>
/// <remarks>A name that is nowhere set and has no default here stays as it stands (<see cref="Unknown"/> lists it).</remarks>
sealed partial class OptionSubstitution(OsloConfiguration files, ImmutableArray<OptionDefinition> table)
{
    // A value that refers to itself must end; no real file nests deeper than two or three.
    const int DeepestNesting = 16;

    public string Apply(string value, string group) => Apply(value, group, depth: 0, unknown: null);

    /// <summary>The names that a value refers to in vain.</summary>
    public IReadOnlyList<string> Unknown(string value, string group)
    {
        var unknown = new List<string>();
        Apply(value, group, depth: 0, unknown);
        return unknown;
    }

    string Apply(string value, string group, int depth, List<string>? unknown)
    {
        if (!value.Contains('$') || depth > DeepestNesting)
        {
            return value;
        }
        return Reference()
            .Replace(
                value.Replace(@"\$", "$$", StringComparison.Ordinal),
                match =>
                {
                    if (match.Groups["dollar"].Success)
                    {
                        return "$";
                    }
                    var name = match.Groups["name"].Success ? match.Groups["name"].Value : match.Groups["braced"].Value;
                    if (Find(name, group) is { } found)
                    {
                        return Apply(found.Value, found.Group, depth + 1, unknown);
                    }
                    unknown?.Add(name);
                    return match.Value;
                }
            );
    }

    /// <summary><c>group.name</c> is looked for in that group; a bare name in the value's own group, then in DEFAULT.</summary>
    (string Value, string Group)? Find(string reference, string group)
    {
        var dot = reference.IndexOf('.', StringComparison.Ordinal);
        return dot < 0
            ? FindIn(group, reference) ?? FindIn("DEFAULT", reference)
            : FindIn(ConfigurationParser.NormalizeGroup(reference[..dot]), reference[(dot + 1)..]);
    }

    (string Value, string Group)? FindIn(string group, string name)
    {
        var option =
            table.FirstOrDefault(known => known.Group == group && known.Name == name)
            ?? new OptionDefinition(group, name);
        var value = files.Find(option) is [.., var entry] ? entry.Value : option.Default;
        return value is null ? null : (value, group);
    }

    [GeneratedRegex(
        @"\$(?:(?<dollar>\$)|(?<name>[_a-z][._a-z0-9]*)|\{(?<braced>[_a-z][._a-z0-9]*)\})",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Reference();
}
