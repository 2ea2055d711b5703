using Npgsql;

namespace Stackmeta.Inventory;

/// <summary>The statements of one transaction on PostgreSQL; the driver prepares each once for a connection.</summary>
sealed class PostgresCommands(NpgsqlConnection connection) : SqlCommands(connection)
{
    public NpgsqlConnection Connection => connection;

    public override async ValueTask NoteNumberAsync(string table, long number) =>
        await ScalarAsync(
            """
            SELECT setval(pg_get_serial_sequence(@p1, 'number'), @p2)
            WHERE @p2 > coalesce(pg_sequence_last_value(pg_get_serial_sequence(@p1, 'number')::regclass), 0)
            """,
            table,
            number
        );
}
