using System.Collections.Immutable;

namespace Stackmeta.OpenStack;

/// <summary>What <c>--check</c> says of one assignment. Values are left out: they may be secret.</summary>
/// <param name="Place">File and line.</param>
/// <param name="Verdict">What is done with it.</param>
/// <param name="Reason">Why, in one sentence without a full stop.</param>
public sealed record OptionFinding(
    string Group,
    string Name,
    ConfigurationPlace Place,
    OptionVerdict Verdict,
    string Reason
);

/// <summary>Judges every assignment in a set of files.</summary>
static class ConfigurationReport
{
    /// <summary>One finding an assignment, in the order of the files.</summary>
    public static ImmutableArray<OptionFinding> Of(OsloConfiguration files, ImmutableArray<OptionDefinition> table)
    {
        var substitution = new OptionSubstitution(files, table);
        return [.. files.Entries.Select(entry => Judge(entry, files, table, substitution))];
    }

    static OptionFinding Judge(
        ConfigurationEntry entry,
        OsloConfiguration files,
        ImmutableArray<OptionDefinition> table,
        OptionSubstitution substitution
    )
    {
        OptionFinding Finding(OptionVerdict verdict, string reason) =>
            new(entry.Group, entry.Name, entry.Place, verdict, reason);

        var option = table.FirstOrDefault(known => known.Names.Contains((entry.Group, entry.Name)));
        if (option is null)
        {
            return Finding(OptionVerdict.Irrelevant, "nothing that answers guests reads it");
        }
        if (option.Verdict != OptionVerdict.Honoured)
        {
            return Finding(option.Verdict, option.Reason ?? "it has no effect here");
        }
        var effective = files.Find(option);
        if (!effective.Contains(entry))
        {
            return Finding(OptionVerdict.Irrelevant, $"{effective[^1].Place} sets it again");
        }
        if (substitution.Unknown(entry.Value, entry.Group) is [var unknown, ..])
        {
            return Finding(OptionVerdict.NotSupported, $"it refers to ${unknown}, which no file sets");
        }
        if (option.Unsupported?.Invoke(substitution.Apply(entry.Value, entry.Group)) is { } refusal)
        {
            return Finding(OptionVerdict.NotSupported, refusal);
        }
        var isCurrentName = (entry.Group, entry.Name) == (option.Group, option.Name);
        return Finding(
            OptionVerdict.Honoured,
            isCurrentName ? option.Reason ?? "as in OpenStack" : $"an older name of [{option.Group}] {option.Name}"
        );
    }
}
