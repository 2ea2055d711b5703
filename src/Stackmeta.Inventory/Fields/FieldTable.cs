namespace Stackmeta.Inventory;

/// <summary>
/// The stored fields of a resource: all that must know them goes through one function that names each once, as a row
/// (<c>Mtu = (int?)fields.NumberOrNull("mtu", entry.Mtu)</c>). Statements, parameters, the reading of rows, the rows of an import by COPY
/// and the checks of forms derive from it. A column has the name of the field in documents, whose JSON the entry's record gives
/// (<see cref="InventoryJson"/>).
/// </summary>
/// <param name="name">The table in the store.</param>
/// <param name="empty">An entry of which nothing is known.</param>
/// <param name="visit">Makes an entry of what the visitor gives back; calls it for each field, always in the same order.</param>
sealed class FieldTable<T>(string name, T empty, Func<FieldVisitor, T, T> visit)
    : FieldList<T>(fields => visit(fields, empty))
    where T : class
{
    public string Name => name;

    /// <summary>Names and parameters of an INSERT.</summary>
    public string Insert => field ??= InsertWith([]);

    /// <summary>The same with further columns behind those of the fields.</summary>
    public string InsertWith(params ReadOnlySpan<string> further)
    {
        string[] names = [.. Columns.Select(column => column.Name), .. further];
        var parameters = names.Select((_, i) => $"@p{i + 1}");
        return $"INSERT INTO {name} ({string.Join(", ", names)}) VALUES ({string.Join(", ", parameters)})";
    }

    /// <summary>Sets all but the id, which is the first column, of the row that has it.</summary>
    public string Update =>
        field ??=
            $"UPDATE {name} SET {string.Join(", ", Columns.Skip(1).Select((column, i) => $"{column.Name} = @p{i + 2}"))} WHERE id = @p1";

    /// <summary>The parameters of both.</summary>
    public object?[] Values(T entry)
    {
        var values = new List<object?>(Columns.Length);
        visit(new FieldObserver((column, value) => values.Add(column.ToParameter(value))), entry);
        return [.. values];
    }

    /// <summary>Objects to texts that are not of their field's form.</summary>
    public void CheckForms(T entry, Objections objections) =>
        visit(new FieldObserver((column, value) => column.Check(value, objections)), entry);
}
