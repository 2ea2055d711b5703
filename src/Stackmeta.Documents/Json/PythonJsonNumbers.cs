namespace Stackmeta.Documents;

/// <summary>The numbers that Python's JSON has and RFC 8259 has not: NaN, Infinity, -Infinity.</summary>
static class PythonJsonNumbers
{
    /// <summary>The document with null in their places, for readers that know no such numbers.</summary>
    public static ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> json)
    {
        var source = json.Span;
        if (source.IndexOf("NaN"u8) < 0 && source.IndexOf("Infinity"u8) < 0)
        {
            return json;
        }
        var replaced = new List<byte>(source.Length);
        var isText = false;
        for (var i = 0; i < source.Length; )
        {
            if (!isText && LengthAt(source[i..]) is > 0 and var length)
            {
                replaced.AddRange("null"u8);
                i += length;
                continue;
            }
            // An escaped letter never ends a text.
            var taken = isText && source[i] == '\\' && i + 1 < source.Length ? 2 : 1;
            isText ^= taken == 1 && source[i] == '"';
            replaced.AddRange(source.Slice(i, taken));
            i += taken;
        }
        return replaced.ToArray();
    }

    static int LengthAt(ReadOnlySpan<byte> json) =>
        json.StartsWith("NaN"u8) ? "NaN"u8.Length
        : json.StartsWith("Infinity"u8) ? "Infinity"u8.Length
        : json.StartsWith("-Infinity"u8) ? "-Infinity"u8.Length
        : 0;
}
