using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Stackmeta.Core.Instances;

namespace Stackmeta.Inventory;

/// <summary>Metadata as one JSON object whose order is kept.</summary>
public sealed class MetadataItemsConverter : JsonConverter<ImmutableArray<MetadataItem>>
{
    public override ImmutableArray<MetadataItem> Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    )
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("an object of texts is expected");
        }
        var items = ImmutableArray.CreateBuilder<MetadataItem>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new JsonException("the values of metadata are texts");
            }
            items.Add(new(key, reader.GetString()!));
        }
        return items.DrainToImmutable();
    }

    public override void Write(Utf8JsonWriter writer, ImmutableArray<MetadataItem> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (key, text) in value)
        {
            writer.WriteString(key, text);
        }
        writer.WriteEndObject();
    }
}
