using System.Buffers;

namespace Stackmeta.Http;

/// <summary>
/// Holds a response's body until its length is known, since Content-Length goes before it. A request's own, used for its responses one
/// after another.
/// </summary>
public sealed class ResponseBuffer : IBufferWriter<byte>
{
    // Most documents are below 4 KiB (of the recorded ones in tests/Stackmeta.Reference.Tests/data the median is 1.2 KiB).
    const int InitialSize = 4096;

    /// <summary>
    /// A longer one is not kept for the next response: it holds any document of an instance with the largest user data that Nova takes
    /// (65,535 bytes of base64).
    /// </summary>
    const int LongestKept = 128 * 1024;

    byte[] _bytes = [];
    int _written;

    /// <summary>What was written so far; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _written);

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
    public void Clear()
    {
        _written = 0;
        if (_bytes.Length > LongestKept)
        {
            _bytes = [];
        }
    }

    void Reserve(int sizeHint)
    {
        var needed = checked(_written + Math.Max(sizeHint, 1));
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, Math.Max(InitialSize, _bytes.Length * 2)));
        }
    }
}
