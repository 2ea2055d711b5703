using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Stackmeta.Http;

namespace Stackmeta.Agent;

/// <summary>The agent on its unix socket, for the proxies of the networks.</summary>
public sealed class AgentServer : IAsyncDisposable
{
    /// <summary>The stock proxy sends its request right after connecting; a second is ample, also on a busy host.</summary>
    static readonly TimeSpan ConnectedGrace = TimeSpan.FromSeconds(1);
    static readonly TimeSpan ConnectedLook = TimeSpan.FromMilliseconds(5);

    readonly HttpServer _server;
    readonly UnixSocketFile _socket;
    readonly bool _isKept;
    readonly TimeProvider _time;

    AgentServer(HttpServer server, UnixSocketFile socket, bool isKept, TimeProvider time)
    {
        _server = server;
        _socket = socket;
        _isKept = isKept;
        _time = time;
    }

    /// <summary>Whether the socket's path still leads here.</summary>
    public bool IsInPlace => _socket.IsInPlace;

    /// <summary>Opens the socket and answers.</summary>
    /// <param name="options">The socket, and how much it takes in.</param>
    /// <param name="handler">Makes the responses: a <see cref="MetadataAgent"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="ListenException">The socket cannot be had.</exception>
    public static async Task<AgentServer> StartAsync(
        AgentServerOptions options,
        IRequestHandler handler,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var socket = OpenSocket(options.Socket);
        var http = options.Http with
        {
            Addresses = [new UnixDomainSocketEndPoint(options.Socket.Path)],
            OpenSocket = _ => socket.Socket,
            Kept = options.Socket.Kept,
            Backlog = options.Socket.Backlog,
            MaxConnections = options.Socket.MaxConnections,
            Hop = PathStep.Agent,
            RunsInline = true,
        };
        HttpServer server;
        try
        {
            server = await HttpServer.StartAsync(http, handler, loggers, cancellationToken);
        }
        catch
        {
            socket.CloseDoor();
            socket.Socket.Dispose();
            throw;
        }
        var logger = loggers.CreateLogger<AgentServer>();
        if (socket.TookOver)
        {
            Log.TakenOver(logger, options.Socket.Path);
        }
        Log.Listening(logger, options.Socket.Path);
        return new AgentServer(server, socket, isKept: options.Socket.Kept is not null, time);
    }

    /// <summary>The socket that an earlier process left, or a new one.</summary>
    static UnixSocketFile OpenSocket(AgentSocketOptions options)
    {
        // Looked for only where it may be: a path that is too long is no address at all.
        if (
            options.Kept is { } kept
            && File.Exists(options.Path)
            && kept.Find(new UnixDomainSocketEndPoint(options.Path)) is { } left
        )
        {
            return UnixSocketFile.GoOn(left, options.Path);
        }
        return SocketAccess.Open(options);
    }

    /// <summary>
    /// Takes the socket away, unless the next process goes on with it; answers who is connected by then, and returns when all requests have
    /// ended or the token fires.
    /// </summary>
    /// <remarks>
    /// A proxy that has just connected may not have sent its request yet; closing the connection on it would be a refusal.
    /// </remarks>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_isKept)
        {
            await _server.StopAsync(cancellationToken);
            return;
        }
        _socket.CloseDoor();
        var closed = _time.GetTimestamp();
        while (
            (_socket.HasWaiting || _server.OpenConnections > 0)
            && _time.GetElapsedTime(closed) < ConnectedGrace
            && !cancellationToken.IsCancellationRequested
        )
        {
            await Task.Delay(ConnectedLook, _time, CancellationToken.None);
        }
        await _server.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isKept)
        {
            _socket.CloseDoor();
        }
        await _server.DisposeAsync();
    }
}
