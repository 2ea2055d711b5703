using System.Buffers;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections.Features;

namespace Stackmeta.Http;

/// <content>While the connection's requests are simple.</content>
public partial class SocketConnection
{
    /// <summary>
    /// Kestrel's, for answers that are not read: <c>KestrelServerLimits.MinResponseDataRate</c>, bytes a second, and how long it may be
    /// less.
    /// </summary>
    const double SlowestReading = 240;
    static readonly TimeSpan SlowReadingGrace = TimeSpan.FromSeconds(5);

    /// <summary>Nobody is at work on the connection.</summary>
    const int Idle = 0;

    /// <summary>Something is being received or answered.</summary>
    const int Busy = 1;

    /// <summary>The same, and the loop has told of something meanwhile, which is to be looked at afterwards.</summary>
    const int BusyWithNews = 2;

    /// <summary>It ends, or is Kestrel's.</summary>
    const int Over = 3;

    // By Interlocked: whoever takes it out of Idle is the one who works.
    int _state;

    /// <summary>When it was last at work. By who works.</summary>
    long _idleSince;

    /// <summary>The peer sends no more. Set by the loop's thread.</summary>
    volatile bool _peerEnded;

    /// <summary>Until when the peer has to have read what it is sent; 0 while nothing is waited for. By who works.</summary>
    long _readDeadline;

    /// <summary>Made by who works, when it is first needed. Not replaced.</summary>
    volatile SocketWriter? _writer;

    /// <summary>Kestrel's way to read, from when the connection is Kestrel's on. Set by the loop's thread.</summary>
    volatile SocketReader? _reader;

    SocketWriter Writer => _writer ??= new(_socket, WaitForWritable);

    /// <summary>Ends the connection unless something is being answered.</summary>
    /// <returns>False if it goes on.</returns>
    internal bool EndIfIdle()
    {
        if (Interlocked.CompareExchange(ref _state, Over, Idle) != Idle)
        {
            return false;
        }
        Close();
        return true;
    }

    /// <summary>Sees whether a time is up.</summary>
    internal void TickHeartbeat(long now)
    {
        if (_reader is not null)
        {
            _heartbeat?.Action(_heartbeat.Value.State);
        }
        else if (Volatile.Read(ref _readDeadline) is not 0 and var deadline)
        {
            if (now > deadline)
            {
                Abort();
            }
        }
        else if (
            Volatile.Read(ref _state) == Idle
            && _multiplexer.Time.GetElapsedTime(Volatile.Read(ref _idleSince), now) > _multiplexer.FastPath.KeepAlive
        )
        {
            EndIfIdle();
        }
    }

    /// <summary>On the loop's thread.</summary>
    void TakeFastTurn(PollEvents events)
    {
        if ((events & (PollEvents.PeerEnded | PollEvents.HangUp | PollEvents.Error)) != PollEvents.None)
        {
            _peerEnded = true;
        }
        while (true)
        {
            switch (Interlocked.CompareExchange(ref _state, Busy, Idle))
            {
                case Idle:
                    ReceiveFast();
                    return;
                case Over:
                    return;
            }
            // An answer is under way; who gives it looks again when it is given, unless that has just happened.
            TellOfLoss(events);
            if (Interlocked.CompareExchange(ref _state, BusyWithNews, Busy) != Idle)
            {
                return;
            }
        }
    }

    void ReceiveFast()
    {
        var buffer = _loop.Scratch;
        nint count;
        try
        {
            while ((count = SocketCalls.Receive(_socket, ref buffer[0], buffer.Length, 0)) < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error == SocketCalls.Interrupted)
                {
                    continue;
                }
                if (error == SocketCalls.TryAgain)
                {
                    BecomeIdle(looksAgain: false);
                }
                else
                {
                    EndFast();
                }
                return;
            }
        }
        catch (ObjectDisposedException)
        {
            return;
        }
        if (count == 0)
        {
            EndFast();
            return;
        }
        Take(buffer.AsSpan(0, (int)count));
    }

    void Take(ReadOnlySpan<byte> received)
    {
        var path = _multiplexer.FastPath;
        var exchange = path.Rent();
        if (received.Length == _loop.Scratch.Length || !exchange.TryRead(received))
        {
            path.Return(exchange);
            HandOver(received);
            return;
        }
        exchange.Begin(this);
        var handling = path.HandleAsync(exchange.Request);
        if (handling.IsCompletedSuccessfully)
        {
            var sending = Send(exchange, handling.Result);
            if (sending.IsCompletedSuccessfully)
            {
                GoOn(exchange, sending.Result);
                return;
            }
            _ = FinishSendingAsync(exchange, sending);
        }
        else
        {
            _ = FinishAsync(exchange, handling);
        }
        ResumeWaiting();
    }

    async Task FinishAsync(FastExchange exchange, ValueTask<Response> handling) =>
        await FinishSendingAsync(exchange, Send(exchange, await handling));

    ValueTask<bool> Send(FastExchange exchange, in Response response)
    {
        try
        {
            return exchange.SendAsync(response);
        }
        catch (Exception e)
        {
            _multiplexer.TellFailure(this, e);
            return new(false);
        }
    }

    async Task FinishSendingAsync(FastExchange exchange, ValueTask<bool> sending)
    {
        var isSent = false;
        try
        {
            isSent = await sending;
        }
        catch (Exception e)
        {
            _multiplexer.TellFailure(this, e);
        }
        GoOn(exchange, isSent);
    }

    /// <summary>A request is answered; the next one may come. By who answered it, on any thread.</summary>
    void GoOn(FastExchange exchange, bool isSent)
    {
        var ends = !isSent || exchange.Closes;
        exchange.End();
        _multiplexer.FastPath.Return(exchange);
        if (!isSent)
        {
            Abort();
        }
        if (ends)
        {
            EndFast();
        }
        else
        {
            BecomeIdle(looksAgain: _peerEnded);
        }
    }

    /// <summary>Waits for the peer, or looks again at once if there was news meanwhile.</summary>
    /// <param name="looksAgain">An end that came with a question is not told again.</param>
    void BecomeIdle(bool looksAgain)
    {
        Volatile.Write(ref _idleSince, _multiplexer.Time.GetTimestamp());
        var hadNews = Interlocked.Exchange(ref _state, Idle) == BusyWithNews;
        if (_multiplexer.IsEnding)
        {
            EndIfIdle();
            return;
        }
        ResumeWaiting();
        if (hadNews || looksAgain)
        {
            _loop.EnqueueFromAnywhere(this);
        }
    }

    void ResumeWaiting()
    {
        try
        {
            WaitForReadable();
        }
        catch (Win32Exception e)
        {
            _multiplexer.TellUnheard(this, e.Message);
            Abort();
            EndIfIdle();
        }
    }

    /// <summary>The connection ends, once the peer has had the time to read its answer.</summary>
    void EndFast()
    {
        if (Interlocked.Exchange(ref _state, Over) == BusyWithNews && !_peerEnded)
        {
            Linger();
        }
        else
        {
            Close();
        }
    }

    /// <summary>The connection is Kestrel's, with what was received and not understood here.</summary>
    void HandOver(ReadOnlySpan<byte> received)
    {
        Volatile.Write(ref _state, Over);
        var reader = new SocketReader(_socket, _loop, this);
        reader.Precede(received, mayHaveMore: received.Length == _loop.Scratch.Length || _peerEnded);
        Features.Set<IConnectionHeartbeatFeature>(this);
        Features.Set(this);
        Features.Set<IMemoryPoolFeature>(SharedMemory.Feature);
        _reader = reader;
        _multiplexer.Serve(this);
        ResumeWaiting();
    }

    /// <summary>Sends bytes of a response; they are the caller's again when this completes.</summary>
    /// <returns>False if nobody receives them any more.</returns>
    internal ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var rest = bytes.Span;
        // Once something had to wait, order is the writer's.
        while (!rest.IsEmpty && _writer is null)
        {
            var count = SocketCalls.Send(_socket, in rest[0], rest.Length, SocketCalls.MsgNoSignal);
            if (count >= 0)
            {
                rest = rest[(int)count..];
                continue;
            }
            var error = Marshal.GetLastPInvokeError();
            if (error == SocketCalls.TryAgain)
            {
                break;
            }
            if (error != SocketCalls.Interrupted)
            {
                // Reset, closed, or no way to it any more (send(2), tcp(7)).
                return new(false);
            }
        }
        return rest.IsEmpty ? new(true) : SendRestAsync(bytes[^rest.Length..], cancellationToken);
    }

    async ValueTask<bool> SendRestAsync(ReadOnlyMemory<byte> rest, CancellationToken cancellationToken)
    {
        var seconds = Math.Max(SlowReadingGrace.TotalSeconds, rest.Length / SlowestReading);
        Volatile.Write(
            ref _readDeadline,
            _multiplexer.Time.GetTimestamp() + (long)(seconds * _multiplexer.Time.TimestampFrequency)
        );
        try
        {
            var writer = Writer;
            writer.Write(rest.Span);
            var flushed = await writer.FlushAsync(cancellationToken);
            return !flushed.IsCompleted;
        }
        finally
        {
            Volatile.Write(ref _readDeadline, 0);
        }
    }
}
