using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Edge;

/// <summary>A listening socket of a namespace.</summary>
static class ListeningSocket
{
    // linux/in.h, linux/in6.h, asm-generic/socket.h. The framework's ReuseAddress would let a second program share the port.
    const int SolSocket = 1;
    const int SoReuseAddress = 2;
    const int SolIp = 0;
    const int IpFreeBind = 15;
    const int SolIpv6 = 41;
    const int Ipv6FreeBind = 78;

    /// <summary>Connections that the kernel keeps until they are accepted. The kernel lowers it to net.core.somaxconn.</summary>
    const int Backlog = 4096;

    /// <summary>
    /// Listens, also on an address that no interface has yet, or that is not yet known to be the only one on its link.
    /// </summary>
    /// <exception cref="EdgeException">The namespace is gone, or another program has the port.</exception>
    public static Socket Open(string @namespace, IPEndPoint endPoint)
    {
        var socket = NetworkNamespace.CreateSocket(@namespace, endPoint.AddressFamily, SocketType.Stream);
        try
        {
            SetFlag(socket, SolSocket, SoReuseAddress);
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
                SetFlag(socket, SolIpv6, Ipv6FreeBind);
            }
            else
            {
                SetFlag(socket, SolIp, IpFreeBind);
            }
            // Before it listens: of those that come before, nothing is known.
            SavedSyn.TryKeep(socket);
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new EdgeException(
                e.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? $"another program listens on {endPoint} in {@namespace}"
                    : $"cannot listen on {endPoint} in {@namespace}: {e.Message}",
                e
            );
        }
    }

    static void SetFlag(Socket socket, int level, int option)
    {
        ReadOnlySpan<byte> one = [1, 0, 0, 0];
        socket.SetRawSocketOption(level, option, one);
    }
}
