using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Http.Tests;

/// <summary>Both ends of a connection: one read and written as the edge does, the other by the test.</summary>
sealed class PolledSocket : IWorkItem, IDisposable
{
    readonly EventLoops _loops = new(1, "test", new(TimeProvider.System, NullLogger<Supervisor>.Instance));
    readonly Descriptor _descriptor;
    readonly ulong _number;

    public PolledSocket()
    {
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        Peer = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Peer.Connect(listening.LocalEndPoint!);
        using (var accepted = listening.Accept())
        {
            accepted.Blocking = false;
            _descriptor = Descriptor.Of(accepted);
        }
        Reader = new(_descriptor, _loops.First, this);
        Writer = new(_descriptor, () => { });
        _loops.First.Add(
            _descriptor,
            PollEvents.Readable | PollEvents.Writable | PollEvents.PeerEnded | PollEvents.OncePerChange,
            this,
            out _number
        );
    }

    public Socket Peer { get; }

    public SocketReader Reader { get; }

    public SocketWriter Writer { get; }

    object IWorkItem.Owner => this;

    PollEvents? IWorkItem.PendingEvents { get; set; }

    void IPollable.OnReady(EventLoop loop, PollEvents events)
    {
        Writer.Tell();
        Reader.BeginTurn((events & (PollEvents.PeerEnded | PollEvents.HangUp)) != PollEvents.None);
    }

    void IPollable.Failed() => throw new NotSupportedException();

    /// <summary>Ends the edge's side, so that the peer reads an end.</summary>
    public void EndSending() => _ = SocketCalls.Shutdown(_descriptor, SocketCalls.ShutdownSend);

    public void Dispose()
    {
        _loops.Forget(_number);
        _loops.Dispose();
        Peer.Dispose();
        _descriptor.Dispose();
    }
}
