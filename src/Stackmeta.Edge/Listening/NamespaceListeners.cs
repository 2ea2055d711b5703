using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Stackmeta.Http;
using Stackmeta.Metadata;

namespace Stackmeta.Edge;

/// <summary>
/// Listens in any number of namespaces and gives all connections to one server, each with an
/// <see cref="IGuestArrivalFeature"/>. Namespaces come and go while the server runs.
/// </summary>
/// <param name="sockets">Where listening sockets are had from.</param>
/// <param name="limits">Turns guests away that have too many connections.</param>
/// <param name="connected">Called for each connection before its first request, to set features of one's own; null for none.</param>
/// <param name="observer">Told of connections that are turned away; null for nobody.</param>
public sealed class NamespaceListeners(
    INamespaceSockets sockets,
    GuestLimits limits,
    Action<IFeatureCollection, IGuestArrivalFeature>? connected,
    TimeProvider time,
    ILoggerFactory loggers,
    RequestObserver? observer = null
) : IConnectionListenerFactory, IAsyncDisposable
{
    readonly ILogger _logger = loggers.CreateLogger<NamespaceListeners>();

    /// <summary>
    /// Makes Kestrel's connections of sockets; one for all namespaces, since each has its own memory and queues. A request is answered by
    /// the thread that received it: handing it over costs more than answering it (docs/performance/decisions.md).
    /// </summary>
    readonly SocketConnectionContextFactory _contexts = new(
        new() { UnsafePreferInlineScheduling = true },
        loggers.CreateLogger<SocketConnectionContextFactory>()
    );

    /// <summary>
    /// Accepted and not yet taken by Kestrel, which takes each on the thread that accepted it. Unbounded: it takes them at once, and guests
    /// are bounded before.
    /// </summary>
    readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>(
        new() { SingleReader = true, AllowSynchronousContinuations = true }
    );

    /// <summary>By namespace name. Added and removed under the gate, so that a name is opened once.</summary>
    readonly ConcurrentDictionary<string, NamespaceListener> _listeners = new();
    readonly SemaphoreSlim _changing = new(1);

    /// <summary>Names of the namespaces that are listened in.</summary>
    public IReadOnlyCollection<string> Namespaces => [.. _listeners.Keys];

    /// <summary>The address that stands for all namespaces where a server asks for one.</summary>
    public static EndPoint EndPoint { get; } = new NamespacesEndPoint();

    /// <summary>Begins to listen in a namespace; one that is listened in already in the same way is left as it is.</summary>
    /// <exception cref="EdgeException">The namespace is not there, or another program has the port.</exception>
    public async Task AddAsync(ServedNamespace served)
    {
        await _changing.WaitAsync();
        try
        {
            if (_listeners.TryGetValue(served.Name, out var present))
            {
                if (present.Served.Scope == served.Scope && present.Served.EndPoints.SequenceEqual(served.EndPoints))
                {
                    return;
                }
                await CloseAsync(served.Name);
                sockets.Forget(served.Name);
            }
            var listener = new NamespaceListener(served, sockets, Accept, time, _logger);
            try
            {
                await listener.StartAsync();
            }
            catch (EdgeException)
            {
                await listener.DisposeAsync();
                throw;
            }
            _listeners[served.Name] = listener;
        }
        finally
        {
            _changing.Release();
        }
        Log.Listens(_logger, served.Scope, served.Name);
    }

    /// <summary>Closes a namespace's sockets and its connections, so that the kernel can let it go.</summary>
    public async Task RemoveAsync(string name)
    {
        await _changing.WaitAsync();
        try
        {
            if (await CloseAsync(name))
            {
                sockets.Forget(name);
                Log.NoLongerListens(_logger, name);
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    async Task<bool> CloseAsync(string name)
    {
        if (!_listeners.TryRemove(name, out var listener))
        {
            return false;
        }
        await listener.DisposeAsync();
        return true;
    }

    /// <summary>Accepts no more connections in any namespace; those that are open go on.</summary>
    public Task StopAcceptingAsync() =>
        Task.WhenAll(_listeners.Values.Select(static listener => listener.StopAcceptingAsync()));

    /// <summary>What is amiss in a namespace that is listened in; null when nothing is.</summary>
    public string? FindNotice(string name) =>
        _listeners.TryGetValue(name, out var listener) ? listener.Notice : $"nobody listens in {name}";

    /// <summary>Kestrel's question for its listener: there is one, whatever the address.</summary>
    ValueTask<IConnectionListener> IConnectionListenerFactory.BindAsync(
        EndPoint endpoint,
        CancellationToken cancellationToken
    ) => new(new AllNamespaces(endpoint, _accepted));

    ConnectionContext? Accept(Socket socket, NamespaceListener listener)
    {
        var peer = PeerOf(socket);
        if (peer is null || limits.Enter(listener.Scope, peer) is not { } account)
        {
            TurnAway(socket, listener.Scope, peer);
            return null;
        }
        ConnectionContext connection;
        try
        {
            socket.NoDelay = true;
            connection = _contexts.Create(socket);
        }
        catch (SocketException)
        {
            // Gone already.
            limits.Leave(listener.Scope, peer, account);
            socket.Dispose();
            return null;
        }
        var arrival = new GuestArrival(listener.Scope, listener.Served.Name, peer);
        connection.ConnectionClosed.UnsafeRegister(_ => limits.Leave(arrival.Scope, arrival.Peer, account), null);
        connection.Features.Set<IGuestArrivalFeature>(arrival);
        connection.Features.Set<IMemoryPoolFeature>(SharedMemory.Feature);
        connected?.Invoke(connection.Features, arrival);
        if (!_accepted.Writer.TryWrite(connection))
        {
            connection.Abort();
        }
        return connection;
    }

    static IPAddress? PeerOf(Socket socket)
    {
        try
        {
            var address = (socket.RemoteEndPoint as IPEndPoint)?.Address;
            return address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>One send into an empty buffer never waits; the guest reads it even if it is still sending itself.</summary>
    void TurnAway(Socket socket, EdgeScope scope, IPAddress? peer)
    {
        using (socket)
        {
            if (peer is not null)
            {
                Log.TooManyConnections(_logger, peer, scope);
                observer?.CountTurnedAway(PathStep.Edge, Refusal.TooManyRequests);
                try
                {
                    socket.Blocking = false;
                    socket.Send(
                        "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8
                    );
                    socket.Shutdown(SocketShutdown.Send);
                }
                catch (SocketException)
                {
                    // It has gone away, which is as well.
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in Namespaces)
        {
            await CloseAsync(name);
        }
        _accepted.Writer.TryComplete();
        _contexts.Dispose();
        _changing.Dispose();
    }

    sealed record GuestArrival(EdgeScope Scope, string Namespace, IPAddress Peer) : IGuestArrivalFeature;

    sealed class NamespacesEndPoint : EndPoint
    {
        public override string ToString() => "network namespaces";
    }

    sealed class AllNamespaces(EndPoint endPoint, Channel<ConnectionContext> accepted) : IConnectionListener
    {
        public EndPoint EndPoint => endPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await accepted.Reader.WaitToReadAsync(cancellationToken) && accepted.Reader.TryRead(out var connection)
                ? connection
                : null;

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            accepted.Writer.TryComplete();
            return default;
        }

        public ValueTask DisposeAsync() => default;
    }
}
