using System.CommandLine;
using System.Text.Json;

namespace Stackmeta;

/// <summary>The options of commands that show one thing: in which form, and which of its fields; and the printing of them.</summary>
sealed class FieldOutput
{
    readonly Option<OutputFormat> _format = OutputOption.CreateForTable();
    readonly ColumnOption _columns = new(known: null);

    public void AddTo(Command command)
    {
        command.Options.Add(_format);
        _columns.AddTo(command);
    }

    /// <param name="parsed">The command line.</param>
    /// <param name="fields">For eyes.</param>
    /// <param name="json">The whole thing, an object.</param>
    public void Write(ParseResult parsed, IReadOnlyList<(string Name, string? Value)> fields, JsonElement json)
    {
        var output = parsed.InvocationConfiguration.Output;
        switch (parsed.GetValue(_format))
        {
            case OutputFormat.Json or OutputFormat.Yaml:
                var text = JsonText.Write(writer => WriteJson(parsed, writer, json));
                output.WriteLine(text.As(parsed.GetValue(_format)));
                break;
            case OutputFormat.Value:
                foreach (var (_, value) in _columns.Choose(parsed, fields))
                {
                    output.WriteLine(Table.OneLine(value));
                }
                break;
            case var format:
                var width = format == OutputFormat.Wide ? null : Terminal.WidthOf(output);
                Table.WriteFields(output, _columns.Choose(parsed, fields), width);
                break;
        }
    }

    void WriteJson(ParseResult parsed, Utf8JsonWriter writer, JsonElement json)
    {
        if (!_columns.IsGiven(parsed))
        {
            json.WriteTo(writer);
            return;
        }
        writer.WriteStartObject();
        foreach (var name in _columns.NamesOf(parsed, [.. json.EnumerateObject().Select(static one => one.Name)]))
        {
            writer.WritePropertyName(name);
            json.GetProperty(name).WriteTo(writer);
        }
        writer.WriteEndObject();
    }
}
