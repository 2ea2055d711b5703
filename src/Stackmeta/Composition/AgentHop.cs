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
        AdminSocket admin,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var signature = new InstanceSignature(secret);
        var upstream = new HttpMetadataUpstream(api, signature, time, loggers.CreateLogger<HttpMetadataUpstream>());
        admin.Health.Add(HopChecks.Upstream(api.Api));
        return StartAsync(socket, upstream, directory, [upstream, signature], admin, time, loggers, cancellationToken);
    }

    /// <summary>Opens the agent's socket before the API of this process.</summary>
    /// <exception cref="Http.ListenException">The socket cannot be had.</exception>
    public static Task<AgentHop> StartAsync(
        AgentSocketOptions socket,
        MetadataApi api,
        IPortDirectory directory,
        AdminSocket admin,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    ) => StartAsync(socket, new InProcessUpstream(api), directory, [], admin, time, loggers, cancellationToken);

    static async Task<AgentHop> StartAsync(
        AgentSocketOptions socket,
        IMetadataUpstream upstream,
        IPortDirectory directory,
        IDisposable[] owned,
        AdminSocket admin,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var options = new AgentOptions();
            var ports = new PortCache(admin.Observe(directory), options.Ports, time);
            var agent = new MetadataAgent(options, ports, upstream, time, loggers.CreateLogger<MetadataAgent>());
            var serving = new AgentServerOptions { Socket = socket };
            var server = await AgentServer.StartAsync(
                serving with
                {
                    Http = serving.Http with { Observer = admin.Observer },
                },
                agent,
                time,
                loggers,
                cancellationToken
            );
            admin.Watch(ports, directory);
            admin.Health.Add(HopChecks.AgentSocket(socket.Path, () => server.IsInPlace));
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
