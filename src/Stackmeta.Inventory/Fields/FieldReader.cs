using System.Text.Json.Serialization.Metadata;

namespace Stackmeta.Inventory;

/// <summary>Reads fields from the columns of a row, one after the other in the order of their table.</summary>
sealed class FieldReader(IRow row) : FieldVisitor
{
    int _next;

    public IRow Row => row;

    /// <summary>Whether the column that is read next holds nothing.</summary>
    public bool NextIsNull => row.IsNull(_next);

    /// <summary>Goes to a column.</summary>
    public FieldReader At(int column)
    {
        _next = column;
        return this;
    }

    public override string Text(string column, string value, TextForm form = TextForm.Line) => row.Text(_next++);

    public override string? TextOrNull(string column, string? value, TextForm form = TextForm.Line) =>
        TakeNull(out var at) ? null : row.Text(at);

    public override long Number(string column, long value) => row.Number(_next++);

    public override long? NumberOrNull(string column, long? value) => TakeNull(out var at) ? null : row.Number(at);

    public override ReadOnlyMemory<byte>? Bytes(string column, ReadOnlyMemory<byte>? value) =>
        TakeNull(out var at) ? (ReadOnlyMemory<byte>?)null : row.Blob(at);

    protected override object? Json(string column, object? value, JsonTypeInfo shape) =>
        TakeNull(out var at) ? null : row.Json(at, shape);

    bool TakeNull(out int at) => row.IsNull(at = _next++);
}
