namespace Stackmeta.Inventory;

/// <summary>What a database must give for the inventory to be kept in it: transactions.</summary>
/// <exception cref="InventoryException">Thrown by every member when the store is in trouble.</exception>
interface IInventoryStore
{
    /// <summary>Reads everything as it is at one moment.</summary>
    ValueTask<T> ReadAsync<T>(Func<InventorySession, ValueTask<T>> work, CancellationToken cancellationToken);

    /// <summary>Writes while nobody else does. What was written stays only if the outcome is no refusal.</summary>
    ValueTask<Outcome<T>> WriteAsync<T>(
        Func<InventorySession, ValueTask<Outcome<T>>> work,
        CancellationToken cancellationToken
    )
        where T : class;
}
