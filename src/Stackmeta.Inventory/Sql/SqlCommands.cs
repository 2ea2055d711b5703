using System.Data.Common;

namespace Stackmeta.Inventory;

/// <summary>
/// A connection and its prepared commands, each made once. Statements name their parameters <c>@p1</c>, <c>@p2</c>, …; all are written so
/// that SQLite and PostgreSQL understand them alike. Used by one caller at a time.
/// </summary>
class SqlCommands(DbConnection connection) : IDisposable
{
    readonly Dictionary<string, DbCommand> _commands = new(StringComparer.Ordinal);

    /// <returns>The number of rows that were changed.</returns>
    public async ValueTask<int> ExecuteAsync(string sql, params object?[] values) =>
        await Bind(sql, values).ExecuteNonQueryAsync();

    /// <returns>The first column of the first row; null when it is null or there is no row.</returns>
    public async ValueTask<object?> ScalarAsync(string sql, params object?[] values) =>
        await Bind(sql, values).ExecuteScalarAsync() is { } value and not DBNull ? value : null;

    /// <summary>Reads all rows. The result is complete before the next statement runs.</summary>
    public async ValueTask<List<T>> ReadAsync<T>(string sql, Func<DbDataReader, T> read, params object?[] values)
    {
        var rows = new List<T>();
        await using var reader = await Bind(sql, values).ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }
        return rows;
    }

    /// <summary>Makes sure that a chosen row number is not drawn again; SQLite's AUTOINCREMENT does so by itself.</summary>
    public virtual ValueTask NoteNumberAsync(string table, long number) => ValueTask.CompletedTask;

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }
    }

    DbCommand Bind(string sql, object?[] values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of this project.
            command.CommandText = sql;
#pragma warning restore CA2100
            for (var i = 0; i < values.Length; i++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = $"@p{i + 1}";
                command.Parameters.Add(parameter);
            }
            _commands.Add(sql, command);
        }
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
        return command;
    }
}
