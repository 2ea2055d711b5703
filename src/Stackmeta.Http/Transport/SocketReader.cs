using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;

namespace Stackmeta.Http;

/// <summary>
/// The bytes that a peer sends, straight from its socket: nothing is received before it is asked for, so that a peer that sends more than
/// is read is held back by the kernel. One reader at a time; <see cref="Tell"/> and <see cref="CancelPendingRead"/> by anybody.
/// </summary>
/// <param name="socket">Not blocking, waited for once per change.</param>
/// <param name="loop">Whose thread tells of news, and is shared with other connections.</param>
/// <param name="taker">Is told by the loop in its turn, and calls <see cref="BeginTurn"/>.</param>
sealed class SocketReader(Descriptor socket, EventLoop loop, IWorkItem taker) : PipeReader, IValueTaskSource<ReadResult>
{
    /// <summary>Holds the head of nearly every request (tests/Support/traces: below 400 bytes); grown for those that it does not.</summary>
    const int FirstSize = 4096;

    // Not readonly: structs that change.
    ManualResetValueTaskSourceCore<ReadResult> _pending;
    ReadySignal _signal;

    // All of these belong to the one reader, or to who goes on in its place. The unread bytes are at _start.._end, those looked at already
    // at _start.._examined. No buffer is held while nothing is unread.
    byte[]? _buffer;
    int _start;
    int _examined;
    int _end;
    bool _isCompleted;
    CancellationToken _token;
    CancellationTokenRegistration _registration;
    Exception? _failure;

    /// <summary>Nothing is left in the kernel, as far as is known. A guest has mostly asked by the time that it is accepted.</summary>
    bool _isDrained;

    /// <summary>Something was read in this turn; what comes next waits for another. Of the loop's thread, and a hint elsewhere.</summary>
    bool _hasHadTurn;

    /// <summary>The peer's end was read.</summary>
    bool _hasEnded;

    /// <summary>There were bytes left over when the reader had enough.</summary>
    bool _isLeftUnread;

    // Set by anybody, by Interlocked; taken by the reader.
    int _isCanceled;

    /// <summary>The peer's end is near: it comes without further news. Set by the loop's thread before it tells.</summary>
    volatile bool _peerEnded;

    // Set once by anybody.
    volatile bool _isAborted;

    /// <summary>Whether a read can be ended without the kernel.</summary>
    bool HasUnexamined => _hasEnded || _examined < _end;

    /// <summary>Whether there is something to read, or may be.</summary>
    bool HasMore => HasUnexamined || !_isDrained || _isCanceled != 0;

    /// <summary>Whether the peer is likely to have sent, or to be sending, what nobody has read. Only when nobody reads any more.</summary>
    public bool MayHaveMore =>
        !_hasEnded && !_isAborted && _failure is null && (_signal.Take() || !_isDrained || _isLeftUnread);

    /// <summary>Puts bytes before what the socket has, that were received elsewhere. Before the first read.</summary>
    /// <param name="mayHaveMore">Whether there may be more already of which nothing will be told.</param>
    public void Precede(ReadOnlySpan<byte> received, bool mayHaveMore)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, received.Length));
        received.CopyTo(_buffer);
        (_start, _examined, _end) = (0, 0, received.Length);
        _isDrained = !mayHaveMore;
        _peerEnded = mayHaveMore;
    }

    /// <summary>It is this connection's turn: one read is ended with what there is. On the loop's thread.</summary>
    public void BeginTurn(bool peerEnded)
    {
        _hasHadTurn = false;
        Tell(peerEnded);
    }

    /// <summary>There is news of the socket.</summary>
    void Tell(bool peerEnded)
    {
        if (peerEnded)
        {
            _peerEnded = true;
        }
        if (_signal.Tell())
        {
            Finish();
        }
    }

    /// <summary>Fails what is read, now and later.</summary>
    public void Abort()
    {
        _isAborted = true;
        Tell(peerEnded: false);
    }

    public override bool TryRead(out ReadResult result)
    {
        ObjectDisposedException.ThrowIf(_isCompleted, this);
        ThrowIfFailed();
        var isCanceled = Interlocked.Exchange(ref _isCanceled, 0) != 0;
        if (isCanceled || HasUnexamined)
        {
            result = Result(isCanceled);
            return true;
        }
        result = default;
        return false;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waitsForTurn = _hasHadTurn && loop.IsCurrent;
        if (!waitsForTurn && TryRead(out var result))
        {
            _hasHadTurn = true;
            return new(result);
        }
        _pending.Reset();
        _token = cancellationToken;
        if (cancellationToken.CanBeCanceled)
        {
            // Taken back by GetResult.
            _registration = cancellationToken.UnsafeRegister(
                static reader => ((SocketReader)reader!).Tell(peerEnded: false),
                this
            );
        }
        if (waitsForTurn && HasMore)
        {
            // The others that this thread serves come first.
            if (_signal.TryAwait())
            {
                loop.Enqueue(taker, PollEvents.Readable);
            }
            else
            {
                Finish();
            }
        }
        else
        {
            Finish();
        }
        return new(this, _pending.Version);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_buffer is null)
        {
            return;
        }
        _start = Math.Max(_start, IndexOf(consumed));
        _examined = Math.Max(_start, IndexOf(examined));
        if (_start == _end)
        {
            Release();
        }
    }

    /// <summary>The end of a sequence over an array has its highest bit set.</summary>
    static int IndexOf(SequencePosition position) => position.GetInteger() & int.MaxValue;

    public override void CancelPendingRead()
    {
        Interlocked.Exchange(ref _isCanceled, 1);
        Tell(peerEnded: false);
    }

    public override void Complete(Exception? exception = null)
    {
        _isCompleted = true;
        _isLeftUnread |= _end > _start;
        Release();
    }

    /// <summary>Ends the pending read if there is something to end it with; else waits.</summary>
    void Finish()
    {
        do
        {
            if (_signal.Take())
            {
                _isDrained = false;
            }
            try
            {
                if (TryEnd(out var result))
                {
                    _hasHadTurn = true;
                    _pending.SetResult(result);
                    return;
                }
            }
            catch (Exception e)
                when (e is ConnectionResetException or ConnectionAbortedException or OperationCanceledException)
            {
                _pending.SetException(e);
                return;
            }
        } while (!_signal.TryAwait());
    }

    bool TryEnd(out ReadResult result)
    {
        if (_isAborted)
        {
            _failure ??= new ConnectionAbortedException();
        }
        ThrowIfFailed();
        _token.ThrowIfCancellationRequested();
        var isCanceled = Interlocked.Exchange(ref _isCanceled, 0) != 0;
        var hasMore = isCanceled || HasUnexamined || (!_isDrained && TryReceive());
        result = hasMore ? Result(isCanceled) : default;
        return hasMore;
    }

    /// <returns>Whether there is something new: bytes, or the end.</returns>
    bool TryReceive()
    {
        MakeRoom();
        nint count;
        while ((count = SocketCalls.Receive(socket, ref _buffer![_end], _buffer.Length - _end, 0)) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == SocketCalls.Interrupted)
            {
                continue;
            }
            if (_start == _end)
            {
                Release();
            }
            if (error != SocketCalls.TryAgain)
            {
                _failure = new ConnectionResetException(Marshal.GetPInvokeErrorMessage(error));
                throw _failure;
            }
            _isDrained = true;
            return false;
        }
        // Where room is left over, nothing is left in the kernel (epoll(7)), but for an end that came with the last bytes.
        _isDrained = count < _buffer.Length - _end && !_peerEnded;
        _end += (int)count;
        _hasEnded = count == 0;
        if (_start == _end)
        {
            Release();
        }
        return true;
    }

    void MakeRoom()
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
            (_start, _examined, _end) = (0, 0, 0);
        }
        else if (_end == _buffer.Length)
        {
            var length = _end - _start;
            var next = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, length * 2));
            _buffer.AsSpan(_start, length).CopyTo(next);
            ArrayPool<byte>.Shared.Return(_buffer);
            (_buffer, _start, _examined, _end) = (next, 0, _examined - _start, length);
        }
    }

    void Release()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            (_start, _examined, _end) = (0, 0, 0);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    ReadResult Result(bool isCanceled)
    {
        var unread = _buffer is null ? ReadOnlySequence<byte>.Empty : new(_buffer, _start, _end - _start);
        return new(unread, isCanceled, _hasEnded);
    }

    void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw failure;
        }
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        _registration.Dispose();
        (_registration, _token) = (default, default);
        return _pending.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _pending.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _pending.OnCompleted(continuation, state, token, flags);
}
