using System.Net.Sockets;
using Stackmeta.Http;

namespace Stackmeta.Agent;

/// <summary>
/// The listening unix socket. It is made under another name and moved into place once it listens, so that at no moment a proxy
/// that connects is refused: not at a start, not when one agent takes over from another.
/// </summary>
sealed class AgentSocket
{
    /// <summary>Bytes of <c>sun_path</c> less the closing zero (unix(7)).</summary>
    const int LongestPath = 107;

    const UnixFileMode FolderMode =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    readonly string _path;
    readonly (ulong, ulong) _identity;

    AgentSocket(Socket socket, string path, bool tookOver)
    {
        Socket = socket;
        TookOver = tookOver;
        _path = path;
        _identity = NativeMethods.GetIdentity(path);
    }

    public Socket Socket { get; }

    /// <summary>Whether another agent was listening there.</summary>
    public bool TookOver { get; }

    /// <summary>Whether the path still leads to this socket.</summary>
    bool IsOurs => NativeMethods.GetIdentity(_path) == _identity;

    /// <summary>Opens the socket. A stale one in its place is replaced.</summary>
    /// <exception cref="ListenException">A living agent listens there and is not to be replaced, or the file system refuses.</exception>
    public static AgentSocket Open(AgentSocketOptions options)
    {
        var path = Path.GetFullPath(options.Path);
        try
        {
            var folder = Path.GetDirectoryName(path)!;
            Directory.CreateDirectory(folder, FolderMode);
            var isAlive = IsAlive(path);
            if (isAlive && !options.TakeOver)
            {
                throw new ListenException(
                    $"Another agent listens on {path}. Stop it first, or let this one take over from it."
                );
            }
            return new(OpenBeside(path, folder, options), path, isAlive);
        }
        catch (Exception e)
            when (e is IOException and not ListenException or UnauthorizedAccessException or SocketException)
        {
            throw new ListenException($"Cannot listen on {path}: {e.Message}", e);
        }
    }

    /// <summary>Whether a connection waits to be accepted.</summary>
    public bool HasWaiting
    {
        get
        {
            try
            {
                return Socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return false;
            }
        }
    }

    /// <summary>Takes the path away, unless it leads to another agent's socket by now.</summary>
    public void CloseDoor()
    {
        if (IsOurs)
        {
            File.Delete(_path);
        }
    }

    static Socket OpenBeside(string path, string folder, AgentSocketOptions options)
    {
        var beside = Path.Combine(folder, $".{Guid.NewGuid():N}"[..9]);
        if (System.Text.Encoding.UTF8.GetByteCount(path) > LongestPath)
        {
            throw new ListenException($"The path of the socket is longer than {LongestPath} bytes: {path}");
        }
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(beside));
            SocketAccess.SetOwner(beside, options);
            File.SetUnixFileMode(beside, SocketAccess.ModeOf(options));
            socket.Listen(options.Backlog);
            File.Move(beside, path, overwrite: true);
            return socket;
        }
        catch
        {
            socket.Dispose();
            File.Delete(beside);
            throw;
        }
    }

    /// <summary>Whether somebody accepts connections there. A socket file that nobody listens on refuses them.</summary>
    static bool IsAlive(string path)
    {
        if (!Path.Exists(path))
        {
            return false;
        }
        if (!NativeMethods.IsSocket(path))
        {
            throw new ListenException($"Cannot listen on {path}: something that is not a socket is there already.");
        }
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e)
            when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
        {
            return false;
        }
    }
}
