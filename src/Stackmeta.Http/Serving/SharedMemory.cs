using System.Buffers;
using Microsoft.AspNetCore.Connections.Features;

namespace Stackmeta.Http;

/// <summary>
/// Where Kestrel takes buffers for answers from. A connection that was not made by Kestrel's own transport does not say,
/// and every answer on it would fail.
/// </summary>
public sealed class SharedMemory : IMemoryPoolFeature
{
    public static SharedMemory Feature { get; } = new();

    public MemoryPool<byte> MemoryPool => MemoryPool<byte>.Shared;
}
