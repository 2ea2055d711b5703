using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Stackmeta.Http;

/// <summary>
/// What a peer is sent, straight into its socket. A flush ends when the kernel has everything, so that a peer that reads slowly holds back
/// who writes to it. One writer at a time; <see cref="Tell"/> and <see cref="CancelPendingFlush"/> by anybody.
/// </summary>
/// <param name="socket">Not blocking.</param>
/// <param name="awaitRoom">Called when the kernel takes no more, and <see cref="Tell"/> is to be called once it does.</param>
sealed class SocketWriter(Descriptor socket, Action awaitRoom) : PipeWriter, IValueTaskSource<FlushResult>
{
    /// <summary>
    /// Head and body of most answers (of the recorded ones in tests/Stackmeta.Reference.Tests/data the median is 1.2 KiB).
    /// </summary>
    const int FirstSize = 4096;

    // Not readonly: structs that change.
    ManualResetValueTaskSourceCore<FlushResult> _pending;
    ReadySignal _signal;

    // All of these belong to the one writer, or to who goes on in its place. What is not yet sent is at _start.._end. No buffer is held
    // while all is sent.
    byte[]? _buffer;
    int _start;
    int _end;
    CancellationToken _token;
    CancellationTokenRegistration _registration;

    /// <summary>The peer takes no more, or this has been completed: what is written is dropped.</summary>
    bool _isOver;

    // Set by anybody, by Interlocked; taken by the writer.
    int _isCanceled;

    // Set once by anybody.
    volatile bool _isAborted;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _end - _start;

    /// <summary>There is news of the socket.</summary>
    public void Tell()
    {
        if (_signal.Tell())
        {
            Finish();
        }
    }

    /// <summary>Drops what is written, now and later.</summary>
    public void Abort()
    {
        _isAborted = true;
        Tell();
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_end);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_end);
    }

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, (_buffer?.Length ?? 0) - _end);
        _end += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_start == _end || TrySend())
        {
            return new(Result(Interlocked.Exchange(ref _isCanceled, 0) != 0));
        }
        _pending.Reset();
        _token = cancellationToken;
        if (cancellationToken.CanBeCanceled)
        {
            // Taken back by GetResult.
            _registration = cancellationToken.UnsafeRegister(static writer => ((SocketWriter)writer!).Tell(), this);
        }
        awaitRoom();
        Finish();
        return new(this, _pending.Version);
    }

    public override void CancelPendingFlush()
    {
        Interlocked.Exchange(ref _isCanceled, 1);
        Tell();
    }

    /// <summary>What was written and not flushed is sent as far as the kernel takes it at once.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (exception is null && _end > _start)
        {
            TrySend();
        }
        _isOver = true;
        Release();
    }

    /// <summary>Ends the pending flush if all is sent or nothing can be; else waits.</summary>
    void Finish()
    {
        do
        {
            _signal.Take();
            if (_token.IsCancellationRequested)
            {
                _pending.SetException(new OperationCanceledException(_token));
                return;
            }
            var isCanceled = Interlocked.Exchange(ref _isCanceled, 0) != 0;
            if (isCanceled || TrySend())
            {
                _pending.SetResult(Result(isCanceled));
                return;
            }
        } while (!_signal.TryAwait());
    }

    /// <returns>Whether there is nothing left to send.</returns>
    bool TrySend()
    {
        while (_end > _start && !_isOver && !_isAborted)
        {
            var count = SocketCalls.Send(socket, in _buffer![_start], _end - _start, SocketCalls.MsgNoSignal);
            if (count >= 0)
            {
                _start += (int)count;
                continue;
            }
            var error = Marshal.GetLastPInvokeError();
            if (error == SocketCalls.TryAgain)
            {
                return false;
            }
            // Reset, closed, or no way to it any more (send(2), tcp(7)): nobody will read the rest.
            _isOver = error != SocketCalls.Interrupted;
        }
        Release();
        return true;
    }

    void Reserve(int sizeHint)
    {
        var needed = Math.Max(sizeHint, 1);
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, needed));
        }
        else if (_buffer.Length - _end < needed)
        {
            var length = _end - _start;
            var next = ArrayPool<byte>.Shared.Rent(Math.Max(checked(length + needed), _buffer.Length * 2));
            _buffer.AsSpan(_start, length).CopyTo(next);
            ArrayPool<byte>.Shared.Return(_buffer);
            (_buffer, _start, _end) = (next, 0, length);
        }
    }

    void Release()
    {
        (_start, _end) = (0, 0);
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    FlushResult Result(bool isCanceled) => new(isCanceled, _isOver || _isAborted);

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        _registration.Dispose();
        (_registration, _token) = (default, default);
        return _pending.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _pending.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _pending.OnCompleted(continuation, state, token, flags);
}
