namespace Stackmeta.Bench.Load;

/// <summary>A table as it is committed.</summary>
public sealed class MarkdownTable(params string[] columns)
{
    readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString() =>
        string.Join(
            '\n',
            _rows
                .Select(Line)
                .Prepend("|" + string.Concat(columns.Select((_, column) => column == 0 ? "---|" : "---:|")))
                .Prepend(Line(columns))
        ) + "\n";

    static string Line(string[] cells) => "| " + string.Join(" | ", cells) + " |";
}
