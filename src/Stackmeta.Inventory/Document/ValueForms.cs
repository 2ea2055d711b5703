using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Stackmeta.Core.Instances;

namespace Stackmeta.Inventory;

/// <summary>The forms of JSON value that an entry's properties have, beside objects and lists.</summary>
static class ValueForms
{
    enum Form
    {
        Flag,
        Number,
        Bytes,
        Text,
        Settable,
        Metadata,
    }

    /// <summary>Whether the value that a reader stands on can be one of a type.</summary>
    public static bool Fits(ref Utf8JsonReader reader, Type type) =>
        FormOf(type) switch
        {
            Form.Flag => reader.TokenType is JsonTokenType.True or JsonTokenType.False,
            Form.Number => reader.TokenType == JsonTokenType.Number
                && (type == typeof(int) ? reader.TryGetInt32(out _) : reader.TryGetInt64(out _)),
            Form.Bytes => reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out _),
            Form.Text => reader.TokenType == JsonTokenType.String,
            Form.Settable => reader.TokenType is JsonTokenType.String or JsonTokenType.Null,
            _ => reader.TokenType == JsonTokenType.StartObject && HoldsTexts(reader),
        };

    /// <summary>What is expected, for a sentence.</summary>
    public static string Describe(JsonTypeInfo type) =>
        type.Kind switch
        {
            JsonTypeInfoKind.Object => "an object",
            JsonTypeInfoKind.Enumerable => "a list",
            _ => FormOf(type.Type) switch
            {
                Form.Flag => "true or false",
                Form.Number => "a whole number",
                Form.Bytes => "bytes in base64",
                Form.Text => "a text",
                Form.Settable => "a text or null",
                _ => "an object whose values are texts",
            },
        };

    /// <param name="ahead">A copy: the caller's reader stays where it is.</param>
    static bool HoldsTexts(Utf8JsonReader ahead)
    {
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            ahead.Read();
            if (ahead.TokenType != JsonTokenType.String)
            {
                return false;
            }
        }
        return true;
    }

    static Form FormOf(Type type) =>
        type == typeof(bool) ? Form.Flag
        : type == typeof(int) || type == typeof(long) ? Form.Number
        : type == typeof(ReadOnlyMemory<byte>) ? Form.Bytes
        : type == typeof(string) ? Form.Text
        : type == typeof(Settable) ? Form.Settable
        : Form.Metadata;
}
