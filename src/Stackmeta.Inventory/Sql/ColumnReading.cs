using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Stackmeta.Inventory;

/// <summary>The forms in which columns hold values that SQL has no type for: JSON texts, and null for what is empty.</summary>
static class ColumnReading
{
    public static string? TextOrNull(this DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    public static long? NumberOrNull(this DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetInt64(column);

    public static bool Flag(this DbDataReader row, int column) => row.GetInt64(column) != 0;

    /// <summary>A list from its JSON text; null is the empty list.</summary>
    public static ImmutableArray<T> List<T>(this DbDataReader row, int column, JsonTypeInfo<ImmutableArray<T>> shape) =>
        row.IsDBNull(column) ? [] : JsonSerializer.Deserialize(row.GetString(column), shape);

    /// <summary>The JSON text of a list; null for the empty one.</summary>
    public static string? ToColumn<T>(this ImmutableArray<T> list, JsonTypeInfo<ImmutableArray<T>> shape) =>
        list.IsEmpty ? null : JsonSerializer.Serialize(list, shape);

    public static int ToColumn(this bool flag) => flag ? 1 : 0;
}
