using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Refusals;
using Stackmeta.Core.Supervision;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>
/// Listens in any number of namespaces and gives all connections to one server, each with an
/// <see cref="IGuestPeer"/>. Namespaces come and go while the server runs.
/// </summary>
/// <param name="sockets">Where listening sockets are had from.</param>
/// <param name="hasAntiSpoofing">Whether the networks let each port send from its own addresses only
/// (<see cref="EdgeServerOptions.HasAntiSpoofing"/>).</param>
/// <param name="limits">FairScheduler guests away that have too many connections.</param>
/// <param name="clientOf">Makes what the handler wants to know of a connection, once for each; null where it takes the connection
/// itself.</param>
/// <param name="supervisor">Owns the threads that accept and answer.</param>
/// <param name="observer">Told of connections that are turned away; null for nobody.</param>
public sealed class NamespaceListeners(
    INamespaceSockets sockets,
    bool hasAntiSpoofing,
    GuestLimits limits,
    Func<IGuestPeer, object>? clientOf,
    Supervisor supervisor,
    TimeProvider time,
    ILoggerFactory loggers,
    RequestObserver? observer = null
) : IAsyncDisposable
{
    /// <summary>More answer more than any host's guests ask; and each has an entry for every listening socket in the kernel.</summary>
    const int MostLoops = 8;

    readonly ILogger _logger = loggers.CreateLogger<NamespaceListeners>();
    readonly LogThrottle<Refusal> _unidentified = new(time);

    /// <summary>For what guests cause.</summary>
    readonly ILogger _guestLog = loggers.CreateLogger<NamespaceListeners>().Throttled(time);
    readonly EventLoops _loops = new(Math.Min(Environment.ProcessorCount, MostLoops), "guests", supervisor);
    readonly ConnectionLog _log = new(time, loggers.CreateLogger<NamespaceListeners>());

    /// <summary>By namespace name. Added and removed under the gate, so that a name is opened once.</summary>
    readonly ConcurrentDictionary<string, NamespaceListener> _listeners = new();
    readonly SemaphoreSlim _changing = new(1);

    /// <summary>Names of the namespaces that are listened in.</summary>
    public IReadOnlyCollection<string> Namespaces => [.. _listeners.Keys];

    /// <summary>Through which the server gets the connections; it has to be attached before the first namespace is added.</summary>
    internal ConnectionMultiplexer Multiplexer { get; } = new(time, loggers.CreateLogger<ConnectionMultiplexer>());

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
            var listener = new NamespaceListener(served, sockets, _loops, Accept, limits.Open(), _log, time, _guestLog);
            try
            {
                await listener.StartAsync();
            }
            catch (Exception e)
            {
                // Whatever it was, nothing of it may stay open.
                await EndAsync(listener);
                if (e is EdgeException or OperationCanceledException)
                {
                    throw;
                }
                throw new EdgeException($"Cannot listen in {served.Name}: {e.Message}", e);
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
        await EndAsync(listener);
        return true;
    }

    /// <summary>Closes the sockets and ends the connections at once: any of them would keep the namespace alive.</summary>
    async Task EndAsync(NamespaceListener listener)
    {
        await listener.DisposeAsync();
        limits.Close(listener.Account);
        await _loops.PassAsync();
        foreach (
            var guest in Multiplexer.Connections.OfType<GuestConnection>().Where(guest => guest.Listener == listener)
        )
        {
            guest.Abort();
        }
    }

    /// <summary>
    /// Ends connections that packets were let through for by rules that hold no more: the open ones, those on which nothing was asked yet,
    /// and those that the kernel has made and nobody has accepted. To be called once the new rules hold, so that no such connection comes
    /// after.
    /// </summary>
    /// <param name="isToEnd">Whether a connection is one of them; called on any thread, for connections of all namespaces.</param>
    /// <param name="cancellationToken">Gives up; what was not reached is not ended then.</param>
    /// <returns>How many were ended. No byte of an answer that is made from now on reaches their clients.</returns>
    public Task<int> EndConnectionsAsync(Func<IGuestPeer, bool> isToEnd, CancellationToken cancellationToken) =>
        EndConnectionsAsync(_listeners.Values, isToEnd, cancellationToken);

    /// <summary>The same of one network or router: what is not accepted elsewhere does not matter.</summary>
    public Task<int> EndConnectionsAsync(
        EdgeScope scope,
        Func<IGuestPeer, bool> isToEnd,
        CancellationToken cancellationToken
    ) =>
        EndConnectionsAsync(
            _listeners.Values.Where(listener => listener.Scope == scope),
            guest => guest.Scope == scope && isToEnd(guest),
            cancellationToken
        );

    async Task<int> EndConnectionsAsync(
        IEnumerable<NamespaceListener> listeners,
        Func<IGuestPeer, bool> isToEnd,
        CancellationToken cancellationToken
    )
    {
        await Task.WhenAll(listeners.Select(listener => listener.AcceptPendingAsync(cancellationToken)));
        await _loops.PassAsync().WaitAsync(cancellationToken);
        var ended = 0;
        foreach (var guest in Multiplexer.Connections.OfType<GuestConnection>().Where(guest => isToEnd(guest)))
        {
            guest.Abort();
            ended++;
        }
        return ended;
    }

    /// <summary>Accepts no more connections in any namespace; those that are open go on.</summary>
    public async Task StopAcceptingAsync()
    {
        await Task.WhenAll(_listeners.Values.Select(static listener => listener.StopAsync()));
        await _loops.PassAsync();
    }

    /// <summary>What is amiss in a namespace that is listened in; null when nothing is.</summary>
    public string? FindNotice(string name) =>
        _listeners.TryGetValue(name, out var listener) ? listener.Notice : $"nobody listens in {name}";

    /// <summary>On the loop's thread.</summary>
    void Accept(NamespaceListener listener, EventLoop loop, Descriptor socket, IPEndPoint peer)
    {
        var source = SavedSyn.Read(socket, peer, out var mac);
        var refusal = ClientIdentity.Identify(peer.Address, source, mac, hasAntiSpoofing, out var client);
        if (refusal != Refusal.None)
        {
            RefuseUnidentified(socket, listener, peer.Address, refusal);
            return;
        }
        if (listener.Account.Enter(GuestKey.Of(client.Mac, client.Address), out var reason) is not { } account)
        {
            TurnAway(socket, listener.Scope, client.Address, reason);
            return;
        }
        new GuestConnection(socket, peer, client, loop, Multiplexer, listener, account, clientOf).Start();
    }

    /// <summary>A guest that tries again is known the next time, unless it is not to be.</summary>
    void RefuseUnidentified(Descriptor socket, NamespaceListener listener, IPAddress peer, Refusal refusal)
    {
        ConnectionRejection.Reset(socket);
        if (!SavedSyn.IsSupported)
        {
            refusal = Refusal.GuestMacUnavailable;
        }
        observer?.CountTurnedAway(PathStep.Edge, refusal);
        if (_unidentified.MayWrite(refusal, out var suppressed))
        {
            Log.ClientUnidentified(
                _logger,
                peer,
                listener.Scope,
                refusal == Refusal.GuestMacUnknown
                    ? "the kernel has not kept its first packet, as when too many connections are half made"
                    : "its first packet has no Ethernet header that this kernel shows",
                suppressed
            );
        }
    }

    void TurnAway(Descriptor socket, EdgeScope scope, IPAddress peer, Refusal reason)
    {
        Log.TurnedAway(_guestLog, peer, scope, RefusalDescription.Of(reason).Name);
        observer?.CountTurnedAway(PathStep.Edge, reason);
        ConnectionRejection.Say(
            socket,
            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8
        );
    }

    /// <summary>Ends everything; the server has to have been stopped before, since the loops end with it.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var name in Namespaces)
        {
            await CloseAsync(name);
        }
        _loops.Dispose();
        _changing.Dispose();
    }
}
