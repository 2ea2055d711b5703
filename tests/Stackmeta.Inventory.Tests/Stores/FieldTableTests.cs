using System.Text.Json.Serialization.Metadata;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Stackmeta.Inventory.Tests;

/// <summary>The tables of fields say what the stores' steps have made and what documents hold: one side alone cannot change.</summary>
public sealed class FieldTableTests
{
    [Fact]
    public async Task Are_what_is_stored_in_sqlite()
    {
        using var folder = new TemporaryFolder();
        using var inventory = SqliteInventory.Open(folder.File("inventory.db"), TimeProvider.System);
        await using var connection = new SqliteConnection($"Data Source={inventory.Path};Pooling=False");
        await connection.OpenAsync();
        foreach (var table in StoredTable.All)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT name, type, \"notnull\" = 0 FROM pragma_table_info('{table.Name}')";
            await using var rows = await command.ExecuteReaderAsync();
            var stored = new List<(string, string, bool)>();
            while (await rows.ReadAsync())
            {
                // SQLite does not count the key of rows among what may not be null.
                var isKey = rows.GetString(0) == Column.RowNumber.Name;
                stored.Add((rows.GetString(0), rows.GetString(1), rows.GetBoolean(2) && !isKey));
            }
            AssertSame(table, stored, "INTEGER", "TEXT", "BLOB");
        }
    }

    [Fact]
    public async Task Are_what_is_stored_in_PostgreSQL()
    {
        using var store = new PostgresTestStore();
        var server = await (await SharedPostgres.GetAsync()).ServerAsync();
        await using var connection = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={server.Port};Username=admin;Database={store.Database};Pooling=false"
        );
        await connection.OpenAsync();
        foreach (var table in StoredTable.All)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"""
                SELECT column_name, data_type, is_nullable = 'YES' FROM information_schema.columns
                WHERE table_name = '{table.Name}'
                """;
            await using var rows = await command.ExecuteReaderAsync();
            var stored = new List<(string, string, bool)>();
            while (await rows.ReadAsync())
            {
                stored.Add((rows.GetString(0), rows.GetString(1), rows.GetBoolean(2)));
            }
            AssertSame(table, stored, "bigint", "text", "bytea");
        }
    }

    [Fact]
    public void Are_what_documents_hold()
    {
        var json = InventoryJson.Default;
        AssertNames(NetworkTable.Fields, json.NetworkEntry);
        AssertNames(SubnetTable.Fields, json.SubnetEntry, "dhcp_server");
        AssertNames(RouterTable.Fields, json.RouterEntry);
        AssertNames(PortTable.Fields, json.PortEntry, "fixed_ips");
        AssertNames(InstanceTable.Fields, json.InstanceEntry, "ec2_ids");
    }

    static void AssertSame(
        StoredTable table,
        List<(string Name, string Type, bool IsNullable)> stored,
        string number,
        string text,
        string bytes
    ) =>
        Assert.Equal(
            stored.Order(),
            table
                .Columns.Select(column =>
                    (
                        column.Name,
                        column.Kind switch
                        {
                            ColumnKind.Number => number,
                            ColumnKind.Bytes => bytes,
                            _ => text,
                        },
                        column.IsNullable
                    )
                )
                .Order()
        );

    /// <param name="elsewhere">What a document holds of the resource that other tables keep.</param>
    static void AssertNames<T>(FieldTable<T> fields, JsonTypeInfo<T> shape, params string[] elsewhere)
        where T : class =>
        Assert.Equal(
            shape.Properties.Select(property => property.Name).Except(elsewhere).Order(),
            fields.Columns.Select(column => column.Name).Order()
        );
}
