using Npgsql;

namespace Stackmeta.Inventory;

/// <summary>
/// The tables <c>revision</c> and <c>changes</c>: what was changed lately, numbered without gaps in the order of the commits.
/// </summary>
static class PostgresChangeLog
{
    // Of a server that does not answer a follower believes after so many seconds that it is gone.
    const int ReadSeconds = 5;

    const string Append = """
        WITH newest AS (UPDATE revision SET number = number + cardinality($1) RETURNING number)
        INSERT INTO changes (number, kind, id)
        SELECT newest.number - cardinality($1) + told.position, told.kind, told.id
        FROM newest, unnest($1, $2) WITH ORDINALITY AS told (kind, id, position)
        """;

    const string Forget = "DELETE FROM changes WHERE number <= (SELECT number FROM revision) - $1";

    const string Newest = "SELECT number FROM revision";

    const string NewestNotified = $"SELECT number, pg_notify('{PostgresDatabase.Channel}', number::text) FROM revision";

    const string After = "SELECT number, kind, id FROM changes WHERE number > $1 ORDER BY number";

    // A primary stays one until it is restarted, so one that was started at the same moment has the same log.
    const string Server = """
        SELECT pg_postmaster_start_time()::text || ' ' || oid::text FROM pg_database WHERE datname = current_database()
        """;

    /// <summary>Tells a server and its database from all others; null where that cannot be told.</summary>
    public static async ValueTask<string?> ServerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand(Server, connection);
            return await command.ExecuteScalarAsync(cancellationToken) as string;
        }
        catch (PostgresException e) when (PostgresTrouble.IsUnknownThere(e))
        {
            return null;
        }
    }

    /// <summary>
    /// Writes changes at the end of a transaction, and notifies listeners when it is committed. From here on other writers wait.
    /// </summary>
    /// <returns>The number of the last one.</returns>
    public static async ValueTask<long> AppendAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<InventoryChange> changes,
        bool notify
    )
    {
        if (changes.Count > ChangeTable.LargestTransaction)
        {
            changes = [new InventoryChange(InventoryChangeKind.Everything, "")];
        }
        var kinds = new long[changes.Count];
        var ids = new string[changes.Count];
        var at = 0;
        foreach (var change in changes)
        {
            (kinds[at], ids[at]) = ((long)change.Kind, change.Id);
            at++;
        }
        await using var batch = new NpgsqlBatch(connection);
        var append = new NpgsqlBatchCommand(Append);
        append.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = kinds });
        append.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = ids });
        batch.BatchCommands.Add(append);
        var forget = new NpgsqlBatchCommand(Forget);
        forget.Parameters.Add(new NpgsqlParameter<long> { TypedValue = ChangeTable.Remembered });
        batch.BatchCommands.Add(forget);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(notify ? NewestNotified : Newest));
        return (long)(await batch.ExecuteScalarAsync())!;
    }

    /// <summary>The number of the newest change, and the changes after another one.</summary>
    public static async ValueTask<(long Newest, List<(long Number, InventoryChange Change)> Changes)> ReadAsync(
        NpgsqlConnection connection,
        long after,
        CancellationToken cancellationToken
    )
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = ReadSeconds };
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Newest));
        var changesAfter = new NpgsqlBatchCommand(After);
        changesAfter.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        batch.BatchCommands.Add(changesAfter);
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        var newest = await row.ReadAsync(cancellationToken) ? row.GetInt64(0) : 0;
        await row.NextResultAsync(cancellationToken);
        var changes = new List<(long, InventoryChange)>();
        while (await row.ReadAsync(cancellationToken))
        {
            changes.Add((row.GetInt64(0), new((InventoryChangeKind)row.GetInt64(1), row.GetString(2))));
        }
        return (newest, changes);
    }
}
