using System.Buffers;

namespace Stackmeta.Documents;

/// <summary>
/// Writes JSON in the form of Python's <c>json.dumps</c>: <c>", "</c> and <c>": "</c> between items, everything beyond ASCII
/// as <c>\uXXXX</c> (spec/nova-metadata.md §1.8). The caller sees to it that the sequence of calls is JSON.
/// </summary>
public ref struct PythonJsonWriter(IBufferWriter<byte> output)
{
    Utf8Output _output = new(output);
    bool _separate;

    /// <summary>Begins <c>{</c>; ended by <see cref="EndObject"/>.</summary>
    public void BeginObject() => Begin((byte)'{');

    public void EndObject() => End((byte)'}');

    public void BeginArray() => Begin((byte)'[');

    public void EndArray() => End((byte)']');

    /// <summary>A member's name that needs no escapes.</summary>
    public void Name(scoped ReadOnlySpan<byte> name)
    {
        Separate();
        _output.Write((byte)'"');
        _output.Write(name);
        _output.Write("\": "u8);
        _separate = false;
    }

    public void Name(string name)
    {
        Separate();
        Quote(name);
        _output.Write(": "u8);
        _separate = false;
    }

    /// <summary>A text, or <c>null</c>.</summary>
    public void Text(string? value)
    {
        if (value is null)
        {
            Null();
            return;
        }
        Separate();
        Quote(value);
    }

    /// <summary>One text in two parts, with a character between them if one is given.</summary>
    public void Text(string first, string second, byte? separator = null)
    {
        Separate();
        _output.Write((byte)'"');
        PythonString.Escape(first, ref _output);
        if (separator is { } character)
        {
            _output.Write(character);
        }
        PythonString.Escape(second, ref _output);
        _output.Write((byte)'"');
    }

    /// <summary>A text that ends in a number; the text needs no escapes.</summary>
    public void Text(scoped ReadOnlySpan<byte> text, long number)
    {
        Separate();
        _output.Write((byte)'"');
        _output.Write(text);
        _output.Write(number);
        _output.Write((byte)'"');
    }

    /// <summary>A text that needs no escapes.</summary>
    public void Text(scoped ReadOnlySpan<byte> text)
    {
        Separate();
        _output.Write((byte)'"');
        _output.Write(text);
        _output.Write((byte)'"');
    }

    public void Number(long value)
    {
        Separate();
        _output.Write(value);
    }

    /// <summary>An integer, or <c>null</c>.</summary>
    public void Number(long? value)
    {
        if (value is { } number)
        {
            Number(number);
        }
        else
        {
            Null();
        }
    }

    public void Boolean(bool value) => Raw(value ? "true"u8 : "false"u8);

    public void Null() => Raw("null"u8);

    /// <summary>A value that is already in this form.</summary>
    public void Raw(scoped ReadOnlySpan<byte> json)
    {
        Separate();
        _output.Write(json);
    }

    /// <summary>Room for a text without escapes, of a length known beforehand: to be filled by the caller.</summary>
    public Span<byte> ReserveString(int length)
    {
        Separate();
        var span = _output.Free(length + 2)[..(length + 2)];
        span[0] = span[^1] = (byte)'"';
        _output.Advance(length + 2);
        return span[1..^1];
    }

    /// <summary>To be called once, at the end.</summary>
    public void Flush() => _output.Flush();

    void Begin(byte bracket)
    {
        Separate();
        _output.Write(bracket);
        _separate = false;
    }

    void End(byte bracket)
    {
        _output.Write(bracket);
        _separate = true;
    }

    void Quote(string value)
    {
        _output.Write((byte)'"');
        PythonString.Escape(value, ref _output);
        _output.Write((byte)'"');
    }

    /// <summary>Before each name and each value that has none: a comma where one has gone before.</summary>
    void Separate()
    {
        if (_separate)
        {
            _output.Write(", "u8);
        }
        _separate = true;
    }
}
