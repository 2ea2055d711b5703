using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Stackmeta.Documents;

/// <summary>Reads JSON as Python does and writes each value, once it is read, in Python's form.</summary>
ref struct PythonJsonRewriter(ReadOnlySpan<byte> json)
{
    // Python's default recursion limit is 1,000 frames, of which its reader and the code that calls it take a few.
    const int DeepestNesting = 900;

    readonly RewriteBuffer _written = new();
    ReadOnlySpan<byte> _rest = json;
    int _depth;

    public readonly ReadOnlySpan<byte> Written => _written.WrittenSpan;

    public bool TryRewrite()
    {
        if (!Utf8.IsValid(_rest))
        {
            return false;
        }
        SkipBlanks();
        if (!TryValue())
        {
            return false;
        }
        SkipBlanks();
        return _rest.IsEmpty;
    }

    bool TryValue()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }
        return _rest[0] switch
        {
            (byte)'"' => TryString(out _),
            (byte)'{' => TryNested(isObject: true),
            (byte)'[' => TryNested(isObject: false),
            (byte)'n' => TryWord("null"u8),
            (byte)'t' => TryWord("true"u8),
            (byte)'f' => TryWord("false"u8),
            (byte)'N' => TryWord("NaN"u8),
            (byte)'I' => TryWord("Infinity"u8),
            (byte)'-' when _rest.StartsWith("-I"u8) => TryWord("-Infinity"u8),
            _ => TryNumber(),
        };
    }

    bool TryNested(bool isObject)
    {
        if (_depth == DeepestNesting)
        {
            return false;
        }
        _depth++;
        _rest = _rest[1..];
        SkipBlanks();
        var read = isObject ? TryMembers() : TryItems();
        _depth--;
        return read;
    }

    bool TryItems()
    {
        _written.Write("["u8);
        if (!Take((byte)']'))
        {
            do
            {
                SkipBlanks();
                if (!TryValue())
                {
                    return false;
                }
                SkipBlanks();
            } while (TakeComma());
            if (!Take((byte)']'))
            {
                return false;
            }
        }
        _written.Write("]"u8);
        return true;
    }

    bool TryMembers()
    {
        _written.Write("{"u8);
        var members = new RewrittenMembers(_written);
        if (!Take((byte)'}'))
        {
            do
            {
                SkipBlanks();
                members.Begin();
                if (!TryString(out var name))
                {
                    return false;
                }
                _written.Write(": "u8);
                SkipBlanks();
                if (!Take((byte)':'))
                {
                    return false;
                }
                SkipBlanks();
                if (!TryValue())
                {
                    return false;
                }
                members.End(name);
                SkipBlanks();
            } while (TakeComma());
            if (!Take((byte)'}'))
            {
                return false;
            }
            members.Settle();
        }
        _written.Write("}"u8);
        return true;
    }

    bool TakeComma()
    {
        if (!Take((byte)','))
        {
            return false;
        }
        _written.Write(", "u8);
        return true;
    }

    bool TryString(out string value)
    {
        if (!PythonString.TryRead(ref _rest, out value))
        {
            return false;
        }
        var output = new Utf8Output(_written);
        output.Write((byte)'"');
        PythonString.Escape(value, ref output);
        output.Write((byte)'"');
        output.Flush();
        return true;
    }

    bool TryNumber()
    {
        if (!PythonNumber.TryRead(ref _rest, out var text, out var isFloat))
        {
            return false;
        }
        var output = new Utf8Output(_written);
        var written = isFloat ? PythonNumber.WriteFloat(text, ref output) : PythonNumber.WriteInteger(text, ref output);
        output.Flush();
        return written;
    }

    bool TryWord(ReadOnlySpan<byte> word)
    {
        if (!_rest.StartsWith(word))
        {
            return false;
        }
        _rest = _rest[word.Length..];
        _written.Write(word);
        return true;
    }

    bool Take(byte character)
    {
        if (!_rest.StartsWith(MemoryMarshal.CreateReadOnlySpan(ref character, 1)))
        {
            return false;
        }
        _rest = _rest[1..];
        return true;
    }

    void SkipBlanks() => _rest = _rest.TrimStart(" \t\r\n"u8);
}
