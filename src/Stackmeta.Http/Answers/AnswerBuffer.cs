using System.Buffers;

namespace Stackmeta.Http;

/// <summary>
/// Holds an answer's body until its length is known, since Content-Length goes before it. Used by one request at a time and
/// kept for later ones by <see cref="AnswerBufferPool"/>.
/// </summary>
public sealed class AnswerBuffer : IBufferWriter<byte>
{
    // Most documents are below 4 KiB (of the recorded ones in tests/Stackmeta.Reference.Tests/data the median is 1.2 KiB).
    const int InitialSize = 4096;

    byte[] _bytes = new byte[InitialSize];
    int _written;

    /// <summary>What was written so far; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _written);

    internal int Capacity => _bytes.Length;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _written);
        _written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_written);
    }

    /// <summary>Forgets what was written.</summary>
    public void Clear() => _written = 0;

    void Reserve(int sizeHint)
    {
        var needed = checked(_written + Math.Max(sizeHint, 1));
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        }
    }
}
