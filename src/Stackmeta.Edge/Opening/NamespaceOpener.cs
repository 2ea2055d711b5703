using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Edge;

/// <summary>
/// The one that has the rights (CAP_SYS_ADMIN to enter namespaces, CAP_NET_BIND_SERVICE for port 80): opens listening
/// sockets, and keeps each so that who serves may end and begin anew without a guest being refused.
/// </summary>
/// <remarks>
/// <code>
///  this process ────────────────────────► INamespaceSockets ─► enters the namespace, opens, keeps
///  serving process ─► unix socket ─► OpenerServer ─┘               │
///  next opener ◄──────────────────── all that is kept ◄───────────┴─► systemd's store
/// </code>
/// </remarks>
public sealed class NamespaceOpener : INamespaceSockets, IAsyncDisposable
{
    /// <summary>How long after its start a port may still be an earlier edge's, which gives its sockets to this one.</summary>
    static readonly TimeSpan ReunionTime = TimeSpan.FromSeconds(3);
    static readonly TimeSpan ReunionPoll = TimeSpan.FromMilliseconds(50);

    readonly DirectSockets _direct = new();
    readonly CancellationTokenSource _stop = new();
    readonly HeldSockets _held;
    readonly TimeProvider _time;
    readonly long _startedAt;
    readonly ulong _hostNamespace;
    readonly Task _running;
    readonly OpenerServer _server;

    NamespaceOpener(OpenerOptions options, HeldSockets held, Supervisor supervisor, TimeProvider time, ILogger logger)
    {
        _held = held;
        _time = time;
        _startedAt = time.GetTimestamp();
        _hostNamespace = SocketFacts.OwnNamespace();
        _server = OpenerServer.Open(options, new(this, held), supervisor, time, logger);
        _running = Task.WhenAll(
            supervisor.RunAsync("kept sockets", held.RunAsync, _stop.Token),
            _server.RunAsync(_stop.Token)
        );
    }

    /// <summary>Ends when a successor has all sockets: this process then lets its connections end, and ends.</summary>
    public Task Succeeded => _server.Succeeded;

    /// <summary>The names of namespaces of which sockets are kept.</summary>
    public IReadOnlyList<string> Namespaces => [.. _held.Names.Select(name => name.Namespace).Distinct()];

    /// <summary>Takes what an earlier process left, from systemd or from that process itself, and begins to answer.</summary>
    /// <exception cref="EdgeException">The rights are missing, or another opener lives and is not to be replaced.</exception>
    public static async Task<NamespaceOpener> StartAsync(
        OpenerOptions options,
        Supervisor supervisor,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var logger = loggers.CreateLogger<NamespaceOpener>();
        Privileges.RequireNamespaceEntry();
        var held = new HeldSockets(SystemdStore.Open(logger.Throttled(time)), time, logger.Throttled(time));
        try
        {
            Inherit(held, logger);
            await TakeOverAsync(options, held, logger, cancellationToken);
            return new(options, held, supervisor, time, logger);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    static void Inherit(HeldSockets held, ILogger logger)
    {
        var inherited = SystemdStore.TakeInherited();
        foreach (var (name, descriptor) in inherited)
        {
            held.AdoptInherited(name, descriptor);
        }
        if (inherited.Count > 0)
        {
            Log.SocketsInherited(logger, held.Names.Count, "systemd");
        }
    }

    static async Task TakeOverAsync(
        OpenerOptions options,
        HeldSockets held,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        using var predecessor = await OpenerConnection.TryOpenAsync(options.SocketPath, cancellationToken);
        if (predecessor is null)
        {
            return;
        }
        if (!options.TakeOver)
        {
            throw new EdgeException(
                $"Another stackmeta has the opener's socket {options.SocketPath}. Stop it first, or let this one take over from it (edge.take_over)."
            );
        }
        var count = await predecessor.TakeOverAsync(
            (name, descriptor) => held.Adopt(name, descriptor),
            cancellationToken
        );
        Log.SocketsInherited(logger, count, options.SocketPath);
        await predecessor.WaitForEndAsync(options.HandoverPatience, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<Socket> ListenAsync(
        string @namespace,
        IPEndPoint endPoint,
        CancellationToken cancellationToken
    )
    {
        var number = Enter(@namespace);
        var name = new HeldName(@namespace, endPoint);
        while (true)
        {
            if (_held.Find(name, number) is { } kept)
            {
                return kept;
            }
            try
            {
                var socket = await _direct.ListenAsync(@namespace, endPoint, cancellationToken);
                _held.Keep(name, socket);
                return socket;
            }
            catch (EdgeException e)
                when (e.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
                    && _time.GetElapsedTime(_startedAt) < ReunionTime
                )
            {
                await Task.Delay(ReunionPoll, _time, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<Socket> WatchIpv6Async(string @namespace, CancellationToken cancellationToken)
    {
        Enter(@namespace);
        return _direct.WatchIpv6Async(@namespace, cancellationToken);
    }

    /// <inheritdoc/>
    public void Forget(string @namespace) => _held.Forget(@namespace);

    /// <summary>The number of a namespace that sockets may be opened in: guests never reach a service of the host (OSSN-0018).</summary>
    ulong Enter(string @namespace)
    {
        var number = SocketFacts.NamespaceNamed(@namespace);
        return number != _hostNamespace
            ? number
            : throw new OpenerRefusedException(OpenerRefusal.HostNamespace, @namespace, null);
    }

    /// <summary>Ends the answering. Sockets that systemd keeps, it keeps.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _held.Dispose();
        _stop.Dispose();
    }
}
