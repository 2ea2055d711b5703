using System.Buffers;
using Microsoft.AspNetCore.Connections.Features;

namespace Stackmeta.Http;

/// <summary>
/// Where Kestrel takes buffers for answers from. A connection that was not made by Kestrel's own transport does not say,
/// and every answer on it would fail.
/// </summary>
public sealed class SharedMemory : MemoryPool<byte>, IMemoryPoolFeature
{
    /// <summary>
    /// Of Kestrel's own pool, which takes no length for this one; the process's pool would lend nothing then, and a write before the start
    /// of an answer would fail.
    /// </summary>
    const int UsualSize = 4096;

    SharedMemory() { }

    public static SharedMemory Feature { get; } = new();

    public MemoryPool<byte> MemoryPool => this;

    public override int MaxBufferSize => Shared.MaxBufferSize;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) =>
        Shared.Rent(minBufferSize <= 0 ? UsualSize : minBufferSize);

    protected override void Dispose(bool disposing)
    {
        // The process's.
    }
}
