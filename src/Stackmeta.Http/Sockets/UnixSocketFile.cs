using System.Net.Sockets;

namespace Stackmeta.Http;

/// <summary>
/// A listening unix socket. It is made under another name and moved into place once it listens, so that at no moment somebody who
/// connects is refused: not at a start, not when one process takes over from another.
/// </summary>
public sealed class UnixSocketFile
{
    /// <summary>Bytes of <c>sun_path</c> less the closing zero (unix(7)).</summary>
    const int LongestPath = 107;

    readonly string _path;
    readonly (ulong, ulong) _identity;

    UnixSocketFile(Socket socket, string path, bool tookOver)
    {
        Socket = socket;
        TookOver = tookOver;
        _path = path;
        _identity = FileIdentity.Of(path);
    }

    public Socket Socket { get; }

    /// <summary>Whether another process was listening there.</summary>
    public bool TookOver { get; }

    /// <summary>Whether the path still leads to this socket.</summary>
    public bool IsInPlace => FileIdentity.Of(_path) == _identity;

    /// <summary>Opens the socket. A stale one in its place is replaced.</summary>
    /// <exception cref="ListenException">Somebody listens there and is not to be replaced, or the file system refuses.</exception>
    public static UnixSocketFile Open(UnixSocketFileOptions options)
    {
        var path = Path.GetFullPath(options.Path);
        try
        {
            var folder = Path.GetDirectoryName(path)!;
            Directory.CreateDirectory(folder, options.FolderMode);
            var isAlive = IsAlive(path);
            if (isAlive && !options.TakeOver)
            {
                throw new ListenException(options.Occupied(path));
            }
            return new(OpenBeside(path, folder, options), path, isAlive);
        }
        catch (Exception e)
            when (e is IOException and not ListenException or UnauthorizedAccessException or SocketException)
        {
            throw new ListenException($"Cannot listen on {path}: {e.Message}", e);
        }
    }

    /// <summary>Goes on with a socket that an earlier process left.</summary>
    /// <param name="socket">Listening.</param>
    /// <param name="path">Its path, which is known to lead to it.</param>
    public static UnixSocketFile GoOn(Socket socket, string path) =>
        new(socket, Path.GetFullPath(path), tookOver: false);

    /// <summary>
    /// Device and number of what lies at a path: as long as they are the same, it leads to the same socket. Default for nothing.
    /// </summary>
    public static (ulong Device, ulong Number) IdentityOf(string path) => FileIdentity.Of(path);

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

    /// <summary>Takes the path away, unless it leads to another process's socket by now.</summary>
    public void CloseDoor()
    {
        if (IsInPlace)
        {
            File.Delete(_path);
        }
    }

    static Socket OpenBeside(string path, string folder, UnixSocketFileOptions options)
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
            options.SetOwner?.Invoke(beside);
            File.SetUnixFileMode(beside, options.Mode);
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
        if (!FileIdentity.IsSocket(path))
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
