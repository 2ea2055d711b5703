using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Stackmeta.Admin;

/// <summary>Who is on the other end of a unix socket, as the kernel noted it when the connection was made (unix(7), SO_PEERCRED).</summary>
static partial class PeerCredentials
{
    // Linux's numbers, equal on x86-64 and arm64.
    const int SolSocket = 1;
    const int SoPeerCred = 17;

    /// <summary><c>struct ucred</c>: process, user, group; 32 bits each.</summary>
    const int Size = 12;

    public static uint OwnUser => GetEffectiveUser();

    /// <summary>The peer's user; null when the kernel does not say.</summary>
    public static uint? UserOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[Size];
        try
        {
            return socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials) == Size
                ? MemoryMarshal.Read<uint>(credentials[4..])
                : null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();
}
