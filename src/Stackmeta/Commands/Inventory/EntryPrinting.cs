using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>Entries as fields for eyes and as JSON for programs. Both come from the form that documents have, and what belongs to it.</summary>
static class EntryPrinting
{
    public static async ValueTask ShowAsync<T>(
        ParseResult parsed,
        FieldOutput shown,
        Noun<T> noun,
        IInventory inventory,
        T entry,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var whole = JsonSerializer.SerializeToNode(entry, noun.Shape)!.AsObject();
        foreach (var (name, value) in await noun.FurtherAsync(inventory, entry, cancellationToken))
        {
            whole.Add(name, value);
        }
        using var json = JsonDocument.Parse(whole.ToJsonString());
        shown.Write(parsed, [.. json.RootElement.EnumerateObject().SelectMany(Fields)], json.RootElement);
    }

    /// <summary>The same behind a change, which stays when it cannot be shown.</summary>
    /// <param name="done">What was done to it, for example "created".</param>
    public static async ValueTask ShowChangedAsync<T>(
        ParseResult parsed,
        FieldOutput shown,
        Noun<T> noun,
        IInventory inventory,
        T entry,
        string done,
        CancellationToken cancellationToken
    )
        where T : class
    {
        try
        {
            await ShowAsync(parsed, shown, noun, inventory, entry, cancellationToken);
        }
        catch (CommandException e)
        {
            throw new CommandException($"{e.Message} The {noun.Name} was {done}.", e.ExitCode);
        }
    }

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
