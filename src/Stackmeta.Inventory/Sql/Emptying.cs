namespace Stackmeta.Inventory;

/// <summary>Removes everything from the inventory, inside a transaction that will fill it again.</summary>
static class Emptying
{
    public static async ValueTask RunAsync(InventorySession session)
    {
        foreach (var table in StoredTable.All.Reverse())
        {
            await session.Sql.ExecuteAsync($"DELETE FROM {table.Name}");
        }
        session.Changed(InventoryChangeKind.Everything, "");
    }
}
