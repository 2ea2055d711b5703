namespace Stackmeta;

/// <summary>Rows in columns, for eyes.</summary>
static class Table
{
    /// <summary>Between two columns, as in <c>systemctl</c>.</summary>
    const string Gap = "  ";

    const char Cut = '…';

    /// <summary>A column is not made narrower than this: less of a name tells nothing.</summary>
    const int Least = 8;

    /// <summary>
    /// Prints a head line and the rows, each column as wide as its widest cell. Nothing is printed after the last cell of a line.
    /// </summary>
    /// <param name="width">How wide a line may be, for which the widest cells are cut; null for any width.</param>
    public static void Write(
        TextWriter output,
        IReadOnlyList<string> columns,
        IEnumerable<IReadOnlyList<string?>> rows,
        int? width = null
    )
    {
        var lines = rows.Select(row => row.Select(OneLine).ToArray()).ToList();
        var widths = columns
            .Select((column, i) => Math.Max(column.Length, lines.Count == 0 ? 0 : lines.Max(line => line[i].Length)))
            .ToArray();
        var areIds = widths
            .Select((_, i) => lines.Exists(line => Guid.TryParseExact(line[i], "D", out Guid _)))
            .ToArray();
        Narrow(widths, areIds, width - (Gap.Length * (columns.Count - 1)));
        WriteLine(columns.Select(column => column.ToUpperInvariant()).ToArray());
        lines.ForEach(WriteLine);

        void WriteLine(string[] cells)
        {
            var padded = cells.Select((cell, i) => Fit(cell, widths[i]).PadRight(widths[i]));
            output.WriteLine(string.Join(Gap, padded).TrimEnd());
        }
    }

    /// <summary>Prints one thing's fields, a line each, names in a column of their own.</summary>
    /// <param name="width">How wide a line may be, for which long values go on on further lines; null for any width.</param>
    public static void WriteFields(
        TextWriter output,
        IReadOnlyList<(string Name, string? Value)> fields,
        int? width = null
    )
    {
        var names = fields.Max(field => field.Name.Length);
        var left = width - names - Gap.Length;
        foreach (var (name, value) in fields)
        {
            var head = name.PadRight(names);
            foreach (var line in Wrap(OneLine(value), left > Least ? left.Value : int.MaxValue))
            {
                output.WriteLine($"{head}{Gap}{line}".TrimEnd());
                head = new string(' ', names);
            }
        }
    }

    /// <summary>Control characters of stored values must not move the reader's cursor or forge lines.</summary>
    public static string OneLine(string? value) =>
        string.Concat(
            (value ?? "").Select(letter =>
                char.IsControl(letter) ? "\\x" + ((int)letter).ToString("x2") : letter.ToString()
            )
        );

    /// <summary>Takes from the widest columns until all fit; from ids last, since a part of one finds nothing.</summary>
    static void Narrow(int[] widths, bool[] areIds, int? all)
    {
        while (widths.Sum() > all)
        {
            var at = Widest(widths, i => !areIds[i]);
            at = at < 0 ? Widest(widths, static _ => true) : at;
            if (at < 0)
            {
                return;
            }
            widths[at]--;
        }
    }

    /// <summary>The place of the widest column that can be narrower; negative where there is none.</summary>
    static int Widest(int[] widths, Func<int, bool> isMeant)
    {
        var at = -1;
        for (var i = 0; i < widths.Length; i++)
        {
            if (widths[i] > Least && isMeant(i) && (at < 0 || widths[i] > widths[at]))
            {
                at = i;
            }
        }
        return at;
    }

    static string Fit(string cell, int width)
    {
        if (cell.Length <= width)
        {
            return cell;
        }
        var kept = char.IsHighSurrogate(cell[width - 2]) ? width - 2 : width - 1;
        return cell[..kept] + Cut;
    }

    /// <summary>Lines of at most so many characters, broken behind a space where there is one.</summary>
    static IEnumerable<string> Wrap(string text, int width)
    {
        while (text.Length > width)
        {
            var space = text.LastIndexOf(' ', width - 1, width);
            var end =
                space > 0 ? space + 1
                : char.IsHighSurrogate(text[width - 1]) ? width - 1
                : width;
            yield return text[..end];
            text = text[end..];
        }
        yield return text;
    }
}
