using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Http;

/// <summary>Kestrel by itself, without the generic host: nothing is read from the environment, nothing is resolved a request.</summary>
public sealed class HttpServer : IAsyncDisposable
{
    /// <summary>How long connections may stay open at a stop on which nothing has been asked yet, or nothing is.</summary>
    static readonly TimeSpan IdleGrace = TimeSpan.FromSeconds(1);
    static readonly TimeSpan IdleLook = TimeSpan.FromMilliseconds(5);

    readonly ServiceProvider _services;
    readonly IServer _server;
    readonly Func<IEnumerable<EndPoint>> _addresses;
    readonly ConnectionCount _connections;
    readonly GuardedHandler? _handler;

    /// <summary>Who accepts instead of Kestrel, here; null where Kestrel does, or others.</summary>
    readonly IListeners? _listeners;
    readonly bool _isKept;

    HttpServer(
        ServiceProvider services,
        IServer server,
        Func<IEnumerable<EndPoint>> addresses,
        ConnectionCount connections,
        GuardedHandler? handler,
        IListeners? listeners,
        bool isKept
    )
    {
        _services = services;
        _server = server;
        _addresses = addresses;
        _connections = connections;
        _handler = handler;
        _listeners = listeners;
        _isKept = isKept;
    }

    /// <summary>Connections that are open now.</summary>
    public int OpenConnections => _listeners?.OpenConnections ?? _connections.Open;

    /// <summary>Where the server listens: the addresses asked for, with the ports that were chosen in place of port 0.</summary>
    public IEnumerable<EndPoint> Addresses => _addresses();

    /// <summary>
    /// Opens all addresses and begins to answer: simple requests by the fast path where <see cref="HttpServerOptions.RunsInline"/> says so,
    /// all others by Kestrel.
    /// </summary>
    /// <param name="options">Where and how much.</param>
    /// <param name="handler">Makes the responses.</param>
    /// <param name="loggers">For Kestrel's own messages.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="ListenException">An address cannot be had; none is open then.</exception>
    public static Task<HttpServer> StartAsync(
        HttpServerOptions options,
        IRequestHandler handler,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var guarded = new GuardedHandler(handler, options.Time, loggers.CreateLogger<GuardedHandler>());
        return StartAsync(options, new KestrelRequests(guarded), guarded, loggers, cancellationToken);
    }

    /// <summary>Opens all addresses and begins to answer by what is ordinary ASP.NET.</summary>
    /// <param name="application">Answers one request. What it throws is answered by <see cref="GuardedApplication"/>.</param>
    /// <inheritdoc cref="StartAsync(HttpServerOptions, IRequestHandler, ILoggerFactory, CancellationToken)"/>
    public static Task<HttpServer> StartAsync(
        HttpServerOptions options,
        Func<HttpContext, Task> application,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var guarded = new GuardedApplication(application, options.Time, loggers.CreateLogger<GuardedApplication>());
        return StartAsync(
            options,
            new DirectApplication(guarded.AnswerAsync),
            handler: null,
            loggers,
            cancellationToken
        );
    }

    static async Task<HttpServer> StartAsync<TContext>(
        HttpServerOptions options,
        IHttpApplication<TContext> application,
        GuardedHandler? handler,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
        where TContext : notnull
    {
        var addresses = options.Addresses;
        var own =
            options.RunsInline && options.Certificate is null
                ? ServerListeners.Open(options, address => OpenListening(address, options), loggers)
                : null;
        if (own is not null)
        {
            options = options with { Addresses = [], Multiplexer = own.Multiplexer };
        }
        var kept =
            own is null
            && (
                options.Kept is not null || addresses.Any(static address => address.AddressFamily == AddressFamily.Unix)
            )
                ? new InheritedListeners(
                    address => OpenListening(address, options),
                    options.Supervisor ?? new(options.Time, loggers.CreateLogger<Supervisor>()),
                    loggers
                )
                : null;
        var (connections, listening) = (new ConnectionCount(), new List<ListenOptions>());
        if (options.Multiplexer is { } multiplexer)
        {
            multiplexer.FastPath = new(options, handler!);
        }
        var services = KestrelServices.Create(
            // A client must not choose how much Kestrel logs of it.
            new ThrottledLoggerFactory(loggers, options.Time),
            kestrel =>
            {
                ApplyLimits(kestrel, options);
                foreach (var address in options.Addresses)
                {
                    Listen(kestrel, address, options, connections, listening);
                }
                if (options.Multiplexer is { } carried)
                {
                    Listen(kestrel, MultiplexerListener.Everywhere, options, connections, [], carried.Around);
                }
            },
            transport =>
            {
                transport.Backlog = options.Backlog;
                if (options.OpenSocket is { } open)
                {
                    transport.CreateBoundListenSocket = open;
                }
            },
            (IConnectionListenerFactory?)kept
                ?? (options.Multiplexer is { } only ? new MultiplexerListener(only) : null)
        );
        try
        {
            var server = services.GetRequiredService<IServer>();
            await server.StartAsync(application, cancellationToken);
            if (own is not null)
            {
                await own.Multiplexer.Attached.WaitAsync(cancellationToken);
                own.Start();
            }
            return new HttpServer(
                services,
                server,
                () => own?.EndPoints ?? listening.Select(static one => one.EndPoint),
                connections,
                handler,
                (IListeners?)own ?? kept,
                isKept: options.Kept is not null
            );
        }
        catch (Exception e)
        {
            await services.DisposeAsync();
            if (own is not null)
            {
                await own.StopAcceptingAsync();
            }
            own?.Dispose();
            kept?.Dispose();
            if (e is OperationCanceledException)
            {
                throw;
            }
            throw ListenException.Of(e, addresses);
        }
    }

    /// <summary>From now on each response tells its caller to ask on a new connection.</summary>
    public void BeginLeaving() => _handler?.BeginLeaving();

    /// <summary>
    /// Stops accepting, lets the requests under way end, and returns when all have ended or the token fires. Where another process goes on
    /// with the listening sockets, callers notice nothing: who has just connected is answered, the others are told to ask on a new
    /// connection.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_isKept)
        {
            BeginLeaving();
        }
        await (_listeners?.StopAcceptingAsync() ?? Task.CompletedTask);
        if (_isKept)
        {
            var since = Stopwatch.GetTimestamp();
            while (
                OpenConnections > 0
                && Stopwatch.GetElapsedTime(since) < IdleGrace
                && !cancellationToken.IsCancellationRequested
            )
            {
                await Task.Delay(IdleLook, CancellationToken.None);
            }
        }
        await _server.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await (_listeners?.StopAcceptingAsync() ?? Task.CompletedTask);
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _services.DisposeAsync();
        _listeners?.Dispose();
    }

    /// <summary>
    /// The socket that an earlier process left, or a new one; in either case the next process gets it, if there is to be one.
    /// </summary>
    static Socket OpenListening(EndPoint address, HttpServerOptions options)
    {
        var socket = options.OpenSocket?.Invoke(address) ?? options.Kept?.Find(address);
        if (socket is null)
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
            socket.Listen(options.Backlog);
        }
        options.Kept?.Keep(address, socket);
        return socket;
    }

    /// <summary>Line ends, a length, and a version's other digit.</summary>
    const int Slack = 1024;

    static void ApplyLimits(KestrelServerOptions kestrel, HttpServerOptions options)
    {
        kestrel.AddServerHeader = false;
        // RFC 9112 §3.2.2: the authority of an absolute-form target wins over the Host header.
        kestrel.AllowHostHeaderOverride = true;
        // Header values are bytes here: none is refused for not being UTF-8, and each byte keeps its value.
        kestrel.RequestHeaderEncodingSelector = static name => name == "Host" ? HostEncoding.Instance : Encoding.Latin1;
        // What is too long is rejected before (RequestReader), and what is not is never refused for what was added to it.
        kestrel.Limits.MaxRequestLineSize = options.MaxRequestLine + Slack;
        kestrel.Limits.MaxRequestHeadersTotalSize = options.MaxHeaders + Slack;
        kestrel.Limits.MaxRequestHeaderCount = 256;
        kestrel.Limits.MaxRequestBufferSize = Math.Max(1024 * 1024, options.MaxRequestLine + options.MaxHeaders);
        kestrel.Limits.MaxRequestBodySize = options.MaxBody;
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrel.Limits.KeepAliveTimeout = options.KeepAlive;
        kestrel.Limits.RequestHeadersTimeout = options.RequestHead;
    }

    static void Listen(
        KestrelServerOptions kestrel,
        EndPoint address,
        HttpServerOptions options,
        ConnectionCount connections,
        List<ListenOptions> listening,
        Func<ConnectionDelegate, ConnectionDelegate>? around = null
    )
    {
        kestrel.Listen(
            address,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (around is not null)
                {
                    listen.Use(around);
                }
                listen.Use(connections.Counting);
                if (options.Certificate is { } certificate)
                {
                    listen.UseHttps(TlsOf(options, certificate));
                }
                if (options.Observer is { } observer)
                {
                    listen.Use(next =>
                        connection =>
                        {
                            connection.Features.Set(
                                new RequestObservation(observer, options.Hop, options.TakesRequestIds)
                            );
                            return next(connection);
                        }
                    );
                }
                // Inside of TLS, where answers are still plain.
                listen.Use(KestrelConnection.With(options));
                listening.Add(listen);
            }
        );
    }

    static HttpsConnectionAdapterOptions TlsOf(HttpServerOptions options, X509Certificate2 certificate)
    {
        var tls = new HttpsConnectionAdapterOptions
        {
            ServerCertificate = certificate,
            ServerCertificateChain = options.CertificateChain,
        };
        if (options.ClientAuthorities is { } authorities)
        {
            tls.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            tls.ClientCertificateValidation = (shown, _, _) => CertificateTrust.IsIssuedBy(shown, authorities);
        }
        return tls;
    }
}
