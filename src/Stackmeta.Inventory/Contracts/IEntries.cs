namespace Stackmeta.Inventory;

/// <summary>The entries of one kind. Entries are found by id, or by name where only one has it.</summary>
/// <exception cref="InventoryException">Thrown by every member when the store itself is in trouble.</exception>
public interface IEntries<T>
    where T : class
{
    /// <summary>Adds an entry, completed where it leaves a choice.</summary>
    ValueTask<Outcome<T>> CreateAsync(T entry, CancellationToken cancellationToken = default);

    ValueTask<Outcome<T>> FindAsync(string nameOrId, CancellationToken cancellationToken = default);

    /// <summary>All entries in the order in which they were created. What changes meanwhile may be seen or not.</summary>
    IAsyncEnumerable<T> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Changes an entry.</summary>
    /// <param name="change">Gets the entry and returns the changed one; called once, inside the transaction.</param>
    ValueTask<Outcome<T>> ChangeAsync(
        string nameOrId,
        Func<T, T> change,
        CancellationToken cancellationToken = default
    );

    /// <summary>Removes an entry and returns what it was.</summary>
    ValueTask<Outcome<T>> DeleteAsync(string nameOrId, CancellationToken cancellationToken = default);
}
