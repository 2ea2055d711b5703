using System.Text.Json;

namespace Stackmeta.OpenStack;

/// <summary>Careful access to JSON that another program wrote: what has an unexpected kind is as good as absent.</summary>
static class JsonText
{
    // Python reads to a depth of about a thousand; what Nova writes is less than twenty deep.
    static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };

    /// <summary>Parses a stored text; false for null, for what is no JSON and for what is no Unicode.</summary>
    public static bool TryParse(string? text, out JsonDocument document)
    {
        document = null!;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }
        try
        {
            document = JsonDocument.Parse(text, Options);
            return true;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>A member of an object; an element of kind <see cref="JsonValueKind.Undefined"/> when there is none.</summary>
    public static JsonElement Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;

    /// <summary>The text of a string, or null for anything else.</summary>
    /// <exception cref="InvalidOperationException">The string is no Unicode: half a surrogate pair.</exception>
    public static string? Text(this JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    public static int? Number(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var number) ? number : null;

    /// <summary>True and false as they are; null for anything else.</summary>
    public static bool? Flag(this JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

    /// <summary>The items of an array; none for anything else.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];
}
