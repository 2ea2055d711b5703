using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Agent;
using Stackmeta.Edge;
using Stackmeta.Http;

namespace Stackmeta.Reference.Tests;

/// <summary>Our edge in the place of the haproxy at a cable.</summary>
sealed class EdgeInPlace : IAsyncDisposable
{
    readonly AgentForwarder? _forwarder;
    readonly EdgeServer _server;

    EdgeInPlace(AgentForwarder? forwarder, EdgeServer server) => (_forwarder, _server) = (forwarder, server);

    /// <summary>In front of an agent's socket.</summary>
    public static async Task<EdgeInPlace> StartAsync(
        GuestCable cable,
        ProxyKind kind,
        string agentSocket,
        TimeProvider time
    )
    {
        var forwarder = new AgentForwarder(agentSocket, time, NullLogger<AgentForwarder>.Instance);
        return await StartAsync(cable, kind, forwarder, forwarder, null);
    }

    /// <summary>In one process with the agent, which it calls.</summary>
    public static Task<EdgeInPlace> StartAsync(GuestCable cable, ProxyKind kind, MetadataAgent agent) =>
        StartAsync(cable, kind, null, agent, GuestConnection.Of);

    static async Task<EdgeInPlace> StartAsync(
        GuestCable cable,
        ProxyKind kind,
        AgentForwarder? forwarder,
        IRequestHandler handler,
        Func<IGuestPeer, object>? clientOf
    )
    {
        var server = await EdgeServer.StartAsync(
            new(),
            new DirectSockets(),
            handler,
            clientOf,
            TimeProvider.System,
            NullLoggerFactory.Instance,
            CancellationToken.None
        );
        var edge = new EdgeInPlace(forwarder, server);
        try
        {
            var id = Guid.Parse(kind.Id);
            await server.Listeners.AddAsync(
                kind == ProxyKind.Router
                    ? ServedNamespace.ForRouter(id, cable.Namespace)
                    : ServedNamespace.ForNetwork(id, cable.Namespace)
            );
            return edge;
        }
        catch
        {
            await edge.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _forwarder?.Dispose();
    }
}
