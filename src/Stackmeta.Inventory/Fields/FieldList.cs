using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>What is read of a row, column by column: the list of columns and the reading derive from one function.</summary>
/// <param name="read">Makes the value of what the visitor gives back; calls it for each column, always in the same order.</param>
class FieldList<T>(Func<FieldVisitor, T> read)
{
    public ImmutableArray<Column> Columns { get; } = List(read);

    /// <summary>The columns of a SELECT.</summary>
    public string SelectList() => string.Join(", ", Columns.Select(column => column.Name));

    /// <summary>The same, of a table with an alias.</summary>
    public string SelectList(string alias) => string.Join(", ", Columns.Select(column => $"{alias}.{column.Name}"));

    /// <summary>Reads the columns that follow.</summary>
    public T Read(FieldReader reader) => read(reader);

    /// <summary>The place of a column in the list.</summary>
    public int IndexOf(string column) => Columns.Select(each => each.Name).ToImmutableArray().IndexOf(column);

    static ImmutableArray<Column> List(Func<FieldVisitor, T> read)
    {
        var columns = ImmutableArray.CreateBuilder<Column>();
        read(new FieldObserver((column, _) => columns.Add(column)));
        return columns.ToImmutable();
    }
}
