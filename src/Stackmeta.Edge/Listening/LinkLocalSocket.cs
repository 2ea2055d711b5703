using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Edge;

/// <summary>The listening socket of a link-local address, which is on one interface, then perhaps on another. Used by one caller at a time.</summary>
/// <param name="wanted">Address and port, without an interface.</param>
/// <param name="acceptAll">Accepts until cancelled, then disposes of the socket.</param>
sealed class LinkLocalSocket(IPEndPoint wanted, Func<Socket, CancellationToken, Task> acceptAll)
{
    int? _interface;
    Task _accepting = Task.CompletedTask;
    CancellationTokenSource? _stop;

    public IPAddress Address => wanted.Address;

    /// <summary>Listens on that interface and no other; null for none.</summary>
    /// <exception cref="EdgeException">It cannot.</exception>
    public async Task MoveAsync(
        int? index,
        string @namespace,
        INamespaceSockets sockets,
        CancellationToken cancellationToken
    )
    {
        if (index == _interface)
        {
            return;
        }
        await CloseAsync();
        if (index is { } scope)
        {
            var address = new IPAddress(wanted.Address.GetAddressBytes(), scope);
            var socket = await sockets.ListenAsync(@namespace, new(address, wanted.Port), cancellationToken);
            (_interface, _stop) = (scope, new());
            _accepting = acceptAll(socket, _stop.Token);
        }
    }

    /// <summary>Listens no longer.</summary>
    public async Task CloseAsync()
    {
        if (_stop is { } stop)
        {
            (_interface, _stop) = (null, null);
            await stop.CancelAsync();
            await _accepting;
            stop.Dispose();
        }
    }
}
