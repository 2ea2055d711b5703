namespace Stackmeta.Inventory.Tests;

/// <summary>
/// What every store must do. Each class of tests is written once against the contracts, and runs on each kind of store
/// by a class that names it.
/// </summary>
public abstract class StoreContract<TStore> : IDisposable
    where TStore : ITestStore, new()
{
    protected TStore Store { get; } = new();

    protected IInventory Inventory => Store.Inventory;

    public void Dispose()
    {
        Store.Dispose();
        GC.SuppressFinalize(this);
    }
}
