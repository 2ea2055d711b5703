using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Stackmeta;

/// <summary>Entries as tables for eyes and as JSON for programs. Both come from the form that documents have.</summary>
static class EntryPrinting
{
    public static void Show<T>(ParseResult parsed, Option<OutputFormat> format, Noun<T> noun, T entry)
        where T : class
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(format) == OutputFormat.Json)
        {
            output.WriteLine(JsonText.Write(writer => JsonSerializer.Serialize(writer, entry, noun.Shape)));
            return;
        }
        using var json = JsonSerializer.SerializeToDocument(entry, noun.Shape);
        Table.WriteFields(output, [.. json.RootElement.EnumerateObject().SelectMany(Fields)]);
    }

    /// <summary>The same behind a change, which stays when it cannot be shown.</summary>
    /// <param name="done">What was done to it, for example "created".</param>
    public static void ShowChanged<T>(
        ParseResult parsed,
        Option<OutputFormat> format,
        Noun<T> noun,
        T entry,
        string done
    )
        where T : class
    {
        try
        {
            Show(parsed, format, noun, entry);
        }
        catch (OutputException e)
        {
            throw new CommandException($"{e.Message} The {noun.Name} was {done}.");
        }
    }

    public static void ListJson<T>(ParseResult parsed, Noun<T> noun, IEnumerable<T> entries)
        where T : class =>
        parsed.InvocationConfiguration.Output.WriteLine(
            JsonText.Write(writer =>
            {
                writer.WriteStartArray();
                foreach (var entry in entries)
                {
                    JsonSerializer.Serialize(writer, entry, noun.Shape);
                }
                writer.WriteEndArray();
            })
        );

    /// <summary>A property in lines: a list of objects has one for each, all else one.</summary>
    static IEnumerable<(string Name, string? Value)> Fields(JsonProperty property)
    {
        if (property.NameEquals("user_data"))
        {
            var bytes = property.Value.GetBytesFromBase64().Length;
            return [(property.Name, string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"))];
        }
        // Eyes need to know whether it is set; a program asks for JSON.
        if (property.NameEquals("password"))
        {
            return [(property.Name, property.Value.GetString()!.Length == 0 ? "" : "(set)")];
        }
        return
            property.Value.ValueKind == JsonValueKind.Array
            && property.Value.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.Object)
            ? property.Value.EnumerateArray().Select(item => (property.Name, (string?)Text(item)))
            : [(property.Name, Text(property.Value))];
    }

    static string Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Text)),
            JsonValueKind.Object => string.Join(
                ' ',
                value
                    .EnumerateObject()
                    .Select(property => (property.Name, Text: Text(property.Value)))
                    .Where(pair => pair.Text.Length > 0)
                    .Select(pair => $"{pair.Name}={pair.Text}")
            ),
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Null => "",
            _ => value.GetRawText(),
        };
}
