using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>
/// Listening sockets of the host itself that systemd keeps while the service restarts: the API's addresses, the agent's socket.
/// Those of namespaces are <see cref="NamespaceOpener"/>'s.
/// </summary>
public sealed class HostSockets : IInheritedSockets, IDisposable
{
    /// <summary>What their names in systemd's store begin with; those of namespaces have more slashes (<see cref="HeldName"/>).</summary>
    const string Prefix = "host/";

    readonly SystemdStore _store;
    readonly Lock _changing = new();

    /// <summary>What an earlier process left and nobody has asked for yet. Under the lock.</summary>
    readonly Dictionary<string, Descriptor> _left;

    HostSockets(SystemdStore store, Dictionary<string, Descriptor> left)
    {
        _store = store;
        _left = left;
    }

    /// <summary>
    /// Takes what systemd gives this process; null without systemd. To be called once, before <see cref="NamespaceOpener"/> starts.
    /// </summary>
    public static HostSockets? Open(ILoggerFactory loggers) =>
        SystemdStore.Open(loggers.CreateLogger<HostSockets>()) is { } store
            ? new(
                store,
                SystemdStore
                    .Inherited()
                    .Where(static one => one.Name.StartsWith(Prefix, StringComparison.Ordinal))
                    .DistinctBy(static one => one.Name)
                    .ToDictionary(static one => one.Name, static one => new Descriptor(one.Number))
            )
            : null;

    /// <inheritdoc/>
    public Socket? Find(EndPoint address)
    {
        if (NameOf(address) is not { } name)
        {
            return null;
        }
        Descriptor? left;
        lock (_changing)
        {
            if (!_left.Remove(name, out left))
            {
                return null;
            }
        }
        using (left)
        {
            try
            {
                var socket = left.ToSocket();
                if (SocketFacts.Accepts(socket))
                {
                    return socket;
                }
                socket.Dispose();
            }
            catch (SocketException)
            {
                // It is no socket.
            }
        }
        _store.Remove(name);
        return null;
    }

    /// <inheritdoc/>
    public void Keep(EndPoint address, Socket socket)
    {
        if (NameOf(address) is { } name)
        {
            using var descriptor = Descriptor.Of(socket);
            _store.Add(name, descriptor);
        }
    }

    /// <summary>
    /// Closes what nobody asked for once all is open: addresses that are no longer listened on. Nobody would ever accept there.
    /// </summary>
    public void DropLeft()
    {
        lock (_changing)
        {
            foreach (var (name, descriptor) in _left)
            {
                _store.Remove(name);
                descriptor.Dispose();
            }
            _left.Clear();
        }
    }

    /// <summary>
    /// Names it by the address in hex, since a name may have no colon. A unix address has the number of its file too: who puts another
    /// socket at the path has another name.
    /// </summary>
    static string? NameOf(EndPoint address)
    {
        switch (address)
        {
            case IPEndPoint ip:
                return Prefix + Convert.ToHexStringLower(Encoding.ASCII.GetBytes(ip.ToString()));
            case UnixDomainSocketEndPoint unix:
                var path = Path.GetFullPath(unix.ToString());
                var (device, number) = UnixSocketFile.IdentityOf(path);
                return number == 0
                    ? null
                    : $"{Prefix}{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(path))}-{device:x}-{number:x}";
            default:
                return null;
        }
    }

    /// <summary>What systemd keeps, it keeps.</summary>
    public void Dispose()
    {
        DropLeft();
        _store.Dispose();
    }
}
