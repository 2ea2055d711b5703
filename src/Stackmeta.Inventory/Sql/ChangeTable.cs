namespace Stackmeta.Inventory;

/// <summary>The table <c>changes</c>: what was changed lately, numbered without gaps, the oldest forgotten.</summary>
static class ChangeTable
{
    /// <summary>
    /// How many changes are remembered. A follower polls 20 times a second, so that it would have to sleep through as many to lose one.
    /// </summary>
    public const int Remembered = 10_000;

    /// <summary>More changes than this in one transaction are written as <see cref="InventoryChangeKind.Everything"/>.</summary>
    public const int LargestTransaction = 1_000;

    public static async ValueTask AppendAsync(SqlCommands sql, IReadOnlyCollection<InventoryChange> changes)
    {
        if (changes.Count == 0)
        {
            return;
        }
        if (changes.Count > LargestTransaction)
        {
            changes = [new InventoryChange(InventoryChangeKind.Everything, "")];
        }
        var last = 0L;
        foreach (var change in changes)
        {
            last = (long)
                (
                    await sql.ScalarAsync(
                        "INSERT INTO changes (kind, id) VALUES (@p1, @p2) RETURNING number",
                        (int)change.Kind,
                        change.Id
                    )
                )!;
        }
        await sql.ExecuteAsync("DELETE FROM changes WHERE number <= @p1", last - Remembered);
    }

    /// <summary>The number of the newest change; 0 when there is none.</summary>
    public static async ValueTask<long> NewestAsync(SqlCommands sql) =>
        (long?)await sql.ScalarAsync("SELECT max(number) FROM changes") ?? 0;

    /// <summary>The changes after a number, oldest first.</summary>
    public static ValueTask<List<(long Number, InventoryChange Change)>> AfterAsync(SqlCommands sql, long number) =>
        sql.ReadAsync(
            "SELECT number, kind, id FROM changes WHERE number > @p1 ORDER BY number",
            row => (row.GetInt64(0), new InventoryChange((InventoryChangeKind)row.GetInt32(1), row.GetString(2))),
            number
        );
}
