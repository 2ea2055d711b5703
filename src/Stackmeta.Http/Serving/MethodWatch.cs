using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Stackmeta.Http;

/// <summary>Looks at the first bytes of each request on their way to Kestrel: whether its method is HEAD, whose answers have no body.</summary>
sealed class MethodWatch(PipeReader input) : PipeReader
{
    const int MethodAndBlank = 5;

    // Both belong to the connection's own loop, which reads requests one after another.
    bool _isKnown;

    /// <summary>Whether the request that was last begun is a HEAD.</summary>
    public bool IsHead { get; private set; }

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
        _isKnown = true;
    }
}
