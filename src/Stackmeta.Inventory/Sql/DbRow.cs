using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Stackmeta.Inventory;

/// <summary>The row on which a reader of ADO.NET stands.</summary>
sealed class DbRow(DbDataReader reader) : IRow
{
    public bool IsNull(int column) => reader.IsDBNull(column);

    public long Number(int column) => reader.GetInt64(column);

    public string Text(int column) => reader.GetString(column);

    public byte[] Blob(int column) => reader.GetFieldValue<byte[]>(column);

    public object? Json(int column, JsonTypeInfo shape) => JsonSerializer.Deserialize(reader.GetString(column), shape);
}
