using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Refusals;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Http;

/// <summary>
/// A server's own listening sockets, whose connections are accepted and answered by a few threads that wait for all of them
/// (<see cref="EventLoops"/>), instead of being handed from Kestrel's accepting thread to another.
/// </summary>
sealed class ServerListeners : IListeners
{
    /// <summary>More answer more than a host's agents ask.</summary>
    const int MostLoops = 8;

    readonly List<Acceptor> _accepting = [];
    readonly EventLoops _loops;
    readonly HttpServerOptions _options;
    readonly ILogger _logger;
    readonly ConnectionLog _log;
    readonly LogThrottle _turnedAway;

    /// <summary>Null where there may be as many connections as come.</summary>
    readonly IdleEviction? _eviction;

    /// <summary>By its owner.</summary>
    bool _isDisposed;

    ServerListeners(ConnectionMultiplexer multiplexer, EventLoops loops, HttpServerOptions options, ILogger logger)
    {
        (Multiplexer, _loops, _options, _logger) = (multiplexer, loops, options, logger);
        _log = new(options.Time, logger);
        _turnedAway = new(options.Time);
        _eviction = options.MaxConnections is { } most ? new(multiplexer, most) : null;
    }

    /// <summary>What the accepted connections are parts of.</summary>
    public ConnectionMultiplexer Multiplexer { get; }

    public int OpenConnections => Multiplexer.Count;

    /// <summary>Where it listens.</summary>
    public List<EndPoint> EndPoints { get; } = [];

    /// <summary>Opens the sockets of all addresses; who connects waits until <see cref="Start"/>.</summary>
    /// <param name="options">All of its addresses are opened or none.</param>
    /// <param name="open">Opens the socket of an address, listening.</param>
    /// <param name="loggers">The log.</param>
    /// <exception cref="ListenException">An address cannot be had; none is open then.</exception>
    public static ServerListeners Open(HttpServerOptions options, Func<EndPoint, Socket> open, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<ServerListeners>();
        var supervisor = options.Supervisor ?? new(options.Time, loggers.CreateLogger<Supervisor>());
        var listeners = new ServerListeners(
            new(options.Time, loggers.CreateLogger<ConnectionMultiplexer>()),
            new(Math.Min(Environment.ProcessorCount, MostLoops), "callers", supervisor),
            options,
            logger
        );
        EndPoint? at = null;
        try
        {
            foreach (var address in options.Addresses)
            {
                at = address;
                listeners.Add(address, open(address));
            }
            return listeners;
        }
        catch (Exception e)
        {
            listeners.Close();
            listeners.Dispose();
            throw ListenException.Of(e, [at!]);
        }
    }

    void Add(EndPoint address, Socket socket)
    {
        var place = address.ToString()!;
        EndPoints.Add(socket.LocalEndPoint ?? address);
        _accepting.Add(
            new(
                socket,
                place,
                _loops,
                (loop, accepted, peer) => Accept(loop, accepted, peer, place),
                _options.Time,
                _log
            )
        );
    }

    void Accept(EventLoop loop, Descriptor accepted, EndPoint? peer, string place)
    {
        if (_eviction?.HasRoom() == false)
        {
            TurnAway(accepted, place);
            return;
        }
        new SocketConnection(accepted, peer, loop, Multiplexer) { Place = place }.Start();
    }

    /// <summary>Descriptors are for other things too.</summary>
    void TurnAway(Descriptor accepted, string place)
    {
        if (_turnedAway.MayWrite(out var suppressed))
        {
            Log.CallerTurnedAway(_logger, place, _options.MaxConnections!.Value, suppressed);
        }
        if (_options.Hop is { } hop)
        {
            _options.Observer?.CountTurnedAway(hop, Refusal.CallerConnectionsTaken);
        }
        ConnectionRejection.Say(
            accepted,
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8
        );
    }

    /// <summary>Begins to accept; the multiplexer has to be attached.</summary>
    public void Start() => _accepting.ForEach(static socket => socket.Start());

    public Task StopAcceptingAsync()
    {
        Close();
        return _isDisposed ? Task.CompletedTask : _loops.PassAsync();
    }

    void Close() => _accepting.ForEach(static socket => socket.Close());

    /// <summary>Ends the threads; the server has to have been stopped before.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _loops.Dispose();
        }
    }
}
