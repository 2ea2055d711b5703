using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SQLitePCL;

namespace Stackmeta.Inventory;

/// <summary>
/// A statement of the request path, prepared once and kept. It speaks to SQLite itself, not through ADO.NET, for two reasons:
/// a locked file must be an answer at once and not a thread that sleeps for a second, and a look-up must not allocate a command's reader.
/// Used by one caller at a time.
/// </summary>
sealed class PreparedStatement : IRow, IDisposable
{
    // Ids and addresses are shorter; longer texts find nothing anyway.
    const int StackBytes = 512;

    readonly sqlite3_stmt _statement;
    readonly string _path;

    /// <summary>Reads the row on which the statement stands.</summary>
    public FieldReader Fields => field ??= new(this);

    /// <exception cref="InventoryException"/>
    public PreparedStatement(sqlite3 connection, string sql, string path)
    {
        _path = path;
        var code = raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement);
        if (code != raw.SQLITE_OK)
        {
            throw SqliteTrouble.From(raw.sqlite3_extended_errcode(connection), path);
        }
    }

    /// <summary>Sets a parameter, counted from 1. Parameters are set while the statement is reset.</summary>
    public void Bind(int parameter, string value)
    {
        Span<byte> stack = stackalloc byte[StackBytes];
        var bytes =
            Encoding.UTF8.GetMaxByteCount(value.Length) <= StackBytes
                ? stack[..Encoding.UTF8.GetBytes(value, stack)]
                : Encoding.UTF8.GetBytes(value);
        Check(raw.sqlite3_bind_text(_statement, parameter, bytes));
    }

    /// <returns>Whether there is a row; the last was reached otherwise.</returns>
    /// <exception cref="InventoryException"/>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }
        if (code == raw.SQLITE_DONE)
        {
            return false;
        }
        throw SqliteTrouble.From(raw.sqlite3_extended_errcode(raw.sqlite3_db_handle(_statement)), _path);
    }

    /// <summary>Ends the reading, so that the next caller can begin and writers are not held up.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public byte[] Blob(int column) => Bytes(column).ToArray();

    public object? Json(int column, JsonTypeInfo shape) => JsonSerializer.Deserialize(Bytes(column), shape);

    public void Dispose() => _statement.Dispose();

    /// <summary>A value's bytes, a text's UTF-8; valid until the next step.</summary>
    ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw SqliteTrouble.From(code, _path);
        }
    }
}
