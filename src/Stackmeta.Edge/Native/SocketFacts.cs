using System.Buffers.Binary;
using System.Net.Sockets;

namespace Stackmeta.Edge;

/// <summary>What the kernel tells of a socket, which no peer can forge.</summary>
static class SocketFacts
{
    /// <summary>Process and user of who connected to a unix socket (unix(7), SO_PEERCRED).</summary>
    public static (int Process, uint User) PeerOf(Socket socket)
    {
        // struct ucred: process, user, group.
        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(Libc.SolSocket, Libc.SoPeerCredentials, credentials);
        return (
            BinaryPrimitives.ReadInt32LittleEndian(credentials),
            BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..])
        );
    }

    /// <summary>
    /// The number of the network namespace that a socket belongs to, never used again while the machine runs (socket(7),
    /// SO_NETNS_COOKIE, Linux 5.14).
    /// </summary>
    /// <exception cref="EdgeException">The kernel does not tell.</exception>
    public static ulong NamespaceOf(Socket socket)
    {
        Span<byte> cookie = stackalloc byte[8];
        try
        {
            socket.GetRawSocketOption(Libc.SolSocket, Libc.SoNetworkNamespaceCookie, cookie);
            return BinaryPrimitives.ReadUInt64LittleEndian(cookie);
        }
        catch (SocketException e)
        {
            throw new EdgeException($"Linux 5.14 is needed to tell network namespaces apart: {e.Message}", e);
        }
    }

    /// <summary>The number of the namespace that this process is in.</summary>
    /// <inheritdoc cref="NamespaceOf"/>
    public static ulong OwnNamespace()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        return NamespaceOf(probe);
    }

    /// <summary>The number of the namespace that a name leads to now.</summary>
    /// <exception cref="EdgeException">The namespace is gone.</exception>
    public static ulong NamespaceNamed(string @namespace)
    {
        using var probe = NetworkNamespace.CreateSocket(@namespace, AddressFamily.InterNetwork, SocketType.Dgram);
        return NamespaceOf(probe);
    }

    /// <summary>Whether it is a TCP socket that listens.</summary>
    public static bool IsListening(Socket socket) => socket.ProtocolType == ProtocolType.Tcp && Accepts(socket);

    /// <summary>Whether it is a socket of any family that connections can be accepted on.</summary>
    public static bool Accepts(Socket socket)
    {
        Span<byte> flag = stackalloc byte[4];
        socket.GetRawSocketOption(Libc.SolSocket, Libc.SoAcceptsConnections, flag);
        return socket.SocketType == SocketType.Stream && BinaryPrimitives.ReadInt32LittleEndian(flag) != 0;
    }
}
