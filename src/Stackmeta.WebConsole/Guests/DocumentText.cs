using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Stackmeta.WebConsole;

/// <summary>A document for eyes: JSON a line a key and without what is secret in it, text as it is, anything else as hexadecimal.</summary>
static class DocumentText
{
    /// <summary>
    /// Keys of meta_data.json that nobody need read: the first is 512 bytes of chance that the guest feeds its random numbers with.
    /// </summary>
    static readonly string[] Hidden = ["random_seed", "admin_pass"];

    /// <summary>Bytes of what is no text that are shown.</summary>
    const int HexBytes = 512;

    const int HexWidth = 16;

    static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Contains((byte)0) || !Utf8.IsValid(bytes))
        {
            return Hex(bytes);
        }
        return bytes.StartsWith("{"u8) && TryReadJson(bytes) is { } json ? json : Encoding.UTF8.GetString(bytes);
    }

    static string? TryReadJson(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes);
            using var document = JsonDocument.ParseValue(ref reader);
            var text = new ArrayBufferWriter<byte>(bytes.Length * 2);
            using (var json = new Utf8JsonWriter(text, Indented))
            {
                json.WriteStartObject();
                foreach (var property in document.RootElement.EnumerateObject())
                {
                    if (Hidden.Contains(property.Name))
                    {
                        json.WriteString(property.Name, "…");
                    }
                    else
                    {
                        property.WriteTo(json);
                    }
                }
                json.WriteEndObject();
            }
            return Encoding.UTF8.GetString(text.WrittenSpan);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static string Hex(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        for (var at = 0; at < Math.Min(bytes.Length, HexBytes); at += HexWidth)
        {
            var row = bytes[at..Math.Min(at + HexWidth, bytes.Length)];
            text.Append($"{at:x4}  ");
            foreach (var value in row)
            {
                text.Append($"{value:x2} ");
            }
            text.Append(' ', (HexWidth - row.Length) * 3).Append(' ');
            foreach (var value in row)
            {
                text.Append(value is >= 0x20 and < 0x7f ? (char)value : '.');
            }
            text.Append('\n');
        }
        return bytes.Length > HexBytes ? text.Append($"… of {bytes.Length} bytes\n").ToString() : text.ToString();
    }
}
