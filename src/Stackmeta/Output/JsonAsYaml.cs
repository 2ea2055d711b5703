using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Stackmeta;

/// <summary>A JSON document as YAML in blocks. What could be read as anything but the text it is stands in double quotes.</summary>
static class JsonAsYaml
{
    static readonly SearchValues<char> _plain = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+@ "
    );

    // YAML's double-quoted texts know JSON's escapes (YAML 1.2 §5.7).
    static readonly JsonWriterOptions _quoting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A JSON document in the form that was asked for: as it is, or as YAML.</summary>
    public static string As(this string json, OutputFormat format) => format == OutputFormat.Yaml ? Of(json) : json;

    /// <param name="json">One whole document.</param>
    public static string Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        var text = new StringBuilder();
        Write(text, document.RootElement, "");
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>Writes a value that begins on a line of its own.</summary>
    static void Write(StringBuilder text, JsonElement value, string indent)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.EnumerateObject().Any():
                foreach (var property in value.EnumerateObject())
                {
                    text.Append(indent).Append(Scalar(property.Name)).Append(':');
                    WriteBehind(text, property.Value, indent);
                }
                break;
            case JsonValueKind.Array when value.GetArrayLength() > 0:
                foreach (var item in value.EnumerateArray())
                {
                    WriteItem(text, item, indent);
                }
                break;
            default:
                text.Append(indent).Append(Inline(value)).Append('\n');
                break;
        }
    }

    static void WriteBehind(StringBuilder text, JsonElement value, string indent)
    {
        if (IsBlock(value))
        {
            text.Append('\n');
            Write(text, value, indent + "  ");
        }
        else
        {
            text.Append(' ').Append(Inline(value)).Append('\n');
        }
    }

    /// <summary>The first line of an item stands behind its dash.</summary>
    static void WriteItem(StringBuilder text, JsonElement item, string indent)
    {
        var inner = new StringBuilder();
        Write(inner, item, indent + "  ");
        text.Append(indent).Append("- ").Append(inner, indent.Length + 2, inner.Length - indent.Length - 2);
    }

    static bool IsBlock(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().Any(),
            JsonValueKind.Array => value.GetArrayLength() > 0,
            _ => false,
        };

    static string Inline(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "{}",
            JsonValueKind.Array => "[]",
            JsonValueKind.String => Scalar(value.GetString()!),
            _ => value.GetRawText(),
        };

    static string Scalar(string text) => IsPlain(text) ? text : Quote(text);

    static string Quote(string text)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, _quoting))
        {
            writer.WriteStringValue(text);
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>A letter, then nothing that YAML has a meaning for; and no word or number of any version of it.</summary>
    static bool IsPlain(string text) =>
        text.Length > 0
        && char.IsAsciiLetter(text[0])
        && !text.EndsWith(' ')
        && !text.AsSpan().ContainsAnyExcept(_plain)
        && text.ToUpperInvariant() is not ("TRUE" or "FALSE" or "YES" or "NO" or "ON" or "OFF" or "NULL" or "Y" or "N")
        && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
