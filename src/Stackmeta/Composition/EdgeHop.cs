using Microsoft.Extensions.Logging;
using Stackmeta.Agent;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>The edge: the networks that it provides or follows, and what answers in their namespaces.</summary>
sealed class EdgeHop : IHop
{
    readonly Owned _owned = new();
    readonly CancellationTokenSource _stop = new();
    EdgeServer? _server;
    Task _following = Task.CompletedTask;

    EdgeHop() { }

    /// <summary>Provides networks, once it is told which; null when it follows those of others.</summary>
    public NetworkProvisioner? Networks { get; private set; }

    /// <summary>Starts it; it serves no namespace yet, except those that it follows.</summary>
    /// <param name="settings">Who answers in namespaces, and how much a guest may ask.</param>
    /// <param name="folder">Where its files are, and the agent's socket.</param>
    /// <param name="source">Whose networks.</param>
    /// <param name="agent">The agent of this process, which is then called; null forwards to the agent's socket.</param>
    /// <param name="admin">Where the operator sees it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="EdgeException">The machine does not allow it.</exception>
    public static async Task<EdgeHop> StartAsync(
        SettingValues settings,
        DataFolder folder,
        NetworkSource source,
        MetadataAgent? agent,
        AdminSocket admin,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var hop = new EdgeHop();
        try
        {
            if (settings.Get(KnownSettings.EdgeProxy) == EdgeProxy.Listeners || source != NetworkSource.Inventory)
            {
                hop._server = await hop.ServeAsync(settings, folder, agent, admin, time, loggers, cancellationToken);
            }
            await hop.FollowAsync(settings, folder, source, time, loggers);
            if (hop.Networks is { } networks)
            {
                admin.Health.Add(HopChecks.Networks(() => networks.Statuses));
            }
            if (agent is null)
            {
                admin.Health.Add(HopChecks.Agent(folder.AgentSocket));
            }
            return hop;
        }
        catch
        {
            await hop.DisposeAsync();
            throw;
        }
    }

    async Task<EdgeServer> ServeAsync(
        SettingValues settings,
        DataFolder folder,
        MetadataAgent? agent,
        AdminSocket admin,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var options = new EdgeServerOptions { Limits = GuestLimitSettings.Of(settings), Observer = admin.Observer };
        if (agent is not null)
        {
            return await EdgeServer.StartAsync(
                options,
                new DirectSockets(),
                agent.HandleAsync,
                static (features, arrival) => features.Set<IGuestConnectionFeature>(GuestConnection.Of(arrival)),
                time,
                loggers,
                cancellationToken
            );
        }
        var forwarder = _owned.Add(
            new AgentForwarder(folder.AgentSocket, time, loggers.CreateLogger<AgentForwarder>())
        );
        return await EdgeServer.StartAsync(
            options,
            new DirectSockets(),
            forwarder.HandleAsync,
            connected: null,
            time,
            loggers,
            cancellationToken
        );
    }

    async Task FollowAsync(
        SettingValues settings,
        DataFolder folder,
        NetworkSource source,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        switch (source)
        {
            case NetworkSource.Inventory:
                var options = new EdgeOptions
                {
                    RunDirectory = folder.EdgeState,
                    MetadataProxySocket = folder.AgentSocket,
                    PacketFilter = settings.Get(KnownSettings.EdgePacketFilter),
                };
                Networks = new(options, time, loggers.CreateLogger<NetworkProvisioner>(), _server?.Listeners);
                break;
            case NetworkSource.Namespaces:
                var only = settings.Get(KnownSettings.EdgeWatchOnly).ToHashSet();
                var watch = new NamespaceWatch(
                    _server!.Listeners,
                    only.Count == 0 ? null : scope => only.Contains(scope.Id),
                    time,
                    loggers.CreateLogger<NamespaceWatch>()
                );
                _following = watch.RunAsync(_stop.Token);
                break;
            case NetworkSource.DropIns:
                var dropIns = _owned.Add(
                    new DropInServer(folder.DropIns, _server!.Listeners, time, loggers.CreateLogger<DropInServer>())
                );
                _following = dropIns.RunAsync(_stop.Token);
                break;
        }
        if (_following.IsFaulted)
        {
            // It cannot even begin.
            await _following;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Removes the networks that were made here; those of others stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Networks is not null)
        {
            await Networks.StopAsync(CancellationToken.None);
            await Networks.DisposeAsync();
        }
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
        await _owned.DisposeAsync();
        _stop.Dispose();
    }
}

/// <summary>Whose networks the edge serves.</summary>
enum NetworkSource
{
    /// <summary>Those of our inventory, which the edge makes on this host.</summary>
    Inventory,

    /// <summary>Those whose namespaces appear on this host, made by Neutron's agents.</summary>
    Namespaces,

    /// <summary>Those for which Neutron's agents start <c>stackmeta haproxy</c>.</summary>
    DropIns,
}
