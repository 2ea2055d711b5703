using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Stackmeta.Inventory;

/// <summary>
/// An inventory in a temporary file, readable by its owner only, in which a large document is taken by the usual rules before its rows
/// are sent to a server: a hundred thousand entries ask millions of small questions, which must not go over a network each.
/// </summary>
sealed class ImportStaging : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-import-").FullName;
    readonly SqliteConnection _connection;

    public ImportStaging(TimeProvider time)
    {
        Inventory = SqliteInventory.Open(Path.Combine(_folder, "inventory.db"), time);
        _connection = new SqliteConnection($"Data Source={Inventory.Path};Pooling=False");
        _connection.Open();
        foreach (var table in StoredTable.All)
        {
            Execute($"CREATE TABLE known_{table.Name} AS SELECT {table.Key} FROM {table.Name}");
        }
    }

    public SqliteInventory Inventory { get; }

    /// <summary>Takes the rows that the server has already, so that the rules know of them.</summary>
    public async Task LearnAsync(StoredTable table, DbDataReader rows, CancellationToken cancellationToken)
    {
        using var transaction = _connection.BeginTransaction();
        using var insert = _connection.CreateCommand();
        var names = table.Columns.Select((_, i) => $"@p{i}").ToList();
#pragma warning disable CA2100 // Names of our own tables.
        insert.CommandText = $"INSERT INTO {table.Name} ({table.ColumnList}) VALUES ({string.Join(", ", names)})";
#pragma warning restore CA2100
        var parameters = names.ConvertAll(name => insert.Parameters.AddWithValue(name, DBNull.Value));
        while (await rows.ReadAsync(cancellationToken))
        {
            for (var i = 0; i < parameters.Count; i++)
            {
                parameters[i].Value = rows.GetValue(i);
            }
            insert.ExecuteNonQuery();
        }
        Execute($"INSERT INTO known_{table.Name} SELECT {table.Key} FROM {table.Name}");
        transaction.Commit();
    }

    /// <summary>The number that a table's counter has given out last.</summary>
    public long Counter(StoredTable table) =>
        Scalar($"SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = '{table.Name}'");

    public void SetCounter(StoredTable table, long number)
    {
        Execute($"DELETE FROM sqlite_sequence WHERE name = '{table.Name}'");
        Execute($"INSERT INTO sqlite_sequence (name, seq) VALUES ('{table.Name}', {number})");
    }

    /// <summary>Reads the rows that the server does not have yet.</summary>
    public SqliteCommand SelectNew(StoredTable table) =>
        Command(
            $"SELECT {table.ColumnList} FROM {table.Name} WHERE ({table.Key}) NOT IN (SELECT * FROM known_{table.Name}) ORDER BY {table.Key}"
        );

    public void Dispose()
    {
        _connection.Dispose();
        Inventory.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    long Scalar(string sql)
    {
        using var command = Command(sql);
        return (long)command.ExecuteScalar()!;
    }

    void Execute(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }

    SqliteCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Names of our own tables.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
