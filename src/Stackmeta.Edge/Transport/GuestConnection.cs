using System.ComponentModel;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Stackmeta.Edge;

/// <summary>
/// A guest's connection, as Kestrel sees it. What the guest has sent is handled by the thread that heard of it, and answered by that thread too,
/// unless the answer has to wait for something.
/// </summary>
sealed class GuestConnection
    : ConnectionContext,
        IDuplexPipe,
        ITurnTaker,
        IConnectionHeartbeatFeature,
        IGuestArrivalFeature
{
    const PollEvents Events = PollEvents.Readable | PollEvents.PeerEnded | PollEvents.OncePerChange;

    readonly Descriptor _socket;
    readonly EventLoop _loop;
    readonly TimeProvider _time;
    readonly Action<GuestConnection> _begin;
    readonly Action<GuestConnection> _closed;
    readonly SocketReader _reader;
    readonly SocketWriter _writer;
    readonly CancellationTokenSource _lost = new();

    /// <summary>Called about every second; set once by Kestrel.</summary>
    (Action<object> Action, object State)? _heartbeat;

    readonly Lock _waiting = new();

    // All three under the lock.
    ulong _number;
    bool _isWaitedFor;

    /// <summary>Whether the loop tells of room to send in.</summary>
    bool _awaitsRoom;

    /// <summary>The loop's thread only.</summary>
    bool _isBegun;

    // By Interlocked.
    int _isClosed;

    /// <summary>While the guest may still be sending. Set once, when nobody reads any more.</summary>
    volatile LingeringClose? _lingering;
    TaskCompletionSource? _lingered;

    /// <param name="socket">Accepted, not blocking; this object's from here on.</param>
    /// <param name="peer">IPv4 is never mapped into IPv6.</param>
    /// <param name="loop">The connection stays with its thread.</param>
    /// <param name="listener">Where it was accepted.</param>
    /// <param name="features">What is common to all connections.</param>
    /// <param name="time">The clock.</param>
    /// <param name="begin">Serves the connection until it has to wait; called once, on the loop's thread, in the guest's turn.</param>
    /// <param name="closed">Called once, when the socket is closed.</param>
    public GuestConnection(
        Descriptor socket,
        IPEndPoint peer,
        EventLoop loop,
        NamespaceListener listener,
        IFeatureCollection features,
        TimeProvider time,
        Action<GuestConnection> begin,
        Action<GuestConnection> closed
    )
    {
        (_socket, _loop, _time, _begin, _closed, Listener) = (socket, loop, time, begin, closed, listener);
        _reader = new(socket, loop, this);
        _writer = new(socket, AwaitRoom);
        RemoteEndPoint = peer;
        Transport = this;
        Features = new FeatureCollection(features);
        Features.Set<IConnectionHeartbeatFeature>(this);
        Features.Set<IGuestArrivalFeature>(this);
    }

    /// <summary>Where it was accepted.</summary>
    public NamespaceListener Listener { get; }

    /// <summary>What it is counted in; the owner's to leave.</summary>
    public required GuestAccount Account { get; init; }

    /// <summary>The guest: its connections share its turns.</summary>
    object ITurnTaker.Owner => Account;

    PollEvents? ITurnTaker.Untold { get; set; }

    public EdgeScope Scope => Listener.Scope;

    public string Namespace => Listener.Served.Name;

    public IPAddress Peer => ((IPEndPoint)RemoteEndPoint!).Address;

    /// <summary>Given by the trunk.</summary>
    public override string ConnectionId { get; set; } = "";

    public override IFeatureCollection Features { get; }

    public override IDictionary<object, object?> Items
    {
        get => field ??= new ConnectionItems();
        set;
    }

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed
    {
        get => _lost.Token;
        set => throw new NotSupportedException();
    }

    PipeReader IDuplexPipe.Input => _reader;

    PipeWriter IDuplexPipe.Output => _writer;

    /// <summary>Is served as soon as it is the guest's turn. On the loop's thread.</summary>
    public void Start() => _loop.TellInTurn(this, PollEvents.None);

    public void OnHeartbeat(Action<object> action, object state) => _heartbeat = (action, state);

    /// <summary>Lets Kestrel see whether a time is up.</summary>
    public void TickHeartbeat() => _heartbeat?.Action(_heartbeat.Value.State);

    void IPolled.Happened(EventLoop loop, PollEvents events)
    {
        if (!_isBegun)
        {
            _isBegun = true;
            _begin(this);
            return;
        }
        if (_lingering is { } lingering)
        {
            lingering.Drop();
            return;
        }
        if ((events & PollEvents.Writable) != PollEvents.None)
        {
            _writer.Tell();
        }
        if ((events & (PollEvents.Error | PollEvents.HangUp)) != PollEvents.None)
        {
            // Reset, or ended on both sides: nobody waits for an answer any more. A guest that has only ended its own side does.
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.FireClosed(), this, preferLocal: false);
            _writer.Tell();
        }
        _reader.BeginTurn((events & ~(PollEvents.Readable | PollEvents.Writable)) != PollEvents.None);
    }

    /// <summary>
    /// The loop tells from now on of what the guest sends, and of what it has sent already. A guest that was answered and has left within its first
    /// turn is not waited for.
    /// </summary>
    /// <exception cref="Win32Exception">The kernel refuses.</exception>
    public void WaitForNews()
    {
        lock (_waiting)
        {
            if (Volatile.Read(ref _isClosed) == 0)
            {
                _loop.Add(_socket, _awaitsRoom ? Events | PollEvents.Writable : Events, this, out _number);
                _isWaitedFor = true;
            }
        }
    }

    void AwaitRoom()
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

    void FireClosed()
    {
        try
        {
            _lost.Cancel();
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
        _reader.Abort();
        _writer.Abort();
        try
        {
            // Told by the loop as a hang-up.
            _ = Libc.Shutdown(_socket, Libc.ShutdownBoth);
        }
        catch (ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    /// <summary>Completes when the socket is closed: at once, unless the guest may still be sending.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (_reader.MayHaveMore)
        {
            _lingered = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _lingering = new(_socket, _time, Close);
            // What came before now is not told again.
            _lingering.Drop();
            await _lingered.Task;
        }
        Close();
        await base.DisposeAsync();
    }

    /// <summary>Closes the socket. What was written goes to the guest all the same, by the kernel.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            lock (_waiting)
            {
                if (_isWaitedFor)
                {
                    _loop.Forget(_number);
                }
                _socket.Dispose();
            }
            FireClosed();
            _lost.Dispose();
            _lingering?.Dispose();
            _closed(this);
            _lingered?.TrySetResult();
        }
    }
}
