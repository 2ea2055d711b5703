using System.Buffers.Binary;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Stackmeta.Http;

/// <summary>A listening socket whose connections are accepted by whichever loop is idle.</summary>
/// <param name="listening">Of TCP or unix(7); this object's from here on.</param>
/// <param name="place">For the log.</param>
/// <param name="loops">Who accept.</param>
/// <param name="accept">Gets each connection's socket, not blocking, and its peer, null for one without an address, on the thread of the
/// loop that it is to stay with.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where it is told that nothing can be accepted.</param>
public sealed class Acceptor(
    Socket listening,
    string place,
    EventLoops loops,
    Action<EventLoop, Descriptor, EndPoint?> accept,
    TimeProvider time,
    ConnectionLog log
) : IPollable
{
    /// <summary>After an accept that failed for want of descriptors or memory.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary><c>struct sockaddr_in6</c>; that of IPv4 is shorter, and of a unix path nobody asks.</summary>
    const int LongestAddress = 28;

    /// <summary>Between two looks at what waits to be accepted.</summary>
    static readonly TimeSpan PendingPoll = TimeSpan.FromMilliseconds(1);

    // linux/in.h, linux/tcp.h. Of a listening socket, tcpi_unacked counts the connections that wait to be accepted (net/ipv4/tcp.c,
    // tcp_get_info).
    const int IpProtoTcp = 6;
    const int TcpInfo = 11;
    const int TcpInfoUnacked = 24;

    readonly Lock _changing = new();

    // Connections that were given away; by Interlocked.
    long _accepted;

    // Read and written under the lock.
    ulong? _number;
    bool _isClosed;

    /// <summary>Whether it is told already that nothing can be accepted. Set by whoever accepts.</summary>
    bool _isFailing;

    /// <summary>Begins to accept.</summary>
    public void Start()
    {
        listening.Blocking = false;
        if (listening.AddressFamily != AddressFamily.Unix)
        {
            // Accepted sockets inherit it (tcp(7)): an answer is sent as a whole, and at once.
            listening.NoDelay = true;
        }
        Resume();
    }

    void Resume()
    {
        lock (_changing)
        {
            if (!_isClosed && _number is null)
            {
                _number = loops.AddToAll(listening.SafeHandle, PollEvents.Readable, this);
            }
        }
    }

    /// <summary>One at a time: then the thread goes on with the guests that are connected, and another thread may take the next.</summary>
    void IPollable.OnReady(EventLoop loop, PollEvents events)
    {
        Span<byte> address = stackalloc byte[LongestAddress];
        var length = LongestAddress;
        int socket;
        try
        {
            socket = SocketCalls.Accept(
                listening.SafeHandle,
                ref address[0],
                ref length,
                SocketCalls.NonBlocking | SocketCalls.CloseOnExec
            );
        }
        catch (ObjectDisposedException)
        {
            return;
        }
        if (socket >= 0)
        {
            _isFailing = false;
            Accept(loop, new(socket), PeerOf(address));
            Interlocked.Increment(ref _accepted);
        }
        else if (
            Marshal.GetLastPInvokeError()
            is var error
                and (
                    SocketCalls.TooManyDescriptors
                    or SocketCalls.TableFull
                    or SocketCalls.NoBufferSpace
                    or SocketCalls.NoMemory
                )
        )
        {
            if (!Interlocked.Exchange(ref _isFailing, true))
            {
                log.AcceptFailed(place, error);
            }
            loops.Supervisor.Start("listener pause", PauseAsync);
        }
        // Anything else is about a connection that was gone already, or that another thread has taken (accept(2)).
    }

    void Accept(EventLoop loop, Descriptor socket, EndPoint? peer)
    {
        try
        {
            accept(loop, socket, peer);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>One connection could not be taken; the next may.</summary>
    void IPollable.Failed() { }

    /// <summary>
    /// The kernel would tell of the same connection again and again; it waits, and so do those behind it. Accepting goes on whatever it
    /// takes: what the kernel lacked for the connection it may lack for the wait too.
    /// </summary>
    async Task PauseAsync()
    {
        using var resumed = new CancellationTokenSource();
        await loops.Supervisor.RunAsync(
            "listener pause",
            async _ =>
            {
                Suspend();
                do
                {
                    await Task.Delay(Pause, time, CancellationToken.None);
                } while (!TryResume());
                await resumed.CancelAsync();
            },
            resumed.Token,
            place
        );
    }

    bool TryResume()
    {
        try
        {
            Resume();
            return true;
        }
        catch (Win32Exception e)
        {
            log.AcceptFailed(place, e.NativeErrorCode);
            return false;
        }
        catch (ObjectDisposedException)
        {
            // Closed meanwhile, by who wants no more.
            return true;
        }
    }

    void Suspend()
    {
        lock (_changing)
        {
            if (_number is { } number)
            {
                _number = null;
                loops.RemoveFromAll(listening.SafeHandle, number);
            }
        }
    }

    /// <summary>
    /// Completes when every connection that waits to be accepted now is accepted, or the socket is closed. After
    /// <see cref="EventLoops.PassAsync"/> each of them has been given away.
    /// </summary>
    /// <remarks>The kernel gives them in their order, so that those who come meanwhile do not lengthen the wait.</remarks>
    public async Task AcceptPendingAsync(CancellationToken cancellationToken)
    {
        // In this order: what is accepted between the two is counted twice, never missed.
        var pending = CountPending();
        var last = Interlocked.Read(ref _accepted) + pending;
        while (pending > 0 && Interlocked.Read(ref _accepted) < last)
        {
            await Task.Delay(PendingPoll, time, cancellationToken);
            pending = CountPending();
        }
    }

    uint CountPending()
    {
        Span<byte> info = stackalloc byte[TcpInfoUnacked + sizeof(uint)];
        try
        {
            return listening.GetRawSocketOption(IpProtoTcp, TcpInfo, info) == info.Length
                ? BinaryPrimitives.ReadUInt32LittleEndian(info[TcpInfoUnacked..])
                : 0;
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    /// <summary>
    /// Accepts no more. What waits in the kernel is for another process that has the socket. After <see cref="EventLoops.PassAsync"/>
    /// nothing is being accepted any more.
    /// </summary>
    public void Close()
    {
        lock (_changing)
        {
            _isClosed = true;
        }
        Suspend();
        listening.Dispose();
    }

    /// <summary>
    /// Reads what accept(2) has written: family, port, then the address, for IPv6 after four bytes and before the interface.
    /// </summary>
    static IPEndPoint? PeerOf(ReadOnlySpan<byte> address)
    {
        var family = BinaryPrimitives.ReadUInt16LittleEndian(address);
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        if (family == SocketCalls.AfInet)
        {
            return new(new IPAddress(address[4..8]), port);
        }
        if (family != SocketCalls.AfInet6)
        {
            return null;
        }
        var peer = new IPAddress(address[8..24], BinaryPrimitives.ReadUInt32LittleEndian(address[24..]));
        return new(peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer, port);
    }
}
