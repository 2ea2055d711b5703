using System.Collections.Immutable;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents;

/// <summary>What stands behind a key of the EC2 tree, before it is written as text or, for a config drive, as JSON.</summary>
readonly record struct Ec2Value
{
    public required Ec2ValueKind Kind { get; init; }

    /// <summary>The text, or what goes before the number of an id.</summary>
    public string Text { get; init; }

    /// <summary>What follows the text; null for nothing.</summary>
    public string? Suffix { get; init; }

    public long Number { get; init; }

    public ImmutableArray<string> Names { get; init; }

    public ImmutableArray<Ec2Entry> Entries { get; init; }

    public Refusal Refusal { get; init; }

    /// <summary>The instance has no such key.</summary>
    public static Ec2Value Absent => new() { Kind = Ec2ValueKind.Absent };

    /// <summary>Python's None: <c>None</c> as text.</summary>
    public static Ec2Value Null => new() { Kind = Ec2ValueKind.Null };

    public static Ec2Value Of(string? text, string? suffix = null) =>
        text is null
            ? Null
            : new()
            {
                Kind = Ec2ValueKind.Text,
                Text = text,
                Suffix = suffix,
            };

    public static Ec2Value Of(long? number) =>
        number is { } value ? new() { Kind = Ec2ValueKind.Number, Number = value } : Null;

    /// <summary>For example <c>i-0000000a</c>.</summary>
    public static Ec2Value OfId(string prefix, long number) =>
        new()
        {
            Kind = Ec2ValueKind.Id,
            Text = prefix,
            Number = number,
        };

    /// <summary>One name a line.</summary>
    public static Ec2Value OfNames(ImmutableArray<string> names) => new() { Kind = Ec2ValueKind.Names, Names = names };

    public static Ec2Value OfDirectory(ImmutableArray<Ec2Entry> entries) =>
        new() { Kind = Ec2ValueKind.Directory, Entries = entries };

    /// <summary>The key is there, but what stands behind it cannot be had.</summary>
    public static Ec2Value Refused(Refusal refusal) => new() { Kind = Ec2ValueKind.Refused, Refusal = refusal };
}

/// <summary>
/// A key below a directory, with its value. A class, since a value that holds an array of structures that hold a value has no layout.
/// </summary>
sealed record Ec2Entry(string Name, Ec2Value Value);

enum Ec2ValueKind
{
    Absent,
    Refused,
    Null,
    Text,
    Number,
    Id,
    Names,
    Directory,
}
