namespace Stackmeta.Inventory;

/// <summary>
/// How entries of one kind come into the inventory, change and leave it: what is checked, what is completed, and what goes with
/// them. The rules know no store; what they read and write goes through the tables of the session.
/// </summary>
abstract class EntryRules<T>
    where T : class
{
    /// <summary>What an entry is called, for example <c>network</c>.</summary>
    public abstract string Noun { get; }

    public abstract EntryTable<T> Table { get; }

    /// <summary>Checks and completes an entry and, unless something was objected to, stores it.</summary>
    public abstract ValueTask<T> AddAsync(InventorySession session, T entry, Objections objections);

    /// <summary>Checks a changed entry and, unless something was objected to, stores it.</summary>
    public abstract ValueTask<T> ChangeAsync(InventorySession session, T before, T after, Objections objections);

    /// <summary>Removes an entry and what goes with it, unless something was objected to.</summary>
    public abstract ValueTask RemoveAsync(InventorySession session, T entry, Objections objections);

    /// <summary>Finds an entry by its id, or else by its name if only one has it.</summary>
    /// <param name="path">Where the name was written, for the objection.</param>
    public async ValueTask<T?> FindAsync(InventorySession session, string nameOrId, string path, Objections objections)
    {
        if (TextRules.IsId(nameOrId, out var id) && await Table.FindByIdAsync(session.Sql, id) is { } entry)
        {
            return entry;
        }
        var named = await Table.FindByNameAsync(session.Sql, nameOrId);
        if (named.Length == 1)
        {
            return named[0];
        }
        if (named.Length == 0)
        {
            objections.Add(
                ObjectionKind.NotFound,
                path,
                $"there is no {Noun} with the id or name {TextRules.Quote(nameOrId)}"
            );
        }
        else
        {
            objections.Add(
                ObjectionKind.Ambiguous,
                path,
                NamedIds.Sentence(Noun, nameOrId, [.. named.Select(Table.IdOf)])
            );
        }
        return null;
    }

    /// <summary>The id for a new entry.</summary>
    protected async ValueTask<string> TakeNewIdAsync(InventorySession session, string id, Objections objections)
    {
        var taken = objections.TakeId("id", id);
        if (id.Length > 0 && await Table.FindByIdAsync(session.Sql, taken) is not null)
        {
            objections.Add(ObjectionKind.Conflict, "id", $"there is a {Noun} with the id {taken} already");
        }
        return taken;
    }

    /// <summary>Objects to the change of what cannot change.</summary>
    protected static void CheckSame(Objections objections, string path, string before, string after)
    {
        if (before != after)
        {
            objections.Invalid(path, $"cannot change from {TextRules.Quote(before)} to {TextRules.Quote(after)}");
        }
    }
}
