using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>A table of the inventory, which both stores have in the same form: its rows can go from one to the other as they are.</summary>
/// <param name="Key">What tells one row from the others.</param>
sealed record StoredTable(string Name, string Key, ImmutableArray<Column> Columns)
{
    /// <summary>All of them, those that others refer to first.</summary>
    public static ImmutableArray<StoredTable> All { get; } =
    [
        Numbered(NetworkTable.Fields),
        Numbered(SubnetTable.Fields),
        Numbered(RouterTable.Fields),
        new("ec2_images", "number", [Column.RowNumber, new("ref", ColumnKind.Text)]),
        Numbered(InstanceTable.Fields) with
        {
            Known = ["number", "id", "name", "project_id"],
        },
        Numbered(PortTable.Fields),
        new(StoredAddress.Fields.Name, "network_id, address", StoredAddress.Fields.Columns),
    ];

    /// <summary>The columns by which the rules know a row that is there already; empty for all.</summary>
    ImmutableArray<string> Known { get; init; } = [];

    /// <summary>Whether its rows are numbered by a counter.</summary>
    public bool IsNumbered => Columns[0] == Column.RowNumber;

    public string ColumnList => string.Join(", ", Columns.Select(column => column.Name));

    /// <summary>Reads what the rules must know of the rows that are there already; all else is left empty.</summary>
    public string SelectKnown =>
        $"SELECT {string.Join(", ", Columns.Select(column => IsKnown(column) ? column.Name : column.Nothing))} FROM {Name}";

    bool IsKnown(Column column) => Known.IsEmpty || Known.Contains(column.Name);

    static StoredTable Numbered<T>(FieldTable<T> fields)
        where T : class => new(fields.Name, "number", [Column.RowNumber, .. fields.Columns]);
}
