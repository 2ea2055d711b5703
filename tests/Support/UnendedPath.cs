using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Stackmeta.Tests.Support;

/// <summary>
/// The address of a unix client that fills <c>sun_path</c> without a closing zero, which the kernel allows and tells one byte longer
/// (unix(7), BUGS).
/// </summary>
public sealed class UnendedPath : EndPoint
{
    /// <summary>Of <c>sun_path</c>, behind the two bytes of the family.</summary>
    const int PathBytes = 108;

    readonly byte[] _path;

    UnendedPath(string folder) => _path = Encoding.UTF8.GetBytes($"{folder}/".PadRight(PathBytes, 'x'));

    public override AddressFamily AddressFamily => AddressFamily.Unix;

    public override SocketAddress Serialize()
    {
        var address = new SocketAddress(AddressFamily.Unix, sizeof(ushort) + PathBytes);
        _path.CopyTo(address.Buffer.Span[sizeof(ushort)..]);
        return address;
    }

    /// <summary>Connects from such an address beside the server's socket.</summary>
    public static async Task<Socket> ConnectAsync(string server, SocketType type = SocketType.Stream)
    {
        var client = new UnendedPath(Path.GetDirectoryName(server)!);
        File.Delete(Encoding.UTF8.GetString(client._path));
        var socket = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
        socket.Bind(client);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(server));
        return socket;
    }
}
