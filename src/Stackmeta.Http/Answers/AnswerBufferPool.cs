using System.Collections.Concurrent;

namespace Stackmeta.Http;

/// <summary>Lends buffers to requests. Bounded: at most <see cref="MaxKept"/> buffers of at most <see cref="MaxKeptSize"/> bytes stay.</summary>
public sealed class AnswerBufferPool
{
    /// <summary>More requests than this are rarely rendering at once, since rendering does not wait.</summary>
    const int MaxKept = 64;

    /// <summary>Holds any document of an instance with the largest user data that Nova takes (65,535 bytes of base64).</summary>
    const int MaxKeptSize = 128 * 1024;

    readonly ConcurrentQueue<AnswerBuffer> _spare = new();

    public AnswerBuffer Rent() => _spare.TryDequeue(out var buffer) ? buffer : new AnswerBuffer();

    public void Return(AnswerBuffer buffer)
    {
        buffer.Clear();
        if (buffer.Capacity <= MaxKeptSize && _spare.Count < MaxKept)
        {
            _spare.Enqueue(buffer);
        }
    }
}
