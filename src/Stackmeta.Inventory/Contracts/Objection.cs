namespace Stackmeta.Inventory;

/// <summary>One thing that is wrong with what an operator asked of the inventory.</summary>
/// <param name="Kind">Of what kind it is.</param>
/// <param name="Path">Which value is wrong, in the document's words, for example <c>fixed_ips[0].ip_address</c>; empty for the
/// whole.</param>
/// <param name="Sentence">What is wrong with it, for people, without a final dot. Never holds user data, keys or passwords.</param>
public sealed record Objection(ObjectionKind Kind, string Path, string Sentence)
{
    /// <summary>The line of the document, from 1; null when there is no document.</summary>
    public long? Line { get; init; }

    public override string ToString() =>
        (Line, Path) switch
        {
            (null, "") => Sentence,
            (null, _) => $"{Path}: {Sentence}",
            (_, "") => $"line {Line}: {Sentence}",
            _ => $"line {Line}: {Path}: {Sentence}",
        };
}

/// <summary>The kinds of objection.</summary>
public enum ObjectionKind
{
    /// <summary>The value breaks a rule whatever is in the inventory.</summary>
    Invalid,

    /// <summary>What is referred to is not there.</summary>
    NotFound,

    /// <summary>A name that several have.</summary>
    Ambiguous,

    /// <summary>Something in the inventory has taken it already.</summary>
    Conflict,

    /// <summary>It cannot go while others need it.</summary>
    InUse,
}
