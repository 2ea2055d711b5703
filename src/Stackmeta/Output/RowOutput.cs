using System.CommandLine;
using System.Text.Json;

namespace Stackmeta;

/// <summary>The options of commands that list things: in which form, which columns, in which order; and the printing of their rows.</summary>
/// <param name="columns">The heads of the table.</param>
sealed class RowOutput(IReadOnlyList<string> columns)
{
    readonly Option<OutputFormat> _format = OutputOption.CreateForTable();
    readonly ColumnOption _columns = new(columns);

    readonly Option<string?> _sort = new("--sort", "--sort-column")
    {
        Description = "The column to sort by; with :desc behind it from the end",
        HelpName = "COLUMN",
        CompletionSources =
        {
            context =>
                columns.Select(static column => new System.CommandLine.Completions.CompletionItem(
                    ColumnOption.WordOf(column)
                )),
        },
    };

    /// <summary>How many columns are told apart.</summary>
    public IReadOnlyList<string> Columns => columns;

    public void AddTo(Command command)
    {
        command.Options.Add(_format);
        _columns.AddTo(command);
        command.Options.Add(_sort);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_sort) is { } sort && _columns.Find(ColumnOf(sort)) < 0)
            {
                result.AddError(_columns.Unknown("--sort", ColumnOf(sort)));
            }
        });
    }

    /// <summary>Whether JSON of the whole things is asked for, in their own order: then nobody needs cells.</summary>
    public bool NeedsCells(ParseResult parsed) =>
        !IsJson(parsed) || _columns.IsGiven(parsed) || parsed.GetValue(_sort) is not null;

    /// <param name="rows">The cells of each, and how it writes itself as JSON.</param>
    /// <param name="parsed">The command line.</param>
    public void Write(ParseResult parsed, IEnumerable<Row> rows)
    {
        var all = Sorted(parsed, rows);
        var chosen = _columns.Read(parsed);
        var output = parsed.InvocationConfiguration.Output;
        var cells = all.Select(row => (IReadOnlyList<string?>)[.. chosen.Select(i => row.Cells[i])]);
        switch (parsed.GetValue(_format))
        {
            case OutputFormat.Json or OutputFormat.Yaml:
                var json = JsonText.Write(writer => WriteJson(writer, all, _columns.IsGiven(parsed) ? chosen : null));
                output.WriteLine(json.As(parsed.GetValue(_format)));
                break;
            case OutputFormat.Value:
                foreach (var row in cells)
                {
                    output.WriteLine(string.Join(' ', row.Select(Table.OneLine)));
                }
                break;
            case var format:
                var width = format == OutputFormat.Wide ? null : Terminal.WidthOf(output);
                Table.Write(output, [.. chosen.Select(i => columns[i])], cells, width);
                break;
        }
    }

    /// <summary>Whether a table for eyes is printed, behind which a sentence may stand.</summary>
    public bool IsForEyes(ParseResult parsed) => parsed.GetValue(_format) is OutputFormat.Table or OutputFormat.Wide;

    bool IsJson(ParseResult parsed) => parsed.GetValue(_format) is OutputFormat.Json or OutputFormat.Yaml;

    List<Row> Sorted(ParseResult parsed, IEnumerable<Row> rows)
    {
        if (parsed.GetValue(_sort) is not { } sort)
        {
            return [.. rows];
        }
        var column = _columns.Find(ColumnOf(sort));
        return sort.EndsWith(":desc", StringComparison.Ordinal)
            ? [.. rows.OrderByDescending(row => row.Cells[column], NaturalOrder.Instance)]
            : [.. rows.OrderBy(row => row.Cells[column], NaturalOrder.Instance)];
    }

    static string ColumnOf(string sort) =>
        sort.EndsWith(":desc", StringComparison.Ordinal) || sort.EndsWith(":asc", StringComparison.Ordinal)
            ? sort[..sort.LastIndexOf(':')]
            : sort;

    void WriteJson(Utf8JsonWriter json, List<Row> rows, IReadOnlyList<int>? chosen)
    {
        json.WriteStartArray();
        foreach (var row in rows)
        {
            if (chosen is null)
            {
                row.Json(json);
                continue;
            }
            json.WriteStartObject();
            foreach (var i in chosen)
            {
                json.WriteString(columns[i].Replace(' ', '_'), row.Cells[i] ?? "");
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>One thing of a list.</summary>
    public sealed record Row(IReadOnlyList<string?> Cells, Action<Utf8JsonWriter> Json);
}
