using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Stackmeta.Inventory;

/// <summary>
/// Checks the JSON of an entry against the shape that the serializer knows: unknown and repeated keys, values of the wrong kind.
/// The serializer would refuse the same, but only the first of them and in words about .NET.
/// </summary>
static class DocumentShape
{
    public static void Check(ReadOnlySpan<byte> json, JsonTypeInfo shape, Objections objections)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        CheckValue(ref reader, shape, isNullable: false, "", objections);
    }

    static void CheckValue(
        ref Utf8JsonReader reader,
        JsonTypeInfo shape,
        bool isNullable,
        string path,
        Objections objections
    )
    {
        if (reader.TokenType == JsonTokenType.Null && isNullable)
        {
            return;
        }
        var type = Nullable.GetUnderlyingType(shape.Type) is { } underlying
            ? shape.Options.GetTypeInfo(underlying)
            : shape;
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when reader.TokenType == JsonTokenType.StartObject:
                CheckObject(ref reader, type, path, objections);
                return;
            case JsonTypeInfoKind.Enumerable when reader.TokenType == JsonTokenType.StartArray:
                for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
                {
                    var element = type.Options.GetTypeInfo(type.ElementType!);
                    CheckValue(ref reader, element, isNullable: false, $"{path}[{i}]", objections);
                }
                return;
            case JsonTypeInfoKind.Object or JsonTypeInfoKind.Enumerable:
                break;
            default:
                if (IsOfKind(ref reader, type.Type))
                {
                    reader.Skip();
                    return;
                }
                break;
        }
        objections.Invalid(path, $"must be {Kind(type)}{(isNullable ? " or null" : "")}");
        reader.Skip();
    }

    static void CheckObject(ref Utf8JsonReader reader, JsonTypeInfo type, string path, Objections objections)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            var inner = path.Length == 0 ? name : $"{path}.{name}";
            reader.Read();
            if (!seen.Add(name))
            {
                objections.Invalid(inner, "stands twice");
            }
            if (Find(type, name) is { } property)
            {
                var shape = type.Options.GetTypeInfo(property.PropertyType);
                CheckValue(ref reader, shape, property.IsSetNullable, inner, objections);
            }
            else
            {
                var known = string.Join(", ", type.Properties.Select(p => p.Name));
                objections.Invalid(inner, $"is an unknown key; known are {known}");
                reader.Skip();
            }
        }
    }

    static JsonPropertyInfo? Find(JsonTypeInfo type, string name)
    {
        foreach (var property in type.Properties)
        {
            if (property.Name == name)
            {
                return property;
            }
        }
        return null;
    }

    static bool IsOfKind(ref Utf8JsonReader reader, Type type) =>
        Form(type) switch
        {
            ValueForm.Flag => reader.TokenType is JsonTokenType.True or JsonTokenType.False,
            ValueForm.Number => reader.TokenType == JsonTokenType.Number
                && (type == typeof(int) ? reader.TryGetInt32(out _) : reader.TryGetInt64(out _)),
            ValueForm.Bytes => reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out _),
            ValueForm.Text => reader.TokenType == JsonTokenType.String,
            ValueForm.Settable => reader.TokenType is JsonTokenType.String or JsonTokenType.Null,
            _ => IsMetadata(ref reader),
        };

    static bool IsMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }
        var ahead = reader;
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

    static string Kind(JsonTypeInfo type) =>
        type.Kind switch
        {
            JsonTypeInfoKind.Object => "an object",
            JsonTypeInfoKind.Enumerable => "a list",
            _ => Form(type.Type) switch
            {
                ValueForm.Flag => "true or false",
                ValueForm.Number => "a whole number",
                ValueForm.Bytes => "bytes in base64",
                ValueForm.Text => "a text",
                ValueForm.Settable => "a text or null",
                _ => "an object whose values are texts",
            },
        };

    static ValueForm Form(Type type) =>
        type == typeof(bool) ? ValueForm.Flag
        : type == typeof(int) || type == typeof(long) ? ValueForm.Number
        : type == typeof(ReadOnlyMemory<byte>) ? ValueForm.Bytes
        : type == typeof(string) ? ValueForm.Text
        : type == typeof(Metadata.Settable) ? ValueForm.Settable
        : ValueForm.Metadata;

    enum ValueForm
    {
        Flag,
        Number,
        Bytes,
        Text,
        Settable,
        Metadata,
    }
}
