using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;

namespace Stackmeta.Inventory;

/// <summary>
/// What goes through the fields of a resource, each of which its table names once (<see cref="FieldTable{T}"/>): with its column, its value
/// and the form of that. A visitor gives back the value that the field has then: the stored one when it reads, else the same.
/// </summary>
abstract class FieldVisitor
{
    public abstract string Text(string column, string value, TextForm form = TextForm.Line);

    public abstract string? TextOrNull(string column, string? value, TextForm form = TextForm.Line);

    public abstract long Number(string column, long value);

    public abstract long? NumberOrNull(string column, long? value);

    public abstract ReadOnlyMemory<byte>? Bytes(string column, ReadOnlyMemory<byte>? value);

    /// <summary>Stored as 0 or 1.</summary>
    public bool Flag(string column, bool value) => Number(column, value ? 1 : 0) != 0;

    /// <summary>Stored as JSON; null when empty.</summary>
    public ImmutableArray<T> List<T>(string column, ImmutableArray<T> value, JsonTypeInfo<ImmutableArray<T>> shape) =>
        (ImmutableArray<T>?)Json(column, value.IsEmpty ? null : value, shape) ?? [];

    /// <summary>Stored as JSON.</summary>
    public T? Object<T>(string column, T? value, JsonTypeInfo<T> shape)
        where T : class => (T?)Json(column, value, shape);

    // Not generic: the runtime looks virtual generic methods up by hash at each call.
    protected abstract object? Json(string column, object? value, JsonTypeInfo shape);
}
