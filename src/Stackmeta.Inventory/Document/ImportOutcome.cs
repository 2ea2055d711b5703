using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>How the transaction of an import ends: what is refused is taken back, and a dry run is too.</summary>
static class ImportOutcome
{
    static readonly ImmutableArray<Objection> _dryRun = [new(ObjectionKind.Conflict, "", "dry run")];

    public static Outcome<string> Of(ImmutableArray<Objection> objections, ImportOptions options) =>
        !objections.IsEmpty ? objections
        : options.IsDryRun ? _dryRun
        : "imported";

    /// <summary>What is wrong with the document; nothing where it was only to be checked.</summary>
    public static ImmutableArray<Objection> ObjectionsOf(Outcome<string> outcome) =>
        outcome.Objections == _dryRun ? [] : outcome.Objections;
}
