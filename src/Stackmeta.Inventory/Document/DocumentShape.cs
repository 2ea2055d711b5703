using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Stackmeta.Inventory;

/// <summary>
/// Checks the JSON of an entry against the shape that the serializer knows: unknown, repeated and missing keys, values of the
/// wrong kind. The serializer would refuse the same, but only the first of them and in words about .NET.
/// </summary>
ref struct DocumentShape
{
    readonly ReadOnlySpan<byte> _json;
    readonly Objections _objections;
    Utf8JsonReader _reader;

    DocumentShape(ReadOnlySpan<byte> json, Objections objections)
    {
        _json = json;
        _objections = objections;
        _reader = new Utf8JsonReader(json);
        _reader.Read();
    }

    /// <summary>
    /// Objects to what is not of the shape. The objections' lines are counted from that on which the entry begins, which is 0.
    /// </summary>
    public static void Check(ReadOnlySpan<byte> json, JsonTypeInfo shape, Objections objections)
    {
        var check = new DocumentShape(json, objections);
        check.CheckValue(shape, isNullable: false, "");
    }

    void CheckValue(JsonTypeInfo shape, bool isNullable, string path)
    {
        if (_reader.TokenType == JsonTokenType.Null && isNullable)
        {
            return;
        }
        if (HasFault(in _reader, path))
        {
            return;
        }
        var type = Nullable.GetUnderlyingType(shape.Type) is { } underlying
            ? shape.Options.GetTypeInfo(underlying)
            : shape;
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when _reader.TokenType == JsonTokenType.StartObject:
                CheckObject(type, path);
                return;
            case JsonTypeInfoKind.Enumerable when _reader.TokenType == JsonTokenType.StartArray:
                for (var i = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; i++)
                {
                    CheckValue(type.Options.GetTypeInfo(type.ElementType!), isNullable: false, $"{path}[{i}]");
                }
                return;
            case JsonTypeInfoKind.None when ValueForms.Fits(ref _reader, type.Type):
                CheckTextsInside(path);
                break;
            default:
                Object(path, $"must be {ValueForms.Describe(type)}{(isNullable ? " or null" : "")}");
                break;
        }
        _reader.Skip();
    }

    void CheckObject(JsonTypeInfo type, string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (HasFault(in _reader, path))
            {
                _reader.Read();
                _reader.Skip();
                continue;
            }
            var name = _reader.GetString()!;
            var inner = path.Length == 0 ? name : $"{path}.{name}";
            var isFirst = seen.Add(name);
            var property = Find(type, name);
            if (!isFirst)
            {
                Object(inner, "stands twice");
            }
            else if (property is null)
            {
                Object(inner, $"is an unknown key; known are {string.Join(", ", type.Properties.Select(p => p.Name))}");
            }
            _reader.Read();
            if (isFirst && property is not null)
            {
                CheckValue(type.Options.GetTypeInfo(property.PropertyType), property.IsSetNullable, inner);
            }
            else
            {
                _reader.Skip();
            }
        }
        foreach (var property in type.Properties)
        {
            if (
                property.AssociatedParameter
                    is { IsMemberInitializer: false, HasDefaultValue: false, IsNullable: false }
                && !seen.Contains(property.Name)
            )
            {
                Object(path, $"has no {property.Name}");
            }
        }
    }

    /// <summary>Objects to texts inside a value that one converter reads as a whole.</summary>
    readonly void CheckTextsInside(string path)
    {
        var ahead = _reader;
        if (ahead.TokenType != JsonTokenType.StartObject)
        {
            return;
        }
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            var inner = HasFault(in ahead, path) ? path : $"{path}.{ahead.GetString()}";
            ahead.Read();
            HasFault(in ahead, inner);
        }
    }

    /// <summary>Objects to the text or name that a reader stands on if it is not Unicode.</summary>
    readonly bool HasFault(ref readonly Utf8JsonReader reader, string path)
    {
        if (JsonUnicode.FindFault(in reader) is not { } fault)
        {
            return false;
        }
        Object(in reader, path, reader.TokenType == JsonTokenType.PropertyName ? $"has a key that {fault}" : fault);
        return true;
    }

    readonly void Object(string path, string sentence) => Object(in _reader, path, sentence);

    readonly void Object(ref readonly Utf8JsonReader reader, string path, string sentence) =>
        _objections.Add(
            new Objection(ObjectionKind.Invalid, path, sentence)
            {
                Line = _json[..(int)reader.TokenStartIndex].Count((byte)'\n'),
            }
        );

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
}
