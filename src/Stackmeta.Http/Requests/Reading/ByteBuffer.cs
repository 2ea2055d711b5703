using System.Buffers;

namespace Stackmeta.Http;

/// <summary>Bytes in a row, added at the end and taken from the beginning. Holds no memory while it is empty.</summary>
sealed class ByteBuffer : IBufferWriter<byte>
{
    /// <summary>Holds the head of nearly every request (tests/Support/traces: below 400 bytes).</summary>
    const int FirstSize = 1024;

    byte[]? _bytes;
    int _start;
    int _end;

    public int Length => _end - _start;

    /// <summary>Valid until the next write.</summary>
    public Span<byte> Span => _bytes.AsSpan(_start, Length);

    /// <summary>Valid until the next write.</summary>
    public ReadOnlySequence<byte> Sequence =>
        _bytes is null ? ReadOnlySequence<byte>.Empty : new(_bytes, _start, Length);

    /// <summary>How far a position of <see cref="Sequence"/> is from its beginning.</summary>
    public int OffsetOf(SequencePosition position) =>
        // The end of a sequence over an array has its highest bit set.
        _bytes is null
            ? 0
            : (position.GetInteger() & int.MaxValue) - _start;

    /// <summary>The first bytes are not needed any more.</summary>
    public void Consume(int count)
    {
        _start += count;
        if (_start == _end && _bytes is { } bytes)
        {
            _bytes = null;
            (_start, _end) = (0, 0);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    public void Clear() => Consume(Length);

    /// <summary>Some bytes in the middle are not needed any more.</summary>
    public void Remove(int at, int count)
    {
        if (count > 0)
        {
            Span[(at + count)..].CopyTo(Span[at..]);
            _end -= count;
        }
    }

    public void Advance(int count) => _end += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_end);
    }

    void Reserve(int sizeHint)
    {
        var needed = Math.Max(sizeHint, 1);
        if (_bytes is null)
        {
            _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, needed));
        }
        else if (_bytes.Length - _end < needed)
        {
            var length = Length;
            var next = ArrayPool<byte>.Shared.Rent(Math.Max(checked(length + needed), length * 2));
            Span.CopyTo(next);
            ArrayPool<byte>.Shared.Return(_bytes);
            (_bytes, _start, _end) = (next, 0, length);
        }
    }
}
