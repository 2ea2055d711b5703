using System.ComponentModel;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Stackmeta.Http;

/// <summary>
/// A caller's connection. What it has sent is handled by the thread that heard of it, and answered by that thread too, unless the answer
/// has to wait for something. Its requests are answered here as long as they are simple (<see cref="FastHead"/>); from the first other one
/// on the connection is Kestrel's.
/// </summary>
public partial class SocketConnection
    : ConnectionContext,
        IDuplexPipe,
        IWorkItem,
        IConnectionHeartbeatFeature,
        IConnectionItemsFeature
{
    const PollEvents Events = PollEvents.Readable | PollEvents.PeerEnded | PollEvents.OncePerChange;

    readonly Descriptor _socket;
    readonly EventLoop _loop;
    readonly ConnectionMultiplexer _multiplexer;
    readonly long _name;

    /// <summary>Called about every second; set once by Kestrel.</summary>
    (Action<object> Action, object State)? _heartbeat;

    readonly Lock _waiting = new();

    // All three under the lock.
    ulong _number;
    bool _isWaitedFor;

    /// <summary>Whether the loop tells of room to send in.</summary>
    bool _awaitsRoom;

    // Made by whoever needs it first: by Interlocked.
    CancellationTokenSource? _lost;

    // By Interlocked.
    int _isClosed;

    /// <summary>While the peer may still be sending. Set once, when nobody reads any more.</summary>
    volatile LingeringClose? _lingering;
    TaskCompletionSource? _lingered;

    /// <param name="socket">Accepted, not blocking; this object's from here on.</param>
    /// <param name="peer">IPv4 is never mapped into IPv6; null where peers have no address.</param>
    /// <param name="loop">The connection stays with its thread.</param>
    /// <param name="multiplexer">What it is a part of.</param>
    public SocketConnection(Descriptor socket, EndPoint? peer, EventLoop loop, ConnectionMultiplexer multiplexer)
    {
        (_socket, _loop, _multiplexer) = (socket, loop, multiplexer);
        RemoteEndPoint = peer;
        Transport = this;
        _idleSince = multiplexer.Time.GetTimestamp();
        _name = multiplexer.Enter(this);
    }

    /// <summary>Where it was accepted, for the log.</summary>
    public virtual string Place { get; init; } = "";

    /// <summary>Its neighbours in the multiplexer's list; the multiplexer's to write, under its lock.</summary>
    internal SocketConnection? Next { get; set; }
    internal SocketConnection? Previous { get; set; }

    /// <summary>The connections of one owner share its turns.</summary>
    protected virtual object TurnOwner => this;

    object IWorkItem.Owner => TurnOwner;

    PollEvents? IWorkItem.PendingEvents { get; set; }

    /// <summary>By which log lines tell connections apart.</summary>
    public override string ConnectionId
    {
        get => field ??= _name.ToString("x", CultureInfo.InvariantCulture);
        set;
    }

    public override IFeatureCollection Features => field ??= CreateFeatures();

    public override IDictionary<object, object?> Items
    {
        get => field ??= new ConnectionItems();
        set;
    }

    public sealed override IDuplexPipe Transport { get; set; }

    public sealed override EndPoint? RemoteEndPoint { get; set; }

    /// <summary>Fires when the peer has gone, or the connection has ended.</summary>
    public override CancellationToken ConnectionClosed
    {
        get => (Volatile.Read(ref _lost) ?? MakeLost()).Token;
        set => throw new NotSupportedException();
    }

    PipeReader IDuplexPipe.Input => _reader!;

    PipeWriter IDuplexPipe.Output => Writer;

    /// <summary>Is served as soon as its turn has come. On the loop's thread.</summary>
    public void Start() => _loop.Enqueue(this, PollEvents.None);

    /// <summary>Who asks, for handlers; null where the one who accepts does not know.</summary>
    public virtual object? Client => null;

    /// <summary>The socket is closed. Called once.</summary>
    protected virtual void Ended() { }

    FeatureList CreateFeatures()
    {
        var features = new FeatureList(_multiplexer.Features);
        features.Set<IConnectionItemsFeature>(this);
        return features;
    }

    CancellationTokenSource MakeLost()
    {
        var made = new CancellationTokenSource();
        var lost = Interlocked.CompareExchange(ref _lost, made, null) ?? made;
        if (Volatile.Read(ref _isClosed) != 0)
        {
            FireLost();
        }
        return lost;
    }

    public void OnHeartbeat(Action<object> action, object state) => _heartbeat = (action, state);

    void IPollable.OnReady(EventLoop loop, PollEvents events)
    {
        if (_lingering is { } lingering)
        {
            lingering.Drop();
        }
        else if (_reader is null)
        {
            TakeFastTurn(events);
        }
        else
        {
            TellOfLoss(events);
            _reader.BeginTurn((events & ~(PollEvents.Readable | PollEvents.Writable)) != PollEvents.None);
        }
    }

    /// <summary>Nobody else would end it.</summary>
    void IPollable.Failed()
    {
        Abort();
        if (_reader is null)
        {
            Close();
        }
    }

    void TellOfLoss(PollEvents events)
    {
        if ((events & PollEvents.Writable) != PollEvents.None)
        {
            _writer?.Tell();
        }
        if ((events & (PollEvents.Error | PollEvents.HangUp)) != PollEvents.None)
        {
            // Reset, or ended on both sides: nobody waits for an answer any more. A peer that has only ended its own side does.
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.FireLost(), this, preferLocal: false);
            _writer?.Tell();
        }
    }

    /// <summary>
    /// The loop tells from now on of what the peer sends, and of what it has sent already. A peer that was answered and has left within its
    /// first turn is not waited for.
    /// </summary>
    /// <exception cref="Win32Exception">The kernel refuses.</exception>
    void WaitForReadable()
    {
        lock (_waiting)
        {
            if (!_isWaitedFor && Volatile.Read(ref _isClosed) == 0)
            {
                _loop.Add(_socket, _awaitsRoom ? Events | PollEvents.Writable : Events, this, out _number);
                _isWaitedFor = true;
            }
        }
    }

    void WaitForWritable()
    {
        lock (_waiting)
        {
            if (_awaitsRoom)
            {
                return;
            }
            _awaitsRoom = true;
            if (_isWaitedFor && Volatile.Read(ref _isClosed) == 0)
            {
                _loop.Change(_socket, Events | PollEvents.Writable, _number);
            }
        }
    }

    void FireLost()
    {
        try
        {
            Volatile.Read(ref _lost)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The connection has ended meanwhile.
        }
    }

    public override void Abort(ConnectionAbortedException abortReason) => Abort();

    /// <summary>Ends the connection at once.</summary>
    public override void Abort()
    {
        _reader?.Abort();
        _writer?.Abort();
        try
        {
            // Told by the loop as a hang-up.
            _ = SocketCalls.Shutdown(_socket, SocketCalls.ShutdownBoth);
        }
        catch (ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    /// <summary>Completes when the socket is closed: at once, unless the peer may still be sending.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (_reader is { MayHaveMore: true })
        {
            _lingered = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Linger();
            await _lingered.Task;
        }
        Close();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The peer may still be sending; closes when it has ended.</summary>
    void Linger()
    {
        var lingering = new LingeringClose(_socket, _multiplexer.Time, Close);
        _lingering = lingering;
        // What came before now is not told again.
        lingering.Drop();
    }

    /// <summary>Closes the socket. What was written goes to the peer all the same, by the kernel.</summary>
    void Close()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
        {
            return;
        }
        lock (_waiting)
        {
            if (_isWaitedFor)
            {
                _loop.Forget(_number);
            }
            _socket.Dispose();
        }
        FireLost();
        Volatile.Read(ref _lost)?.Dispose();
        _lingering?.Dispose();
        Ended();
        LeaveEvicted();
        _multiplexer.Leave(this);
        _lingered?.TrySetResult();
    }
}
