using Microsoft.Extensions.Logging;
using Stackmeta.Agent;
using Stackmeta.Api;
using Stackmeta.Inventory;
using Stackmeta.Metadata;

namespace Stackmeta;

/// <summary>The agent on its socket, looking up ports in any directory and asking any metadata API.</summary>
sealed class AgentHop : IHop
{
    readonly AgentServer _server;
    readonly IDisposable[] _owned;

    AgentHop(AgentServer server, MetadataAgent agent, PortCache ports, IDisposable[] owned)
    {
        _server = server;
        _owned = owned;
        Agent = agent;
        Ports = ports;
    }

    /// <summary>What answers, for an edge in the same process.</summary>
    public MetadataAgent Agent { get; }

    /// <summary>The kept look-ups, to be told of changes.</summary>
    public PortCache Ports { get; }

    /// <summary>Opens the agent's socket before an API that is another server.</summary>
    /// <exception cref="Http.ListenException">The socket cannot be had.</exception>
    public static Task<AgentHop> StartAsync(
        AgentSocketOptions socket,
        UpstreamOptions api,
        byte[] secret,
        IPortDirectory directory,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var signature = new InstanceSignature(secret);
        var upstream = new HttpMetadataUpstream(api, signature, time, loggers.CreateLogger<HttpMetadataUpstream>());
        return StartAsync(socket, upstream, directory, [upstream, signature], time, loggers, cancellationToken);
    }

    /// <summary>Opens the agent's socket before the API of this process.</summary>
    /// <exception cref="Http.ListenException">The socket cannot be had.</exception>
    public static Task<AgentHop> StartAsync(
        AgentSocketOptions socket,
        MetadataApi api,
        IPortDirectory directory,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    ) => StartAsync(socket, new InProcessUpstream(api), directory, [], time, loggers, cancellationToken);

    static async Task<AgentHop> StartAsync(
        AgentSocketOptions socket,
        IMetadataUpstream upstream,
        IPortDirectory directory,
        IDisposable[] owned,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var options = new AgentOptions();
            var ports = new PortCache(directory, options.Ports, time);
            var agent = new MetadataAgent(options, ports, upstream, time, loggers.CreateLogger<MetadataAgent>());
            var server = await AgentServer.StartAsync(
                new AgentServerOptions { Socket = socket },
                agent,
                time,
                loggers,
                cancellationToken
            );
            return new AgentHop(server, agent, ports, owned);
        }
        catch
        {
            Array.ForEach(owned, one => one.Dispose());
            throw;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Array.ForEach(_owned, one => one.Dispose());
    }
}
