using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>The listening sockets of one namespace.</summary>
/// <param name="sockets">Where they are had from.</param>
/// <param name="loops">Who accept.</param>
/// <param name="accept">Gets what is accepted.</param>
/// <param name="account">In which its guests' connections are counted.</param>
sealed class NamespaceListener(
    ServedNamespace served,
    INamespaceSockets sockets,
    EventLoops loops,
    Action<NamespaceListener, EventLoop, Descriptor, IPEndPoint> accept,
    NamespaceAccount account,
    ConnectionLog log,
    TimeProvider time,
    ILogger logger
) : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();

    /// <summary>Those that do not depend on an interface.</summary>
    readonly List<Acceptor> _accepting = [];

    /// <summary>Those that do.</summary>
    readonly List<LinkLocalListener> _linkLocal = [];

    public EdgeScope Scope => served.Scope;

    public ServedNamespace Served => served;

    /// <summary>The same text for all connections.</summary>
    public string ScopeId { get; } = served.Scope.Id.ToString();

    public NamespaceAccount Account => account;

    /// <summary>Why IPv6 is not served although it was asked for; null when it is, or when no interface has the address.</summary>
    public string? Notice => _linkLocal.Select(static listener => listener.Notice).FirstOrDefault(IsSaid);

    /// <summary>Opens the sockets and begins to accept; returns when every address that is there is listened on.</summary>
    /// <exception cref="EdgeException">A socket cannot be had; to be disposed of then.</exception>
    public async Task StartAsync()
    {
        var possible = served.EndPoints.Where(IsPossible).ToLookup(endPoint => endPoint.Address.IsIPv6LinkLocal);
        foreach (var endPoint in possible[false])
        {
            _accepting.Add(Own(await sockets.ListenAsync(served.Name, endPoint, _stop.Token)));
        }
        foreach (var endPoint in possible[true])
        {
            var socket = await sockets.WatchIpv6Async(served.Name, _stop.Token);
            var watch = new Ipv6Watch(socket, endPoint.Address, loops.First);
            _linkLocal.Add(new(endPoint, served.Name, watch, sockets, Accept, loops.Supervisor, time, logger));
        }
        foreach (var listener in _linkLocal)
        {
            await listener.StartAsync();
        }
        // Last: who is answered over IPv4 may count on IPv6.
        _accepting.ForEach(static socket => socket.Start());
    }

    static bool IsSaid(string? notice) => notice is not null;

    static bool IsPossible(IPEndPoint endPoint) =>
        endPoint.AddressFamily == AddressFamily.InterNetwork || Socket.OSSupportsIPv6;

    Acceptor Accept(Socket listening)
    {
        var accepting = Own(listening);
        accepting.Start();
        return accepting;
    }

    Acceptor Own(Socket listening)
    {
        // Also one of an earlier process, or of one with rights, whose version may not have known of it.
        SavedSyn.TryKeep(listening);
        return new(
            listening,
            served.Name,
            loops,
            (loop, socket, peer) => accept(this, loop, socket, (IPEndPoint)peer!),
            time,
            log
        );
    }

    /// <summary>Completes when every connection that waits to be accepted now is accepted.</summary>
    public Task AcceptPendingAsync(CancellationToken cancellationToken) =>
        Task.WhenAll([
            .. _accepting.Select(socket => socket.AcceptPendingAsync(cancellationToken)),
            .. _linkLocal.Select(listener => listener.AcceptPendingAsync(cancellationToken)),
        ]);

    /// <summary>
    /// Accepts no more; what was accepted goes on, and what waits in the kernel is for another process that has the sockets. After
    /// <see cref="EventLoops.PassAsync"/> nothing is being accepted any more.
    /// </summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        _accepting.ForEach(static socket => socket.Close());
        foreach (var listener in _linkLocal)
        {
            await listener.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }
}
