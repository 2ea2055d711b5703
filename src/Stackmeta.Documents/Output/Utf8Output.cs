using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace Stackmeta.Documents;

/// <summary>Writes UTF-8 straight into a buffer writer. Nothing is handed over before <see cref="Flush"/> or a full buffer.</summary>
ref struct Utf8Output(IBufferWriter<byte> output)
{
    // Large enough for most documents without a second request.
    const int FirstSize = 2048;

    Span<byte> _buffer;
    int _used;

    public void Write(byte value)
    {
        Free(1)[0] = value;
        _used++;
    }

    public void Write(scoped ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(Free(utf8.Length));
        _used += utf8.Length;
    }

    /// <summary>Writes a text as UTF-8. Half of a surrogate pair becomes U+FFFD.</summary>
    public void Write(scoped ReadOnlySpan<char> text)
    {
        const int LongestUtf8OfChar = 3;
        _used += Encoding.UTF8.GetBytes(text, Free(text.Length * LongestUtf8OfChar));
    }

    /// <summary>Writes a number in a format such as <c>x8</c>.</summary>
    public void Write(long number, scoped ReadOnlySpan<char> format = default)
    {
        const int Longest = 24;
        number.TryFormat(Free(Longest), out var written, format, provider: null);
        _used += written;
    }

    /// <summary>At least that many bytes to write into; say how many were written by <see cref="Advance"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Free(int atLeast)
    {
        if (_buffer.Length - _used < atLeast)
        {
            Renew(atLeast);
        }
        return _buffer[_used..];
    }

    public void Advance(int written) => _used += written;

    /// <summary>Hands over what was written. To be called once, at the end.</summary>
    public void Flush()
    {
        if (_used > 0)
        {
            output.Advance(_used);
        }
        _buffer = default;
        _used = 0;
    }

    void Renew(int atLeast)
    {
        Flush();
        _buffer = output.GetSpan(Math.Max(atLeast, FirstSize));
    }
}
