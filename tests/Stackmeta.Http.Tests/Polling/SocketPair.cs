using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Http.Tests;

/// <summary>Two connected sockets.</summary>
sealed class SocketPair : IDisposable
{
    public SocketPair()
    {
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        Peer = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Peer.Connect(listening.LocalEndPoint!);
        Socket = listening.Accept();
    }

    public Socket Socket { get; }

    public Socket Peer { get; }

    public void Dispose()
    {
        Socket.Dispose();
        Peer.Dispose();
    }
}
