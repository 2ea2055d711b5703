using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Agent;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Reference.Tests;

/// <summary>Our agent on a socket of its own.</summary>
sealed class AgentRig : IAsyncDisposable
{
    /// <summary>What the recorded agent signed with.</summary>
    public static readonly byte[] Secret = Encoding.ASCII.GetBytes("rig-shared-secret");

    readonly string _folder;
    readonly AgentServer _server;
    readonly IDisposable[] _owned;
    bool _isStopped;

    AgentRig(string folder, MetadataAgent agent, AgentServer server, IDisposable[] owned)
    {
        _folder = folder;
        Agent = agent;
        _server = server;
        _owned = owned;
    }

    /// <summary>What answers on the socket, for a caller in this process.</summary>
    public MetadataAgent Agent { get; }

    public string SocketPath => SocketIn(_folder);

    public EndPoint Address => new UnixDomainSocketEndPoint(SocketPath);

    /// <summary>Starts it before an API that is another server.</summary>
    public static Task<AgentRig> StartAsync(
        IPortDirectory directory,
        Uri api,
        AgentOptions? options = null,
        ILogger? logger = null
    )
    {
        logger ??= NullLogger.Instance;
        var signature = new InstanceSignature(Secret);
        var upstream = new HttpMetadataUpstream(
            new UpstreamOptions { Api = api },
            signature,
            TimeProvider.System,
            logger
        );
        return StartAsync(directory, upstream, options ?? new(), logger, upstream, signature);
    }

    /// <summary>Starts it before anything.</summary>
    public static async Task<AgentRig> StartAsync(
        IPortDirectory directory,
        IMetadataUpstream upstream,
        AgentOptions options,
        ILogger? logger = null,
        params IDisposable[] owned
    )
    {
        var folder = Directory.CreateTempSubdirectory("stackmeta-agent-rig-").FullName;
        // Proxies run as users of their own.
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var ports = new PortCache(directory, options.Ports, TimeProvider.System);
        var agent = new MetadataAgent(options, ports, upstream, TimeProvider.System, logger ?? NullLogger.Instance);
        var server = await AgentServer.StartAsync(
            new()
            {
                Socket = new() { Path = SocketIn(folder), Mode = AgentSocketMode.All },
            },
            agent,
            TimeProvider.System,
            NullLoggerFactory.Instance,
            CancellationToken.None
        );
        return new(folder, agent, server, owned);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isStopped)
        {
            return;
        }
        _isStopped = true;
        await _server.DisposeAsync();
        Array.ForEach(_owned, one => one.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    static string SocketIn(string folder) => Path.Combine(folder, "metadata_proxy");
}
