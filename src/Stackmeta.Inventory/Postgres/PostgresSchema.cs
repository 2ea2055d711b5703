using Npgsql;

namespace Stackmeta.Inventory;

/// <summary>Makes the tables of an inventory, brings them up to date, or says why this program cannot use them.</summary>
static class PostgresSchema
{
    // "Stkm", as the application id of SQLite files: whoever makes or upgrades tables holds this advisory lock.
    const long UpgradeLock = 0x53746b6d;

    /// <exception cref="InventoryException"/>
    public static void Prepare(PostgresDatabase database)
    {
        try
        {
            // A standby can tell the version too: a host must start while the primary is being replaced.
            using (var connection = database.Anyone.OpenConnection())
            {
                CheckEncoding(connection, database.Url);
                if (Check(connection, database.Url) is null)
                {
                    return;
                }
            }
            if (database.Options.Upgrade)
            {
                Upgrade(database);
            }
            using var upgraded = database.Primary.OpenConnection();
            if (Check(upgraded, database.Url) is { } trouble)
            {
                throw trouble;
            }
        }
        catch (Exception e) when (PostgresTrouble.IsTrouble(e))
        {
            throw PostgresTrouble.From(e, database.Url);
        }
    }

    /// <summary>What must be done first; null when nothing.</summary>
    /// <exception cref="InventoryException">A newer program has upgraded it.</exception>
    static InventoryException? Check(NpgsqlConnection connection, PostgresUrl place)
    {
        var known = PostgresMigrations.All[^1].Number;
        var newest = Newest(connection);
        if (newest > known)
        {
            throw new InventoryException(
                InventoryTrouble.NewerVersion,
                $"The inventory {place} was upgraded to version {newest} by a newer stackmeta, and this one knows {known}; use the newer program."
            );
        }
        return newest == known ? null
            : newest == 0
                ? new InventoryException(
                    InventoryTrouble.NotAnInventory,
                    $"There is no inventory in the database {place} yet; create a network or import a document to make one."
                )
            : new InventoryException(
                InventoryTrouble.ReadOnly,
                $"The inventory {place} is of version {newest} and must be upgraded to {known}; open it once for writing."
            );
    }

    static void CheckEncoding(NpgsqlConnection connection, PostgresUrl place)
    {
        if (Scalar(connection, "SHOW server_encoding") is not "UTF8" and var encoding)
        {
            throw new InventoryException(
                InventoryTrouble.NotAnInventory,
                $"The database {place} stores texts in {encoding}, which cannot hold all names; make one with the encoding UTF8."
            );
        }
    }

    /// <summary>All missing steps in one transaction: two hosts that start at once agree, and nothing is half made.</summary>
    static void Upgrade(PostgresDatabase database)
    {
        using var connection = database.Alone.OpenConnection();
        using var transaction = connection.BeginTransaction();
        Execute(connection, $"SELECT pg_advisory_xact_lock({UpgradeLock})");
        try
        {
            Execute(connection, PostgresMigrations.RecordTable);
            var newest = Newest(connection);
            foreach (var (number, name, sql) in PostgresMigrations.All.Where(step => step.Number > newest))
            {
                Execute(connection, sql);
                using var record = new NpgsqlCommand(
                    "INSERT INTO stackmeta_migrations (number, name) VALUES ($1, $2)",
                    connection
                );
                record.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
                record.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
                record.ExecuteNonQuery();
            }
            transaction.Commit();
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateTable)
        {
            throw new InventoryException(
                InventoryTrouble.NotAnInventory,
                $"The database {database.Url} holds tables of another program: {e.MessageText}; name a database of its own.",
                e
            );
        }
    }

    static long Newest(NpgsqlConnection connection) =>
        Scalar(connection, "SELECT to_regclass('stackmeta_migrations')::text") is null
            ? 0
            : (long)Scalar(connection, "SELECT coalesce(max(number), 0) FROM stackmeta_migrations")!;

    static object? Scalar(NpgsqlConnection connection, string sql)
    {
        using var command = Command(connection, sql);
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = Command(connection, sql);
        command.ExecuteNonQuery();
    }

#pragma warning disable CA2100 // Every statement is a constant of this project.
    static NpgsqlCommand Command(NpgsqlConnection connection, string sql) => new(sql, connection);
#pragma warning restore CA2100
}
