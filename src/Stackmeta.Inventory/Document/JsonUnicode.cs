using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Stackmeta.Inventory;

/// <summary>
/// Whether the texts of a JSON document are Unicode. <see cref="Utf8JsonReader"/> looks at neither the bytes of a text nor the pairs of its
/// escapes, and throws something else than a <see cref="JsonException"/> once the text is read.
/// </summary>
public static class JsonUnicode
{
    /// <summary>What is wrong with a text that holds half of a surrogate pair, for a sentence.</summary>
    public const string HalfPair = "holds half of a surrogate pair, which is no character";

    const string NotUtf8 = "holds a byte that is not UTF-8";

    /// <summary>
    /// What is wrong with the property name or text on which a reader stands, which reads one span; null when nothing is.
    /// </summary>
    public static string? FindFault(ref readonly Utf8JsonReader reader) =>
        reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) ? null
        : !Utf8.IsValid(reader.ValueSpan) ? NotUtf8
        : reader.ValueIsEscaped && HasHalfPair(reader.ValueSpan) ? HalfPair
        : null;

    /// <summary>
    /// Whether an escaped half of a surrogate pair stands without its other half, which can only be escaped too (RFC 8259 §7).
    /// </summary>
    static bool HasHalfPair(ReadOnlySpan<byte> text)
    {
        var isAfterHigh = false;
        while (!text.IsEmpty)
        {
            var unit = default(char);
            var length = 1;
            if (text[0] == (byte)'\\')
            {
                // The reader has seen that the escape is whole.
                length = text[1] == (byte)'u' ? 6 : 2;
                unit = length == 6 ? Hexadecimal(text[2..6]) : default;
            }
            if (char.IsLowSurrogate(unit) != isAfterHigh)
            {
                return true;
            }
            isAfterHigh = char.IsHighSurrogate(unit);
            text = text[length..];
        }
        return isAfterHigh;
    }

    static char Hexadecimal(ReadOnlySpan<byte> digits) =>
        (char)ushort.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
