using System.Globalization;
using System.Text;
using System.Text.Json;
using Stackmeta.Core.Logging;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>
/// Reads a settings file into names and texts with the line where each stands. Sections are objects; a list is an array of
/// plain values. Comments and trailing commas are allowed, since people write this file by hand.
/// </summary>
static class SettingsFile
{
    /// <param name="Name">Sections and name joined by dots.</param>
    /// <param name="Text">The value as text; the entries of an array joined by commas.</param>
    /// <param name="Line">From 1.</param>
    public readonly record struct Entry(string Name, string Text, int Line);

    /// <summary>All entries in order.</summary>
    /// <exception cref="SettingsException">The file is not there, not readable or not JSON.</exception>
    public static List<Entry> Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (SystemReason.IsOfFile(e))
        {
            throw new SettingsException([new(path, $"The settings file cannot be read: {SystemReason.Of(e, path)}.")]);
        }
        try
        {
            return Parse(bytes, path);
        }
        catch (JsonException e)
        {
            var line = (e.LineNumber ?? 0) + 1;
            throw new SettingsException([new($"{path}:{line}", "This is not JSON from here on.")]);
        }
    }

    static List<Entry> Parse(byte[] bytes, string path)
    {
        var reader = new Utf8JsonReader(
            bytes,
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
        );
        var entries = new List<Entry>();
        var sections = new Stack<string>();
        var name = "";
        while (reader.Read())
        {
            CheckUnicode(in reader, bytes, path);
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    var own = reader.GetString()!;
                    name = sections.Count > 0 && sections.Peek().Length > 0 ? $"{sections.Peek()}.{own}" : own;
                    break;
                case JsonTokenType.StartObject:
                    sections.Push(name);
                    break;
                case JsonTokenType.EndObject:
                    sections.Pop();
                    break;
                case JsonTokenType.StartArray:
                    var at = LineOf(bytes, reader.TokenStartIndex);
                    entries.Add(new(name, ReadList(ref reader, bytes, path), at));
                    break;
                default:
                    if (sections.Count == 0)
                    {
                        throw new SettingsException([new(path, "The file must hold one object: { \"api\": { … } }.")]);
                    }
                    entries.Add(new(name, ValueText(ref reader), LineOf(bytes, reader.TokenStartIndex)));
                    break;
            }
        }
        return entries;
    }

    static string ReadList(ref Utf8JsonReader reader, byte[] bytes, string path)
    {
        var text = new StringBuilder();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            CheckUnicode(in reader, bytes, path);
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                throw new SettingsException([
                    new($"{path}:{LineOf(bytes, reader.TokenStartIndex)}", "A list may hold plain values only."),
                ]);
            }
            text.Append(text.Length > 0 ? "," : "").Append(ValueText(ref reader));
        }
        return text.ToString();
    }

    static void CheckUnicode(ref readonly Utf8JsonReader reader, byte[] bytes, string path)
    {
        if (JsonUnicode.FindFault(in reader) is { } fault)
        {
            var what = reader.TokenType == JsonTokenType.PropertyName ? "The key" : "The value";
            throw new SettingsException([
                new(OriginOf(path, LineOf(bytes, reader.TokenStartIndex)), $"{what} {fault}."),
            ]);
        }
    }

    static string ValueText(ref Utf8JsonReader reader) =>
        reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            JsonTokenType.Null => "",
            _ => Encoding.UTF8.GetString(reader.ValueSpan),
        };

    static int LineOf(byte[] bytes, long index) => bytes.AsSpan(0, (int)index).Count((byte)'\n') + 1;

    /// <summary>The origin of an entry as error messages name it.</summary>
    public static string OriginOf(string path, int line) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}:{line}");
}
