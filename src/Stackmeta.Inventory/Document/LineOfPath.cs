using System.Text.Json;

namespace Stackmeta.Inventory;

/// <summary>Finds on which line of an entry a value stands. Done only when something is wrong with it.</summary>
static class LineOfPath
{
    /// <param name="path">As in <see cref="Objection.Path"/>; of a path that is not there, the part that is decides.</param>
    /// <returns>Lines after that on which the JSON begins.</returns>
    public static long Find(ReadOnlySpan<byte> json, string path)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var at = reader.TokenStartIndex;
        var rest = path.AsSpan();
        while (rest.Length > 0 && TryEnter(ref reader, ref rest))
        {
            at = reader.TokenStartIndex;
        }
        return json[..(int)at].Count((byte)'\n');
    }

    /// <summary>Goes to the value that the first part of a path names, if it is there.</summary>
    static bool TryEnter(ref Utf8JsonReader reader, ref ReadOnlySpan<char> path)
    {
        if (reader.TokenType == JsonTokenType.StartArray && path[0] == '[')
        {
            var close = path.IndexOf(']');
            var index = int.Parse(path[1..close]);
            path = path[(close + 1)..].TrimStart('.');
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (index-- == 0)
                {
                    return true;
                }
                reader.Skip();
            }
            return false;
        }
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            // A key of metadata may itself hold dots and brackets.
            if (path.StartsWith(name) && (path.Length == name!.Length || path[name.Length] is '.' or '['))
            {
                path = path[name.Length..].TrimStart('.');
                return true;
            }
            reader.Skip();
        }
        return false;
    }
}
