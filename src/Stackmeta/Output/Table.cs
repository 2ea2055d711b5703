namespace Stackmeta;

/// <summary>Rows in columns, for eyes.</summary>
static class Table
{
    /// <summary>Between two columns, as in <c>systemctl</c>.</summary>
    const string Gap = "  ";

    /// <summary>
    /// Prints a head line and the rows, each column as wide as its widest cell. Nothing is printed after the last cell of a line.
    /// </summary>
    public static void Write(TextWriter output, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string?>> rows)
    {
        var lines = rows.Select(row => row.Select(OneLine).ToArray()).ToList();
        var widths = columns
            .Select((column, i) => Math.Max(column.Length, lines.Count == 0 ? 0 : lines.Max(line => line[i].Length)))
            .ToArray();
        WriteLine(columns.Select(column => column.ToUpperInvariant()).ToArray());
        lines.ForEach(WriteLine);

        void WriteLine(string[] cells)
        {
            var padded = cells.Select((cell, i) => cell.PadRight(widths[i]));
            output.WriteLine(string.Join(Gap, padded).TrimEnd());
        }
    }

    /// <summary>Prints one thing's fields, a line each, names in a column of their own.</summary>
    public static void WriteFields(TextWriter output, IReadOnlyList<(string Name, string? Value)> fields)
    {
        var width = fields.Max(field => field.Name.Length);
        foreach (var (name, value) in fields)
        {
            output.WriteLine($"{name.PadRight(width)}{Gap}{OneLine(value)}".TrimEnd());
        }
    }

    /// <summary>Control characters of stored values must not move the reader's cursor or forge lines.</summary>
    public static string OneLine(string? value) =>
        string.Concat(
            (value ?? "").Select(letter =>
                char.IsControl(letter) ? "\\x" + ((int)letter).ToString("x2") : letter.ToString()
            )
        );
}
