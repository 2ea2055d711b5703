using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Stackmeta.Http;

/// <summary>
/// Looks at the head of each request on its way to Kestrel: whether its method is HEAD, whose answers have no body; and mends what Kestrel would
/// refuse before any of our code runs (<see cref="RequestHeadMending"/>).
/// </summary>
sealed class RequestWatch(PipeReader input) : PipeReader
{
    const int MethodAndBlank = 5;

    // All three belong to the connection's own loop, which reads requests one after another.
    bool _isKnown;

    /// <summary>Whether the request that was last begun is a HEAD.</summary>
    public bool IsHead { get; private set; }

    /// <summary>Whether the connection has to end with the answer to the request that was last begun.</summary>
    public bool IsLast { get; private set; }

    /// <summary>The next bytes begin a request.</summary>
    public void RequestEnds() => _isKnown = false;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var result = await input.ReadAsync(cancellationToken);
        Look(result.Buffer);
        return result;
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!input.TryRead(out result))
        {
            return false;
        }
        Look(result.Buffer);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => input.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
        input.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => input.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => input.CompleteAsync(exception);

    void Look(in ReadOnlySequence<byte> buffer)
    {
        if (_isKnown || buffer.Length < MethodAndBlank)
        {
            return;
        }
        Span<byte> first = stackalloc byte[MethodAndBlank];
        buffer.Slice(0, MethodAndBlank).CopyTo(first);
        IsHead = first.SequenceEqual("HEAD "u8);
        IsLast = false;
        // Kestrel reads nothing of a request before its first line is there as a whole.
        if (buffer.PositionOf((byte)'\n') is { } lineEnd)
        {
            _isKnown = true;
            Mend(buffer, buffer.Slice(0, lineEnd), mayLackLength: first[0] == 'P');
        }
    }

    void Mend(in ReadOnlySequence<byte> buffer, in ReadOnlySequence<byte> line, bool mayLackLength)
    {
        // A head that comes in pieces, or is longer than one piece of the connection's memory, is left to Kestrel.
        if (!line.IsSingleSegment)
        {
            return;
        }
        RequestHeadMending.RespellNul(Writable(line.First));
        var firstPiece = Writable(buffer.First);
        if (mayLackLength && firstPiece.IndexOf("\r\n\r\n"u8) is var end and > 0)
        {
            IsLast = RequestHeadMending.MakeNewer(firstPiece[..(end + 4)]);
        }
    }

    /// <summary>The bytes are the connection's own, and nobody else reads them before this has returned.</summary>
    static Span<byte> Writable(ReadOnlyMemory<byte> bytes) => MemoryMarshal.AsMemory(bytes).Span;
}
