using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Stackmeta.Http;

namespace Stackmeta.Agent;

/// <summary>The agent on its unix socket, for the proxies of the networks.</summary>
public sealed class AgentServer : IAsyncDisposable
{
    readonly HttpServer _server;
    readonly AgentSocket _socket;
    readonly TimeProvider _time;

    AgentServer(HttpServer server, AgentSocket socket, TimeProvider time)
    {
        _server = server;
        _socket = socket;
        _time = time;
    }

    /// <summary>Opens the socket and answers.</summary>
    /// <exception cref="ListenException">The socket cannot be had.</exception>
    public static async Task<AgentServer> StartAsync(
        AgentServerOptions options,
        MetadataAgent agent,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var socket = AgentSocket.Open(options.Socket);
        var server = await HttpServer.StartAsync(
            options.Http with
            {
                Addresses = [new UnixDomainSocketEndPoint(options.Socket.Path)],
                OpenSocket = _ => socket.Socket,
                Backlog = options.Socket.Backlog,
            },
            agent.HandleAsync,
            loggers,
            cancellationToken
        );
        var logger = loggers.CreateLogger<AgentServer>();
        if (socket.TookOver)
        {
            Log.TakenOver(logger, options.Socket.Path);
        }
        Log.Listening(logger, options.Socket.Path);
        return new AgentServer(server, socket, time);
    }

    /// <summary>Stops accepting, lets the requests under way end, and returns when all have ended or the token fires.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _socket.CloseDoorAsync(_time, cancellationToken);
        await _server.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _socket.CloseDoorAsync(_time, new CancellationToken(canceled: true));
        await _server.DisposeAsync();
    }
}
