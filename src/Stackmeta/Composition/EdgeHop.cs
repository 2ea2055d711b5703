using Microsoft.Extensions.Logging;
using Stackmeta.Core.Supervision;
using Stackmeta.Edge;
using Stackmeta.Http;

namespace Stackmeta;

/// <summary>The edge: the networks that it provides or follows, and what answers in their namespaces.</summary>
sealed class EdgeHop : IHop, IEndsItself
{
    readonly Owned _owned = new();
    readonly CancellationTokenSource _stop = new();
    readonly EdgeSockets _sockets;
    readonly bool _keepsNetworks;
    EdgeServer? _server;
    Task _following = Task.CompletedTask;

    /// <summary>Set before anybody has the hop.</summary>
    bool _ownsSockets;

    EdgeHop(EdgeSockets sockets, bool keepsNetworks)
    {
        _sockets = sockets;
        _keepsNetworks = keepsNetworks;
    }

    /// <summary>Provides networks, once it is told which; null when others do.</summary>
    public NetworkProvisioner? Networks { get; private set; }

    /// <summary>Which networks of the inventory are served, to be told; null where <see cref="Networks"/> are, or all are.</summary>
    public ServedScopes? Scopes { get; private set; }

    /// <summary>Ends when another process has taken this one's place.</summary>
    public Task Ended => _sockets.Ended;

    /// <summary>Starts it; it serves no namespace yet, except those that it follows.</summary>
    /// <param name="settings">Who answers in namespaces, and how much a guest may ask.</param>
    /// <param name="folder">Where its files are, and the agent's socket.</param>
    /// <param name="source">Whose networks.</param>
    /// <param name="agent">The agent of this process, which is then called; null forwards to the agent's socket.</param>
    /// <param name="admin">Where the operator sees it.</param>
    /// <param name="sockets">Where listening sockets are had from; stays the caller's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="EdgeException">The machine does not allow it.</exception>
    public static async Task<EdgeHop> StartAsync(
        SettingValues settings,
        DataFolder folder,
        NetworkSource source,
        IRequestHandler? agent,
        AdminSocket admin,
        EdgeSockets sockets,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var hop = new EdgeHop(sockets, settings.Get(KnownSettings.EdgeKeepNetworks));
        try
        {
            var listens =
                settings.Get(KnownSettings.EdgeProxy) == EdgeProxy.Listeners || source != NetworkSource.Inventory;
            if (listens && !PrivilegedHalf.IsWanted(settings))
            {
                hop._server = await hop.ServeAsync(
                    settings,
                    folder,
                    source,
                    agent,
                    admin,
                    time,
                    loggers,
                    cancellationToken
                );
                admin.Health.Add(HopChecks.Clients(hop._server.IdentityNotice));
            }
            await hop.FollowAsync(settings, folder, source, admin.Supervisor, time, loggers, cancellationToken);
            if (hop.Networks is { } networks)
            {
                admin.Health.Add(HopChecks.Networks(() => networks.Statuses));
            }
            // The privileged half asks nobody: the serving one has listeners and agent.
            if (
                agent is null
                && (hop._server is not null || settings.Get(KnownSettings.EdgeProxy) == EdgeProxy.Haproxy)
            )
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

    /// <summary>Starts it in a process that runs nothing before it, with sockets of its own.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public static async Task<EdgeHop> StartAloneAsync(
        SettingValues settings,
        NetworkSource source,
        IRequestHandler? agent,
        AdminSocket admin,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var folder = DataFolder.Of(settings).Make();
        var sockets = await EdgeSockets.StartAsync(
            settings,
            folder,
            admin.Supervisor,
            time,
            loggers,
            cancellationToken
        );
        try
        {
            var hop = await StartAsync(
                settings,
                folder,
                source,
                agent,
                admin,
                sockets,
                time,
                loggers,
                cancellationToken
            );
            hop._ownsSockets = true;
            return hop;
        }
        catch
        {
            await sockets.DisposeAsync();
            throw;
        }
    }

    async Task<EdgeServer> ServeAsync(
        SettingValues settings,
        DataFolder folder,
        NetworkSource source,
        IRequestHandler? agent,
        AdminSocket admin,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var options = new EdgeServerOptions
        {
            Limits = GuestLimitSettings.Of(settings),
            Capacity = DescriptorShares.Guests(hasAgent: agent is not null),
            Observer = admin.Observer,
            // Of networks of others, their agents see to it.
            HasAntiSpoofing = source != NetworkSource.Inventory || settings.Get(KnownSettings.EdgePortSecurity),
            Supervisor = admin.Supervisor,
        };
        if (agent is not null)
        {
            return await EdgeServer.StartAsync(
                options,
                _sockets.Sockets,
                agent,
                GuestConnection.Of,
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
            _sockets.Sockets,
            forwarder,
            clientOf: null,
            time,
            loggers,
            cancellationToken
        );
    }

    /// <summary>Makes the inventory's networks, or listens in them as another process makes them.</summary>
    void Provide(
        SettingValues settings,
        DataFolder folder,
        Supervisor supervisor,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        if (_sockets.Opener is { } opener)
        {
            var options = new EdgeOptions
            {
                RunDirectory = folder.EdgeState,
                MetadataProxySocket = folder.AgentSocket,
                PacketFilter = settings.Get(KnownSettings.EdgePacketFilter),
                PortSecurity = settings.Get(KnownSettings.EdgePortSecurity),
                LinkLocalAddresses = (int)settings.Get(KnownSettings.EdgeLinkLocalAddresses),
            };
            var isElsewhere = _server is null && settings.Get(KnownSettings.EdgeProxy) == EdgeProxy.Listeners;
            Networks = new(
                options,
                time,
                loggers.CreateLogger<NetworkProvisioner>(),
                _server?.Listeners,
                isElsewhere ? name => opener.Namespaces.Contains(name) : null,
                supervisor
            )
            {
                Applied = _sockets.Applied,
            };
        }
        else if (_server is not null)
        {
            var scopes = new ServedScopes();
            var watch = new NamespaceWatch(
                _server.Listeners,
                scopes.Contains,
                supervisor,
                time,
                loggers.CreateLogger<NamespaceWatch>()
            );
            scopes.Changed = watch.LookAgain;
            Scopes = scopes;
            _following = supervisor.RunAsync("namespaces", watch.RunAsync, _stop.Token);
        }
    }

    async Task FollowAsync(
        SettingValues settings,
        DataFolder folder,
        NetworkSource source,
        Supervisor supervisor,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        switch (source)
        {
            case NetworkSource.Inventory:
                Provide(settings, folder, supervisor, time, loggers);
                break;
            case NetworkSource.Namespaces:
                var only = settings.Get(KnownSettings.EdgeWatchOnly).ToHashSet();
                var watch = new NamespaceWatch(
                    _server!.Listeners,
                    only.Count == 0 ? null : scope => only.Contains(scope.Id),
                    supervisor,
                    time,
                    loggers.CreateLogger<NamespaceWatch>()
                );
                _following = supervisor.RunAsync("namespaces", watch.RunAsync, _stop.Token);
                await Task.WhenAny(_following, watch.FirstLook).WaitAsync(cancellationToken);
                break;
            case NetworkSource.DropIns:
                var dropIns = _owned.Add(
                    new DropInServer(
                        folder.DropIns,
                        _server!.Listeners,
                        supervisor,
                        time,
                        loggers.CreateLogger<DropInServer>()
                    )
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

    /// <summary>Other limits hold for guests from now on.</summary>
    public void Limit(SettingValues settings) => _server?.Limits.Change(GuestLimitSettings.Of(settings));

    public Task StopAsync(CancellationToken cancellationToken) =>
        _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Removes the networks that were made here, unless a successor goes on with them; those of others stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Networks is not null)
        {
            if (!_keepsNetworks && !_sockets.Ended.IsCompleted)
            {
                await Networks.StopAsync(CancellationToken.None);
            }
            await Networks.DisposeAsync();
        }
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
        await _owned.DisposeAsync();
        if (_ownsSockets)
        {
            // Last: this is how a successor sees that all else has ended.
            await _sockets.DisposeAsync();
        }
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
