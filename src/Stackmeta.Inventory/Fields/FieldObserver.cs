using System.Text.Json.Serialization.Metadata;

namespace Stackmeta.Inventory;

/// <summary>Looks at fields and changes none.</summary>
/// <param name="observe">Called for each with a text, a number, bytes, what has the column's shape, or null.</param>
sealed class FieldObserver(Action<Column, object?> observe) : FieldVisitor
{
    public override string Text(string column, string value, TextForm form = TextForm.Line) =>
        Observe(new(column, ColumnKind.Text) { Form = form }, value);

    public override string? TextOrNull(string column, string? value, TextForm form = TextForm.Line) =>
        Observe(new(column, ColumnKind.Text, IsNullable: true) { Form = form }, value);

    public override long Number(string column, long value) => Observe(new(column, ColumnKind.Number), value);

    public override long? NumberOrNull(string column, long? value) =>
        Observe(new(column, ColumnKind.Number, IsNullable: true), value);

    public override ReadOnlyMemory<byte>? Bytes(string column, ReadOnlyMemory<byte>? value) =>
        Observe(new(column, ColumnKind.Bytes, IsNullable: true), value);

    protected override object? Json(string column, object? value, JsonTypeInfo shape) =>
        Observe(Column.OfJson(column, shape), value);

    T Observe<T>(Column column, T value)
    {
        observe(column, value);
        return value;
    }
}
