using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Stackmeta.Admin;
using Stackmeta.Agent;
using Stackmeta.Api;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Supervision;
using Stackmeta.Http;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>
/// What the operator sees of this process: an observer that its servers report to, what is looked at before it is called ready, and the
/// socket on which all of it is asked for. Opened before the hops, so that a start can be watched.
/// </summary>
sealed class AdminSocket : IAsyncDisposable
{
    /// <summary>In the place of a path: there is none.</summary>
    public const string Off = "off";

    readonly TimeProvider _time;
    readonly Owned _owned = new();
    readonly CacheGauges _caches;

    // Set when the agent starts, and again when new settings make another.
    PortCache? _ports;

    AdminSocket(Supervisor supervisor, TimeProvider time, RequestObserver observer, IInventory? inventory)
    {
        _time = time;
        Supervisor = supervisor;
        Observer = _owned.Add(observer);
        _caches = new CacheGauges(observer.Meter);
        SupervisorMetrics.Show(supervisor, observer.Meter);
        Health = new Health(time);
        Health.Add(HopChecks.Tasks(supervisor));
        Drives = new DriveRoutes(inventory, time);
    }

    /// <summary>Where servers report their requests.</summary>
    public RequestObserver Observer { get; }

    public Health Health { get; }

    /// <summary>Owns the loops and background tasks of the process.</summary>
    public Supervisor Supervisor { get; }

    /// <summary>Hands config drives out.</summary>
    public DriveRoutes Drives { get; }

    /// <summary>The socket; null when there is none.</summary>
    public string? Path { get; private set; }

    /// <summary>Opens the socket where the settings say. A usual place that cannot be had is told and done without.</summary>
    /// <param name="settings">Where.</param>
    /// <param name="hops">What the process runs, for the usual place; empty for all hops.</param>
    /// <param name="inventory">What the inventory's routes work on; null for none.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="supervisor">Whose tasks are shown.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ListenException">A place that was set cannot be had.</exception>
    public static async Task<AdminSocket> OpenAsync(
        SettingValues settings,
        DataFolder folder,
        string hops,
        IInventory? inventory,
        Supervisor supervisor,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var set = settings.Get(KnownSettings.AdminListen);
        if (set == Off)
        {
            return new AdminSocket(supervisor, time, new RequestObserver(time), inventory).ExportedAsSet(
                settings,
                loggers
            );
        }
        var (refusals, feed, talkers) = (new RefusalMemory(), new RequestFeed(), new TopTalkers(time));
        var admin = new AdminSocket(
            supervisor,
            time,
            new RequestObserver(time, refusals, feed, talkers),
            inventory
        ).ExportedAsSet(settings, loggers);
        talkers.Show(admin.Observer.Meter);
        var metrics = admin._owned.Add(new MetricStore(admin.Observer.Meter));
        IEnumerable<AdminRoute> routes =
        [
            .. HealthRoutes.Of(admin.Health),
            .. MetricRoutes.Of(metrics),
            .. RequestRoutes.Of(refusals, feed),
            .. admin.Drives.All,
            .. inventory is null ? [] : InventoryRoutes.Of(inventory),
        ];
        var path = set.Length > 0 ? set : folder.AdminSocket(hops);
        try
        {
            admin._owned.Add(
                await AdminServer.StartAsync(
                    path,
                    // A half without rights may outlive the one that started it; its successor is of the same place.
                    settings.Get(KnownSettings.AgentTakeOver) || PrivilegedHalf.IsOther(settings),
                    routes,
                    loggers,
                    cancellationToken
                )
            );
            admin.Path = path;
            return admin;
        }
        catch (ListenException e) when (set.Length == 0)
        {
            Log.NoAdminSocket(loggers.CreateLogger<AdminSocket>(), e.Message);
            return admin;
        }
        catch
        {
            await admin.DisposeAsync();
            throw;
        }
    }

    AdminSocket ExportedAsSet(SettingValues settings, ILoggerFactory loggers)
    {
        var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        if (TelemetryExport.Start(settings, environment, loggers) is { } export)
        {
            _owned.Add(export);
        }
        return this;
    }

    /// <summary>A source whose questions are timed.</summary>
    public IInstanceSource Observe(IInstanceSource source) => new ObservedInstances(source, Observer, _time);

    /// <summary>A directory whose questions are timed.</summary>
    public IPortDirectory Observe(IPortDirectory directory) =>
        directory is INetworkPortDirectory networks
            ? new ObservedNetworkPorts(networks, Observer, _time)
            : new ObservedPorts(directory, Observer, _time);

    /// <summary>Shows how the kept records fare, and counts the process ready only while there are some or the source answers.</summary>
    public void Watch(InstanceCache kept, IInstanceSource source)
    {
        _caches.Add("instances", () => kept.Statistics);
        Health.Add(SourceChecks.Instances(source, kept, _time));
    }

    /// <summary>The same of the kept look-ups of ports.</summary>
    public void Watch(PortCache kept, IPortDirectory directory)
    {
        _caches.Add("ports", () => kept.Statistics);
        if (Interlocked.Exchange(ref _ports, kept) is null)
        {
            Observer.Meter.CreateObservableGauge(
                "stackmeta.networks.waking",
                () => (long)_ports.NetworksWaking,
                "{network}",
                "Networks that are asked for as a whole now, because many of their guests ask at once."
            );
        }
        Health.Add(SourceChecks.Ports(directory, kept, _time));
    }

    public ValueTask DisposeAsync() => _owned.DisposeAsync();
}
