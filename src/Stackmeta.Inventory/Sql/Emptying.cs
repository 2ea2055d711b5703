namespace Stackmeta.Inventory;

/// <summary>Removes everything from the inventory, inside a transaction that will fill it again.</summary>
static class Emptying
{
    public static async ValueTask RunAsync(InventorySession session)
    {
        await session.Sql.ExecuteAsync("DELETE FROM fixed_ips");
        await session.Sql.ExecuteAsync("DELETE FROM ports");
        await session.Sql.ExecuteAsync("DELETE FROM instances");
        await session.Sql.ExecuteAsync("DELETE FROM ec2_images");
        await session.Sql.ExecuteAsync("DELETE FROM routers");
        await session.Sql.ExecuteAsync("DELETE FROM subnets");
        await session.Sql.ExecuteAsync("DELETE FROM networks");
        session.Changed(InventoryChangeKind.Everything, "");
    }
}
