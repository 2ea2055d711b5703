using System.Buffers;
using System.Text;

namespace Stackmeta.Metadata;

/// <summary>The inside of a string as Python's <c>json.dumps</c> writes it. Works by UTF-16 units, so halves of surrogate pairs survive.</summary>
static class PythonString
{
    /// <summary>Printable ASCII without quotation mark and backslash. DEL is among it: Python does not escape it.</summary>
    static readonly SearchValues<char> Plain = SearchValues.Create(
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~\u007f"
    );

    public static void Escape(ReadOnlySpan<char> text, ref Utf8Output output)
    {
        while (true)
        {
            var plain = text.IndexOfAnyExcept(Plain);
            var run = plain < 0 ? text : text[..plain];
            Ascii.FromUtf16(run, output.Free(run.Length), out var written);
            output.Advance(written);
            if (plain < 0)
            {
                return;
            }
            EscapeUnit(text[plain], ref output);
            text = text[(plain + 1)..];
        }
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
                output.Write("\\u"u8);
                output.Write(unit, "x4");
                break;
        }
    }
}
