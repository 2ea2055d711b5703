using System.Buffers;

namespace Stackmeta.Documents;

/// <summary>A growing buffer whose end can be taken back.</summary>
sealed class RewriteBuffer : IBufferWriter<byte>
{
    byte[] _bytes = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> WrittenSpan => _bytes.AsSpan(0, Length);

    public void Advance(int count) => Length += count;

    public void TakeBack(int length) => Length = length;

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var needed = Length + Math.Max(sizeHint, 1);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        }
        return _bytes.AsMemory(Length);
    }
}
