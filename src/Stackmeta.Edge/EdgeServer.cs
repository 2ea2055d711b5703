using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Supervision;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>One server for the guests of all namespaces: where haproxy is one process for each (spec/neutron-metadata.md §1).</summary>
/// <remarks>
/// <code>
///  namespace A ─┐ accept: network or router, peer's address, number of connections
///  namespace B ─┼──► Kestrel: limits of head, body and time ──► rate of the guest ──► answer (agent or forwarder)
///  namespace C ─┘                                                └ 429 with Retry-After
/// </code>
/// </remarks>
public sealed class EdgeServer : IAsyncDisposable
{
    /// <summary>How long connections may stay open at a stop on which nothing has been asked yet, or nothing is.</summary>
    static readonly TimeSpan IdleGrace = TimeSpan.FromSeconds(1);
    static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(5);

    readonly HttpServer _server;
    readonly bool _hasAntiSpoofing;
    readonly TimeProvider _time;

    EdgeServer(
        HttpServer server,
        NamespaceListeners listeners,
        GuestLimits limits,
        bool hasAntiSpoofing,
        TimeProvider time
    )
    {
        _server = server;
        _hasAntiSpoofing = hasAntiSpoofing;
        _time = time;
        Listeners = listeners;
        Limits = limits;
    }

    /// <summary>Where namespaces are added and removed.</summary>
    public NamespaceListeners Listeners { get; }

    /// <summary>How much each guest may ask for; may be changed at any time.</summary>
    public GuestLimits Limits { get; }

    /// <summary>How well guests can be told apart here, where it is less than it could be; null when it is not.</summary>
    public string? IdentityNotice => NoticeOf(SavedSyn.IsSupported, _hasAntiSpoofing);

    internal static string? NoticeOf(bool keepsSyns, bool hasAntiSpoofing) =>
        !keepsSyns && !hasAntiSpoofing
            ? "this kernel (older than Linux 5.10) does not show guests' MACs, and no port security holds guests to their addresses: every guest is refused"
        : !keepsSyns
            ? "this kernel (older than Linux 5.10) does not show guests' MACs: guests with link-local addresses that are not made of a MAC are refused"
        : !hasAntiSpoofing
            ? "no port security holds guests to their MACs and addresses: a guest may claim to be another"
        : null;

    /// <summary>Starts a server that listens nowhere yet.</summary>
    /// <param name="options">How much a guest may send and ask for.</param>
    /// <param name="sockets">Where listening sockets are had from: <see cref="DirectSockets"/>, or one that has the rights that this
    /// process lacks.</param>
    /// <param name="handler">Makes the responses: an <see cref="AgentForwarder"/>, or an agent in this process.</param>
    /// <param name="clientOf">Makes what <paramref name="handler"/> wants to know of a connection (<see cref="Request.Client"/>); null
    /// where it takes the connection itself.</param>
    public static async Task<EdgeServer> StartAsync(
        EdgeServerOptions options,
        INamespaceSockets sockets,
        IRequestHandler handler,
        Func<IGuestPeer, object>? clientOf,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var limits = new GuestLimits(options.Limits, options.Capacity, time);
        var listeners = new NamespaceListeners(
            sockets,
            options.HasAntiSpoofing,
            limits,
            clientOf,
            options.Supervisor ?? new(time, loggers.CreateLogger<Supervisor>()),
            time,
            loggers,
            options.Observer
        );
        var logger = loggers.CreateLogger<EdgeServer>().Throttled(time);
        if (!SavedSyn.IsSupported)
        {
            Log.SynsNotKept(logger);
        }
        if (!options.HasAntiSpoofing)
        {
            Log.NoAntiSpoofing(logger);
        }
        var http = new HttpServerOptions
        {
            Addresses = [],
            Multiplexer = listeners.Multiplexer,
            MaxRequestLine = options.MaxRequestLine,
            MaxHeaders = options.MaxHeaders,
            MaxBody = options.MaxBody,
            KeepAlive = options.KeepAlive,
            RequestHead = options.RequestHead,
            Observer = options.Observer,
            Hop = PathStep.Edge,
        };
        try
        {
            var server = await HttpServer.StartAsync(
                http,
                new RateLimit(limits, handler, logger),
                loggers,
                cancellationToken
            );
            await listeners.Multiplexer.Attached.WaitAsync(cancellationToken);
            return new(server, listeners, limits, options.HasAntiSpoofing, time);
        }
        catch
        {
            await listeners.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Accepts no more, lets the requests under way end, and returns when all have ended or the token fires. Guests notice
    /// nothing if another process has the listening sockets: none is cut off who has just connected, and the others are
    /// told to ask on a new connection.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _server.BeginLeaving();
        await Listeners.StopAcceptingAsync();
        var since = _time.GetTimestamp();
        while (
            Listeners.Multiplexer.HasConnections
            && _time.GetElapsedTime(since) < IdleGrace
            && !cancellationToken.IsCancellationRequested
        )
        {
            await Task.Delay(IdlePoll, _time, CancellationToken.None);
        }
        await _server.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await Listeners.DisposeAsync();
    }
}
