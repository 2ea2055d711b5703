using Microsoft.Extensions.Logging;
using Stackmeta.Agent;
using Stackmeta.Core.Supervision;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>The hops of the path that this process runs, started from the back to the front and stopped in the other order.</summary>
sealed class RunningPath : IRunning
{
    /// <summary>How long requests under way may take to end at a stop: below the 90 s after which systemd kills.</summary>
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    readonly CancellationTokenSource _stop = new();
    readonly OwnInventory _inventory;
    readonly ILoggerFactory _loggers;
    readonly ILogger _logger;
    readonly TimeProvider _time;
    readonly Supervisor _supervisor;
    readonly DataFolder _folder;
    HostSockets? _kept;
    AdminSocket _admin = null!;
    ApiHop? _api;
    AgentHop? _agent;
    EdgeSockets? _sockets;
    EdgeHop? _edge;
    Task _following = Task.CompletedTask;

    /// <summary>The API that the agent asks if it is elsewhere.</summary>
    Uri? _apiElsewhere;
    Hops _hops;

    RunningPath(
        DataFolder folder,
        OwnInventory inventory,
        Supervisor supervisor,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        _folder = folder;
        _inventory = inventory;
        _time = time;
        _loggers = loggers;
        _logger = loggers.CreateLogger<RunningPath>();
        _supervisor = supervisor;
    }

    public IInventory Inventory => _inventory;

    /// <summary>The socket that the operator asks on; null when there is none.</summary>
    public string? AdminSocketPath => _admin.Path;

    /// <inheritdoc/>
    public IReadOnlyList<string> AdminSockets => AdminSocketPath is { } path ? [path] : [];

    /// <inheritdoc/>
    public Task Started => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<string?> FindUnreadyAsync(CancellationToken cancellationToken) =>
        Unreadiness.FindAsync(_admin.Health, cancellationToken);

    /// <summary>Ends when another process has taken this one's place.</summary>
    public Task Ended => _sockets?.Ended ?? new TaskCompletionSource().Task;

    /// <summary>Starts the wanted hops on the inventory that the settings name.</summary>
    /// <param name="settings">All settings.</param>
    /// <param name="folder">The data folder, made when it is not there.</param>
    /// <param name="hops">Which.</param>
    /// <param name="source">Whose networks the edge serves, if it is among them.</param>
    /// <param name="supervisor">Owns the loops of the process, and says which of them are down.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="InventoryException">The inventory cannot be used.</exception>
    /// <exception cref="Http.ListenException">A port or the socket cannot be had.</exception>
    /// <exception cref="EdgeException">The machine does not allow to make networks.</exception>
    /// <exception cref="SettingsException">A setting names something that cannot be used.</exception>
    public static async Task<RunningPath> StartAsync(
        SettingValues settings,
        DataFolder folder,
        Hops hops,
        NetworkSource source,
        Supervisor supervisor,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        if (hops == Hops.Api && settings.Get(KnownSettings.ApiListen).Count == 0)
        {
            throw new SettingsException([
                new(
                    settings.OriginOf(KnownSettings.ApiListen),
                    "api.listen is empty: the API alone must listen somewhere."
                ),
            ]);
        }
        folder.Make();
        var secret =
            hops.HasFlag(Hops.Api) || hops.HasFlag(Hops.Agent) ? SharedSecret.ReadOrMake(folder.SharedSecretFile) : [];
        var path = new RunningPath(
            folder,
            InventoryPlace.Of(settings, folder).Open(time, loggers),
            supervisor,
            time,
            loggers
        );
        try
        {
            await path.StartAsync(settings, folder, hops, source, secret, cancellationToken);
            return path;
        }
        catch
        {
            await path.DisposeAsync();
            throw;
        }
    }

    async Task StartAsync(
        SettingValues settings,
        DataFolder folder,
        Hops hops,
        NetworkSource source,
        byte[] secret,
        CancellationToken cancellationToken
    )
    {
        // Before the sockets of namespaces are taken. Of two halves, systemd knows the privileged one alone.
        _kept = PrivilegedHalf.IsOther(settings) ? null : HostSockets.Open(_loggers);
        if (hops.HasFlag(Hops.Edge))
        {
            // First, so that an earlier process has ended before its ports are opened here.
            _sockets = await EdgeSockets.StartAsync(settings, folder, _supervisor, _time, _loggers, cancellationToken);
        }
        _admin = await AdminSocket.OpenAsync(
            PrivilegedHalf.AdminOf(settings, folder),
            folder,
            hops == Hops.All ? "" : hops.ToString().ToLowerInvariant().Replace(", ", "-"),
            _inventory,
            _supervisor,
            _time,
            _loggers,
            cancellationToken
        );
        if (_inventory is PostgresInventory shared)
        {
            _admin.Health.Add(SourceChecks.Changes(shared));
        }
        _admin.Health.Starting("hops are opening");
        _hops = hops;
        _apiElsewhere = hops.HasFlag(Hops.Agent) ? ApiElsewhere(settings, hops) : null;
        if (hops.HasFlag(Hops.Api) || (hops.HasFlag(Hops.Agent) && _apiElsewhere is null))
        {
            _api = ApiHop.Create(settings, secret, _inventory, _admin, _time, _loggers);
        }
        if (hops.HasFlag(Hops.Api))
        {
            await _api!.ListenAsync(settings, isAlone: hops == Hops.Api, _kept, cancellationToken);
        }
        if (hops.HasFlag(Hops.Agent))
        {
            var socket = AgentSocketPlan.Of(settings, folder, hops, source, _kept);
            _agent = await (
                _apiElsewhere is null
                    ? AgentHop.StartAsync(
                        socket,
                        AppliedOf(folder, source),
                        () => _api!.Api,
                        new GuestsAtOnce(_inventory, _api!.Instances, _time),
                        owned: null,
                        _admin,
                        _time,
                        _loggers,
                        cancellationToken
                    )
                    : AgentHop.StartAsync(
                        socket,
                        AppliedOf(folder, source),
                        new UpstreamOptions { Api = _apiElsewhere },
                        secret,
                        _inventory,
                        owned: null,
                        _admin,
                        _time,
                        _loggers,
                        cancellationToken
                    )
            );
        }
        if (hops.HasFlag(Hops.Edge))
        {
            _edge = await EdgeHop.StartAsync(
                settings,
                folder,
                source,
                _agent,
                _admin,
                _sockets!,
                _time,
                _loggers,
                cancellationToken
            );
        }
        var follower = new InventoryFollower(_inventory, _time, _logger)
        {
            Api = _api,
            Agent = _agent,
            Edge = _edge?.Networks,
            Scopes = _edge?.Scopes,
            Host = settings.Get(KnownSettings.Host),
            DnsDomain = settings.Get(KnownSettings.EdgeDnsDomain),
        };
        _admin.Health.Add(HopChecks.Records(() => follower.Faults));
        _admin.Health.Starting("networks are being made");
        _following = _supervisor.RunAsync("inventory", follower.RunAsync, _stop.Token);
        await follower.Settled.WaitAsync(cancellationToken);
        _kept?.DropLeft();
        _admin.Health.Started();
    }

    /// <summary>What answers follow: what this process applies, or what the one that provides the networks tells in files.</summary>
    AppliedPortsOf AppliedOf(DataFolder folder, NetworkSource source) =>
        new(
            source == NetworkSource.Inventory && _sockets is { Opener: not null }
                ? _sockets.Applied
                : new AppliedFiles(folder.EdgeState, _time, _loggers.CreateLogger<AppliedFiles>())
        );

    /// <inheritdoc/>
    public Action PrepareReload(SettingValues settings)
    {
        var prepared = new List<Action>();
        if (_api is not null || _agent is not null)
        {
            var secret = SharedSecret.Read(DataFolder.At(_folder.Path, settings).SharedSecretFile);
            if (_api is not null)
            {
                prepared.Add(_api.PrepareReload(settings, secret));
            }
            if (_agent is not null)
            {
                var apiElsewhere = ApiElsewhere(settings, _hops);
                if (apiElsewhere is null != _apiElsewhere is null)
                {
                    throw new SettingsException([
                        new(
                            settings.OriginOf(KnownSettings.AgentApi),
                            "Whether the agent asks in-process cannot change while it runs (agent.api): restart it."
                        ),
                    ]);
                }
                if (apiElsewhere is not null)
                {
                    prepared.Add(_agent.PrepareReload(new UpstreamOptions { Api = apiElsewhere }, secret));
                }
            }
        }
        return () =>
        {
            prepared.ForEach(static hold => hold());
            _edge?.Limit(settings);
        };
    }

    /// <summary>
    /// The API of another process that the agent shall ask; null for this one's. Where nothing is set, what runs here is asked here.
    /// </summary>
    static Uri? ApiElsewhere(SettingValues settings, Hops hops) =>
        settings.IsSet(KnownSettings.AgentApi) || !hops.HasFlag(Hops.Api) ? settings.Get(KnownSettings.AgentApi) : null;

    /// <summary>Returns once the edge serves a network that was just written to the inventory.</summary>
    /// <exception cref="CommandException">The network could not be made.</exception>
    public async Task WaitForNetworkAsync(Guid id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var status = _edge!.Networks!.Statuses.FirstOrDefault(status => status.NetworkId == id);
            switch (status?.Health)
            {
                case EdgeNetworkHealth.Serving:
                    return;
                case EdgeNetworkHealth.Failed:
                    throw new CommandException($"The network could not be made: {status.Reason}");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), _time, cancellationToken);
        }
    }

    /// <summary>Stops in order: no new guests, then what is under way ends, then what was made is removed.</summary>
    public async ValueTask DisposeAsync()
    {
        Log.Stopping(_logger);
        _admin?.Health.Stopping();
        await _stop.CancelAsync();
        await _following;
        using var drain = new CancellationTokenSource(DrainTime, _time);
        if (_edge is not null)
        {
            await _edge.StopAsync(drain.Token);
            await _edge.DisposeAsync();
        }
        if (_agent is not null)
        {
            await _agent.StopAsync(drain.Token);
            await _agent.DisposeAsync();
        }
        if (_api is not null)
        {
            await _api.StopAsync(drain.Token);
            await _api.DisposeAsync();
        }
        if (_admin is not null)
        {
            await _admin.DisposeAsync();
        }
        _inventory.Dispose();
        _kept?.Dispose();
        if (_sockets is not null)
        {
            // Last: this is how a successor sees that all else has ended.
            await _sockets.DisposeAsync();
        }
        _stop.Dispose();
    }
}

/// <summary>The hops that a process may run.</summary>
[Flags]
enum Hops
{
    None = 0,
    Api = 1,
    Agent = 2,
    Edge = 4,
    All = Api | Agent | Edge,
}
