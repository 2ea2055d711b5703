using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>Collects what is wrong with one entry.</summary>
sealed class Objections
{
    readonly ImmutableArray<Objection>.Builder _all = ImmutableArray.CreateBuilder<Objection>();

    public bool Any => _all.Count > 0;

    public int Count => _all.Count;

    public ImmutableArray<Objection> All => _all.ToImmutable();

    public void Add(ObjectionKind kind, string path, string sentence) => _all.Add(new(kind, path, sentence));

    public void Add(Objection objection) => _all.Add(objection);

    /// <summary>Adds an objection against the form of a value.</summary>
    public void Invalid(string path, string sentence) => Add(ObjectionKind.Invalid, path, sentence);
}
