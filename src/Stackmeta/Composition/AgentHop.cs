using Microsoft.Extensions.Logging;
using Stackmeta.Agent;
using Stackmeta.Inventory;
using Stackmeta.Metadata;

namespace Stackmeta;

/// <summary>The agent as the settings describe it, looking up ports in any directory.</summary>
sealed class AgentHop : IAsyncDisposable
{
    readonly AgentServer _server;
    readonly HttpMetadataUpstream _upstream;
    readonly InstanceSignature _signature;

    AgentHop(AgentServer server, HttpMetadataUpstream upstream, InstanceSignature signature, PortCache ports)
    {
        _server = server;
        _upstream = upstream;
        _signature = signature;
        Ports = ports;
    }

    /// <summary>The kept look-ups, to be told of changes.</summary>
    public PortCache Ports { get; }

    /// <summary>Opens the agent's socket.</summary>
    /// <exception cref="Http.ListenException">The socket cannot be had.</exception>
    public static async Task<AgentHop> StartAsync(
        SettingValues settings,
        string socket,
        byte[] secret,
        IPortDirectory directory,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var options = new AgentOptions();
        var signature = new InstanceSignature(secret);
        var upstream = new HttpMetadataUpstream(
            new UpstreamOptions { Api = settings.Get(KnownSettings.AgentApi) },
            signature,
            time,
            loggers.CreateLogger<HttpMetadataUpstream>()
        );
        var ports = new PortCache(directory, options.Ports, time);
        var agent = new MetadataAgent(options, ports, upstream, time, loggers.CreateLogger<MetadataAgent>());
        var server = await AgentServer.StartAsync(
            new AgentServerOptions
            {
                Socket = new AgentSocketOptions
                {
                    Path = socket,
                    // The proxies run as a user of their own, and whoever else connects proves nothing by it.
                    Mode = settings.Get(KnownSettings.AgentSocketMode),
                },
            },
            agent,
            time,
            loggers,
            cancellationToken
        );
        return new AgentHop(server, upstream, signature, ports);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _upstream.Dispose();
        _signature.Dispose();
    }
}
