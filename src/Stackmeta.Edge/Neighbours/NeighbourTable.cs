using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Stackmeta.Edge;

/// <summary>
/// Which MAC a guest has on its link, by the kernel's own word: the entry by which it sends its answers to the guest. On a link that lets
/// nobody use another's MAC, as a cloud's ports do, nobody can forge it.
/// </summary>
/// <remarks>
/// A namespace in which it was asked for keeps a routing socket, so that the next guest costs two system calls and needs nobody with rights. The
/// socket keeps the namespace alive: <see cref="Forget"/> gives it up.
/// </remarks>
/// <param name="sockets">Where routing sockets of namespaces are had from.</param>
/// <param name="isListenedIn">Whether <see cref="Forget"/> is still to come for a namespace.</param>
sealed class NeighbourTable(INamespaceSockets sockets, Func<string, bool> isListenedIn) : IDisposable
{
    /// <summary>The kernel answers at once; an opener that is away is started again within a second.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>An answer is a hundred bytes; news of addresses, which may come before it, are not longer.</summary>
    const int LongestAnswer = 1024;

    readonly ConcurrentDictionary<string, RoutingSocket> _sockets = new();

    /// <summary>The MAC of a neighbour that a packet has just come from.</summary>
    /// <param name="namespace">As in <see cref="INamespaceSockets"/>.</param>
    /// <param name="address">IPv6, with the index of its interface in that namespace.</param>
    /// <returns>Null when the kernel knows none.</returns>
    /// <exception cref="EdgeException">It cannot be asked.</exception>
    public async Task<PhysicalAddress?> FindMacAsync(string @namespace, IPAddress address)
    {
        using var limit = new CancellationTokenSource(Patience);
        var socket = _sockets.GetOrAdd(@namespace, static _ => new());
        try
        {
            await socket.Gate.WaitAsync(limit.Token);
            try
            {
                return await AskAsync(socket, @namespace, address, limit.Token);
            }
            finally
            {
                socket.Gate.Release();
            }
        }
        catch (OperationCanceledException e)
        {
            throw new EdgeException($"The neighbours in {@namespace} cannot be asked for in time.", e);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new EdgeException($"The neighbours in {@namespace} cannot be asked for: {e.Message}", e);
        }
    }

    /// <summary>Gives up what is open in a namespace, which is gone or not listened in any more.</summary>
    public void Forget(string @namespace)
    {
        if (_sockets.TryRemove(@namespace, out var socket))
        {
            socket.End();
        }
    }

    async Task<PhysicalAddress?> AskAsync(
        RoutingSocket socket,
        string @namespace,
        IPAddress address,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await AskOnceAsync(socket, @namespace, address, cancellationToken);
        }
        catch (SocketException)
        {
            // Nobody has read its news for long, and there were more than it holds.
            socket.Close_NeedsGate();
            return await AskOnceAsync(socket, @namespace, address, cancellationToken);
        }
    }

    async Task<PhysicalAddress?> AskOnceAsync(
        RoutingSocket socket,
        string @namespace,
        IPAddress address,
        CancellationToken cancellationToken
    )
    {
        var open = socket.Current ?? await OpenAsync(socket, @namespace, cancellationToken);
        try
        {
            await open.SendAsync(NeighbourMessage.AskFor(address), cancellationToken);
            var buffer = new byte[LongestAnswer];
            while (true)
            {
                var length = await open.ReceiveAsync(buffer, cancellationToken);
                if (NeighbourMessage.TryRead(buffer.AsSpan(0, length), address, out var mac))
                {
                    return mac;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The answer may still come, and would be taken for that of the next question.
            socket.Close_NeedsGate();
            throw;
        }
    }

    async Task<Socket> OpenAsync(RoutingSocket socket, string @namespace, CancellationToken cancellationToken)
    {
        var open = socket.Keep_NeedsGate(await sockets.WatchIpv6Async(@namespace, cancellationToken));
        if (!isListenedIn(@namespace))
        {
            // A guest was still being answered when the namespace was forgotten.
            Forget(@namespace);
        }
        return open;
    }

    /// <summary>Nobody may ask any more.</summary>
    public void Dispose()
    {
        foreach (var name in _sockets.Keys)
        {
            Forget(name);
        }
    }

    /// <summary>The socket of one namespace.</summary>
    sealed class RoutingSocket
    {
        readonly Lock _changing = new();

        // Under the lock. Set by who has the gate.
        Socket? _socket;
        bool _isEnded;

        /// <summary>Held by who asks: answers come in the order of the questions.</summary>
        public SemaphoreSlim Gate { get; } = new(1);

        public Socket? Current
        {
            get
            {
                lock (_changing)
                {
                    return _socket;
                }
            }
        }

        /// <exception cref="ObjectDisposedException">It was ended meanwhile; the socket is closed.</exception>
        public Socket Keep_NeedsGate(Socket socket)
        {
            lock (_changing)
            {
                if (_isEnded)
                {
                    socket.Dispose();
                }
                ObjectDisposedException.ThrowIf(_isEnded, this);
                return _socket = socket;
            }
        }

        public void Close_NeedsGate()
        {
            lock (_changing)
            {
                _socket?.Dispose();
                _socket = null;
            }
        }

        /// <summary>Who asks is told that it is gone.</summary>
        public void End()
        {
            lock (_changing)
            {
                _isEnded = true;
                _socket?.Dispose();
                _socket = null;
            }
        }
    }
}
