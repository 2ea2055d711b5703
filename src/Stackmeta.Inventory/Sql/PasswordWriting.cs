using Stackmeta.Core.Refusals;

namespace Stackmeta.Inventory;

/// <summary>Stores the password that a guest posts: the first one, decided by the row itself.</summary>
static class PasswordWriting
{
    public static async ValueTask<Refusal> WriteAsync(InventorySession session, string instanceId, string password)
    {
        var stored = await session.Sql.ExecuteAsync(
            "UPDATE instances SET password = @p2 WHERE id = @p1 AND password = ''",
            instanceId,
            password
        );
        if (stored == 1)
        {
            session.Changed(InventoryChangeKind.Instance, instanceId);
            return Refusal.None;
        }
        return await session.Sql.ScalarAsync("SELECT 1 FROM instances WHERE id = @p1", instanceId) is null
            ? Refusal.PasswordInstanceGone
            : Refusal.PasswordAlreadySet;
    }
}
