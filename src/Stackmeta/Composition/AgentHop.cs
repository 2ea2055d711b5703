using Microsoft.Extensions.Logging;
using Stackmeta.Agent;
using Stackmeta.Api;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta;

/// <summary>The agent on its socket, looking up ports in any directory and asking any metadata API.</summary>
sealed class AgentHop : IHop, IRequestHandler
{
    static readonly AgentOptions Options = new();

    readonly AdminSocket _admin;
    readonly TimeProvider _time;
    readonly ILoggerFactory _loggers;
    readonly IAppliedPorts? _applied;
    readonly Exchangeable<Answering> _answering;

    /// <summary>Null where nobody asks from outside of this process.</summary>
    AgentServer? _server;

    AgentHop(
        IAppliedPorts? applied,
        IPortDirectory directory,
        IAsyncDisposable? owned,
        Upstream upstream,
        AdminSocket admin,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        (_applied, _admin, _time, _loggers) = (applied, admin, time, loggers);
        _answering = new(Make(PortsOf(directory), upstream, owned), time);
        admin.Watch(Ports, directory);
    }

    /// <summary>The kept look-ups, to be told of changes.</summary>
    public PortCache Ports => _answering.Current.Ports;

    /// <summary>Answers, for an edge in the same process.</summary>
    public ValueTask<Response> HandleAsync(Request request) => _answering.Current.Agent.HandleAsync(request);

    /// <summary>Opens the agent's socket before an API that is another server.</summary>
    /// <param name="socket">The socket; null for none, where nobody but an edge of this process asks.</param>
    /// <param name="applied">What guests' packets obey now; null where others see to that.</param>
    /// <param name="api">The API.</param>
    /// <param name="secret">What requests to it are signed with.</param>
    /// <param name="directory">Where ports are looked up.</param>
    /// <param name="owned">What the directory needs, disposed of with it; null for what others dispose of.</param>
    /// <param name="admin">Where the operator sees it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="Http.ListenException">The socket cannot be had.</exception>
    public static Task<AgentHop> StartAsync(
        AgentSocketOptions? socket,
        IAppliedPorts? applied,
        UpstreamOptions api,
        byte[] secret,
        IPortDirectory directory,
        IAsyncDisposable? owned,
        AdminSocket admin,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        admin.Health.Add(HopChecks.Upstream(api.Api));
        var upstream = Upstream.Of(api, secret, time, loggers);
        return StartAsync(socket, applied, upstream, directory, owned, admin, time, loggers, cancellationToken);
    }

    /// <summary>Opens the agent's socket before the API of this process.</summary>
    /// <inheritdoc
    /// cref="StartAsync(AgentSocketOptions?, IAppliedPorts?, UpstreamOptions, byte[], IPortDirectory, IAsyncDisposable?, AdminSocket,
    /// TimeProvider, ILoggerFactory, CancellationToken)"/>
    /// <exception cref="Http.ListenException">The socket cannot be had.</exception>
    public static Task<AgentHop> StartAsync(
        AgentSocketOptions? socket,
        IAppliedPorts? applied,
        Func<MetadataApi> api,
        IPortDirectory directory,
        IAsyncDisposable? owned,
        AdminSocket admin,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    ) => StartAsync(socket, applied, Upstream.Of(api), directory, owned, admin, time, loggers, cancellationToken);

    static async Task<AgentHop> StartAsync(
        AgentSocketOptions? socket,
        IAppliedPorts? applied,
        Upstream upstream,
        IPortDirectory directory,
        IAsyncDisposable? owned,
        AdminSocket admin,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var hop = new AgentHop(applied, directory, owned, upstream, admin, time, loggers);
        try
        {
            if (socket is not null)
            {
                await hop.ListenAsync(socket, cancellationToken);
            }
            return hop;
        }
        catch
        {
            await hop._answering.DisposeAsync();
            throw;
        }
    }

    async Task ListenAsync(AgentSocketOptions socket, CancellationToken cancellationToken)
    {
        var serving = new AgentServerOptions { Socket = socket };
        var server = await AgentServer.StartAsync(
            serving with
            {
                Http = serving.Http with { Observer = _admin.Observer, Supervisor = _admin.Supervisor },
            },
            this,
            _time,
            _loggers,
            cancellationToken
        );
        _admin.Health.Add(HopChecks.AgentSocket(socket.Path, () => server.IsInPlace));
        _server = server;
    }

    /// <summary>Makes what asks an API that is another server; kept look-ups stay.</summary>
    /// <returns>What has it asked from now on.</returns>
    public Action PrepareReload(UpstreamOptions api, byte[] secret)
    {
        var next = Make(Ports, Upstream.Of(api, secret, _time, _loggers), owned: null);
        return () =>
        {
            _answering.Exchange(next);
            _admin.Health.Add(HopChecks.Upstream(api.Api));
        };
    }

    /// <summary>Makes what looks ports up elsewhere, and asks an API that is another server.</summary>
    /// <inheritdoc cref="PrepareReload(UpstreamOptions, byte[])"/>
    public Action PrepareReload(UpstreamOptions api, byte[] secret, IPortDirectory directory, IAsyncDisposable owned)
    {
        var prepared = PrepareReload(Upstream.Of(api, secret, _time, _loggers), directory, owned);
        return () =>
        {
            prepared();
            _admin.Health.Add(HopChecks.Upstream(api.Api));
        };
    }

    /// <summary>Makes what looks ports up elsewhere, before the API of this process.</summary>
    /// <inheritdoc cref="PrepareReload(UpstreamOptions, byte[])"/>
    public Action PrepareReload(Func<MetadataApi> api, IPortDirectory directory, IAsyncDisposable owned) =>
        PrepareReload(Upstream.Of(api), directory, owned);

    Action PrepareReload(Upstream upstream, IPortDirectory directory, IAsyncDisposable owned)
    {
        var next = Make(PortsOf(directory), upstream, owned);
        return () =>
        {
            _answering.Exchange(next);
            _admin.Watch(next.Ports, directory);
        };
    }

    PortCache PortsOf(IPortDirectory directory) => new(_admin.Observe(directory), Options.Ports, _time);

    Answering Make(PortCache ports, Upstream upstream, IAsyncDisposable? owned) =>
        new(
            new(Options, ports, upstream.Api, _time, _loggers.CreateLogger<MetadataAgent>(), _applied),
            ports,
            upstream,
            owned
        );

    public Task StopAsync(CancellationToken cancellationToken) =>
        _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
        await _answering.DisposeAsync();
    }

    /// <summary>Whom the agent asks, and what that needs.</summary>
    sealed record Upstream(IMetadataUpstream Api, params IDisposable[] Owned)
    {
        public static Upstream Of(Func<MetadataApi> api) => new(new InProcessUpstream(api));

        public static Upstream Of(UpstreamOptions options, byte[] secret, TimeProvider time, ILoggerFactory loggers)
        {
            var signature = new InstanceSignature(secret);
            var upstream = new HttpMetadataUpstream(
                options,
                signature,
                time,
                loggers.CreateLogger<HttpMetadataUpstream>()
            );
            return new(upstream, upstream, signature);
        }
    }

    /// <summary>What other settings make anew.</summary>
    sealed class Answering(MetadataAgent agent, PortCache ports, Upstream upstream, IAsyncDisposable? owned)
        : IAsyncDisposable
    {
        public MetadataAgent Agent => agent;

        public PortCache Ports => ports;

        public async ValueTask DisposeAsync()
        {
            Array.ForEach(upstream.Owned, static one => one.Dispose());
            if (owned is not null)
            {
                await owned.DisposeAsync();
            }
        }
    }
}
