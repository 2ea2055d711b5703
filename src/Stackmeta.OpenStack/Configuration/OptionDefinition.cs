using System.Collections.Immutable;

namespace Stackmeta.OpenStack;

/// <summary>What an option's text means (oslo.config's types, as far as the path reads them).</summary>
enum OptionKind
{
    Text,
    Boolean,
    Integer,

    /// <summary>Items between commas.</summary>
    List,
}

/// <summary>What is done with an option that a file sets.</summary>
public enum OptionVerdict
{
    /// <summary>It has the effect that it has in OpenStack.</summary>
    Honoured,

    /// <summary>It has no effect on what a guest is told.</summary>
    Irrelevant,

    /// <summary>It would have an effect in OpenStack and has none here.</summary>
    NotSupported,
}

/// <summary>An option of OpenStack's that this program knows.</summary>
/// <param name="Group">The section, normalised.</param>
/// <param name="Name">The current name, with underscores.</param>
/// <param name="Kind">How the text is read.</param>
sealed record OptionDefinition(string Group, string Name, OptionKind Kind = OptionKind.Text)
{
    /// <summary>What holds when nothing sets it; null for nothing.</summary>
    public string? Default { get; init; }

    /// <summary>Values that never appear in a message.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Each assignment adds a value instead of replacing the one before.</summary>
    public bool IsMultiple { get; init; }

    public long Minimum { get; init; } = long.MinValue;

    public long Maximum { get; init; } = long.MaxValue;

    /// <summary>The only texts (of a list: items) that are allowed; empty for any.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>Older names under which files may still set it.</summary>
    public ImmutableArray<(string Group, string Name)> DeprecatedNames { get; init; } = [];

    public OptionVerdict Verdict { get; init; } = OptionVerdict.Honoured;

    /// <summary>What an operator should know about the verdict; null for the verdict's own sentence.</summary>
    public string? Reason { get; init; }

    /// <summary>Why a value of an honoured option is not supported; null from the function when it is.</summary>
    public Func<string, string?>? Unsupported { get; init; }

    /// <summary>The names in the order in which they are looked for.</summary>
    public IEnumerable<(string Group, string Name)> Names => DeprecatedNames.Prepend((Group, Name));
}
