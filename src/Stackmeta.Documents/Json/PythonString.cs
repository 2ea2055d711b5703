using System.Buffers;
using System.Globalization;
using System.Text;

namespace Stackmeta.Documents;

/// <summary>Strings as Python's <c>json</c> reads and writes them. Works by UTF-16 units, so halves of surrogate pairs survive.</summary>
static class PythonString
{
    /// <summary>Printable ASCII without quotation mark and backslash; the slash is among it, DEL is not.</summary>
    static readonly SearchValues<char> Plain = SearchValues.Create(
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"
    );

    /// <summary>What ends a run of characters that stand for themselves in a JSON text.</summary>
    static readonly SearchValues<byte> Special = SearchValues.Create([
        (byte)'"',
        (byte)'\\',
        .. Enumerable.Range(0, ' ').Select(control => (byte)control),
    ]);

    /// <summary>Writes the inside of a string.</summary>
    public static void Escape(ReadOnlySpan<char> text, ref Utf8Output output)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAnyExcept(Plain);
            var run = end < 0 ? text : text[..end];
            Ascii.FromUtf16(run, output.Free(run.Length), out var written);
            output.Advance(written);
            text = text[run.Length..];
            // In most scripts one character to be escaped follows another.
            while (!text.IsEmpty && !Plain.Contains(text[0]))
            {
                EscapeUnit(text[0], ref output);
                text = text[1..];
            }
        }
    }

    /// <summary>Takes a string with its quotation marks off a JSON text.</summary>
    /// <returns>False when there is none, or one with a bare control character or an unknown escape.</returns>
    public static bool TryRead(ref ReadOnlySpan<byte> json, out string value)
    {
        value = "";
        if (json.IsEmpty || json[0] != '"')
        {
            return false;
        }
        var rest = json[1..];
        StringBuilder? unescaped = null;
        while (true)
        {
            var length = rest.IndexOfAny(Special);
            if (length < 0 || rest[length] < ' ')
            {
                return false;
            }
            var run = Encoding.UTF8.GetString(rest[..length]);
            var special = rest[length];
            rest = rest[(length + 1)..];
            if (special == '"')
            {
                value = unescaped is null ? run : unescaped.Append(run).ToString();
                json = rest;
                return true;
            }
            unescaped = (unescaped ?? new StringBuilder()).Append(run);
            if (!TryReadEscape(ref rest, unescaped))
            {
                return false;
            }
        }
    }

    static bool TryReadEscape(ref ReadOnlySpan<byte> rest, StringBuilder unescaped)
    {
        if (rest.IsEmpty)
        {
            return false;
        }
        var letter = rest[0];
        rest = rest[1..];
        if (letter == 'u')
        {
            const int Digits = 4;
            if (
                rest.Length < Digits
                || !ushort.TryParse(
                    rest[..Digits],
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out var unit
                )
            )
            {
                return false;
            }
            unescaped.Append((char)unit);
            rest = rest[Digits..];
            return true;
        }
        var index = "\"\\/bfnrt"u8.IndexOf(letter);
        if (index >= 0)
        {
            unescaped.Append("\"\\/\b\f\n\r\t"[index]);
        }
        return index >= 0;
    }

    static void EscapeUnit(char unit, ref Utf8Output output)
    {
        switch (unit)
        {
            case '"':
                output.Write("\\\""u8);
                break;
            case '\\':
                output.Write("\\\\"u8);
                break;
            case '\n':
                output.Write("\\n"u8);
                break;
            case '\r':
                output.Write("\\r"u8);
                break;
            case '\t':
                output.Write("\\t"u8);
                break;
            case '\b':
                output.Write("\\b"u8);
                break;
            case '\f':
                output.Write("\\f"u8);
                break;
            default:
                EscapeAsNumber(unit, ref output);
                break;
        }
    }

    static void EscapeAsNumber(char unit, ref Utf8Output output)
    {
        var digits = "0123456789abcdef"u8;
        var escape = output.Free(6);
        escape[5] = digits[unit & 0xf];
        escape[4] = digits[(unit >> 4) & 0xf];
        escape[3] = digits[(unit >> 8) & 0xf];
        escape[2] = digits[unit >> 12];
        escape[1] = (byte)'u';
        escape[0] = (byte)'\\';
        output.Advance(6);
    }
}
