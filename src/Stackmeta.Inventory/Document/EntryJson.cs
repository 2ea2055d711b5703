using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Stackmeta.Inventory;

/// <summary>Reads one entry in the form that documents have, with objections in the document's words.</summary>
public static class EntryJson
{
    /// <summary>A whole entry.</summary>
    /// <param name="json">UTF-8; a JSON object.</param>
    /// <param name="shape">The kind of entry, of <see cref="InventoryJson"/>.</param>
    public static Outcome<T> Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> shape)
        where T : class
    {
        var objections = Check(json, shape);
        return objections.Length > 0 ? objections : JsonSerializer.Deserialize(json, shape)!;
    }

    /// <summary>
    /// A change of entries: the keys that it names are replaced as a whole, null takes one away (RFC 7396, one level deep).
    /// </summary>
    public static Outcome<Func<T, T>> ReadChange<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> shape)
        where T : class
    {
        var objections = Check(json.Span, shape);
        return objections.Length > 0 ? objections : new Outcome<Func<T, T>>(entry => Merge(entry, json, shape), []);
    }

    static ImmutableArray<Objection> Check(ReadOnlySpan<byte> json, JsonTypeInfo shape)
    {
        var objections = new Objections();
        try
        {
            DocumentShape.Check(json, shape, objections);
            // What the shape's reader has not looked at: bytes behind the object.
            using var whole = JsonDocument.Parse(json.ToArray());
        }
        catch (JsonException e)
        {
            objections.Add(new Objection(ObjectionKind.Invalid, "", "is not JSON") { Line = e.LineNumber ?? 0 });
        }
        return [.. objections.All.Select(static objection => objection with { Line = objection.Line + 1 })];
    }

    static T Merge<T>(T entry, ReadOnlyMemory<byte> json, JsonTypeInfo<T> shape)
        where T : class
    {
        using var change = JsonDocument.Parse(json);
        using var present = JsonSerializer.SerializeToDocument(entry, shape);
        var merged = new ArrayBufferWriter<byte>(json.Length + 1024);
        using (var writer = new Utf8JsonWriter(merged))
        {
            writer.WriteStartObject();
            foreach (var property in present.RootElement.EnumerateObject())
            {
                if (!change.RootElement.TryGetProperty(property.Name, out _))
                {
                    property.WriteTo(writer);
                }
            }
            foreach (var property in change.RootElement.EnumerateObject())
            {
                if (property.Value.ValueKind != JsonValueKind.Null)
                {
                    property.WriteTo(writer);
                }
            }
            writer.WriteEndObject();
        }
        return JsonSerializer.Deserialize(merged.WrittenSpan, shape)!;
    }
}
