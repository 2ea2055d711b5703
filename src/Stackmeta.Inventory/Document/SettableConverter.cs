using System.Text.Json;
using System.Text.Json.Serialization;
using Stackmeta.Core.Instances;

namespace Stackmeta.Inventory;

/// <summary>
/// A text whose being null and whose being absent are two things. Absence is the business of the property's ignore condition.
/// </summary>
public sealed class SettableConverter : JsonConverter<Settable>
{
    public override bool HandleNull => true;

    public override Settable Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String or JsonTokenType.Null
            ? reader.GetString()
            : throw new JsonException("a text or null is expected");

    public override void Write(Utf8JsonWriter writer, Settable value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}
