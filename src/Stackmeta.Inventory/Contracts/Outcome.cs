using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Stackmeta.Inventory;

/// <summary>What came of a request to the inventory: a value, or why not.</summary>
/// <param name="Value">Null when refused.</param>
/// <param name="Objections">Everything that is wrong; empty when nothing is.</param>
public readonly record struct Outcome<T>(T? Value, ImmutableArray<Objection> Objections)
    where T : class
{
    [MemberNotNullWhen(false, nameof(Value))]
    public bool IsRefused => Value is null;

    public static implicit operator Outcome<T>(T value) => new(value, []);

    public static implicit operator Outcome<T>(ImmutableArray<Objection> objections) => new(null, objections);
}
