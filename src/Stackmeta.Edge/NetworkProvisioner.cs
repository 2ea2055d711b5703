using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>
/// Provides networks on this host as Neutron's agents do: for each a bridge, a namespace <c>qdhcp-</c> with its addresses,
/// dnsmasq and, where the metadata is served from there, haproxy or listeners of this process (spec/neutron-metadata.md §1, §2).
/// </summary>
/// <remarks>
/// All of it is named as Neutron names it and marked as ours in the kernel; what is not marked is never touched. The
/// processes die with this one, even by SIGKILL; links, namespaces and attached guests outlive it and are taken over by the
/// next provisioner of the same run directory.
/// </remarks>
/// <param name="listeners">Listens in the namespaces from this process; null has a haproxy in each.</param>
public sealed class NetworkProvisioner(
    EdgeOptions options,
    TimeProvider time,
    ILogger<NetworkProvisioner> logger,
    NamespaceListeners? listeners = null
) : IAsyncDisposable
{
    static readonly string[] Programs = ["dnsmasq", "haproxy", "radvd"];
    static readonly TimeSpan LeftOverPoll = TimeSpan.FromMilliseconds(20);

    /// <summary>One apply, stop or dispose at a time.</summary>
    readonly SemaphoreSlim _gate = new(1);

    /// <summary>Held while a status is compared and announced, so that events come in order.</summary>
    readonly Lock _announcing = new();
    readonly ConcurrentDictionary<Guid, ProvisionedNetwork> _networks = new();
    readonly ConcurrentDictionary<Guid, ProvisionedRouter> _routers = new();

    // Both made by the first apply and given up at the end; under _gate.
    RunDirectory? _directory;
    ProcessStarter? _starter;

    /// <summary>
    /// Whether another process listens in the namespace of that name, which it then does by itself; null when this one
    /// listens or starts a haproxy.
    /// </summary>
    public Func<string, bool>? IsListenedIn { get; init; }

    /// <summary>Raised when a network's health or its reason has changed: something broke, or came back.</summary>
    public event EventHandler<EdgeNetworkStatusEventArgs>? StatusChanged;

    /// <summary>How each network fares now.</summary>
    public IReadOnlyList<EdgeNetworkStatus> Statuses => [.. _networks.Values.Select(network => network.Status)];

    /// <summary>How each router fares now.</summary>
    public IReadOnlyList<EdgeRouterStatus> RouterStatuses => [.. _routers.Values.Select(router => router.Status)];

    /// <summary>Makes the machine have these networks and no router.</summary>
    /// <inheritdoc cref="ApplyAsync(IReadOnlyList{EdgeNetwork}, IReadOnlyList{EdgeRouter}, CancellationToken)"/>
    public Task<IReadOnlyList<EdgeNetworkStatus>> ApplyAsync(
        IReadOnlyList<EdgeNetwork> wanted,
        CancellationToken cancellationToken
    ) => ApplyAsync(wanted, [], cancellationToken);

    /// <summary>
    /// Makes the machine have these networks and routers, and none of ours besides. What is right already is left as it is;
    /// a port that came or went only makes dnsmasq read its files again. One's failure does not touch the others.
    /// </summary>
    /// <returns>The status of each wanted network, in their order; those of routers are in <see cref="RouterStatuses"/>.</returns>
    /// <exception cref="EdgeException">Nothing can be done at all: rights or programs are missing, or another edge has the run directory.</exception>
    public async Task<IReadOnlyList<EdgeNetworkStatus>> ApplyAsync(
        IReadOnlyList<EdgeNetwork> wanted,
        IReadOnlyList<EdgeRouter> routers,
        CancellationToken cancellationToken
    )
    {
        RequireDistinct("Network", wanted.Select(network => network.Id));
        RequireDistinct("Router", routers.Select(router => router.Id));
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var (directory, starter) = await OpenAsync(cancellationToken);
            var wantedRouters = routers.Select(router => router.Id).ToHashSet();
            var wantedNetworks = wanted.Select(network => network.Id).ToHashSet();
            await RemoveAsync(
                networks: Known(directory.FindNetworks(), _networks.Keys).Where(id => !wantedNetworks.Contains(id)),
                routers: Known(directory.FindRouters(), _routers.Keys).Where(id => !wantedRouters.Contains(id)),
                (directory, starter),
                cancellationToken
            );
            await ForEachAsync(
                wanted,
                network => NetworkOf(network.Id, directory, starter).ApplyAsync(network, cancellationToken)
            );
            await ForEachAsync(
                routers,
                router => RouterOf(router.Id, directory, starter).ApplyAsync(router, cancellationToken)
            );
            return [.. wanted.Select(network => _networks[network.Id].Status)];
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Removes everything that was made: processes, namespaces, links, files.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_directory is { } directory && _starter is { } starter)
            {
                await RemoveAsync(
                    Known(directory.FindNetworks(), _networks.Keys),
                    Known(directory.FindRouters(), _routers.Keys),
                    (directory, starter),
                    cancellationToken
                );
            }
            Close();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Ends the processes but leaves namespaces and bridges with the guests attached to them, for the next start to take
    /// over. After <see cref="StopAsync"/> there is nothing left to do.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        await ForEachAsync(_networks.Values, network => network.StopProcessesAsync());
        await ForEachAsync(_routers.Values, router => router.StopProcessesAsync());
        Close();
        _gate.Dispose();
    }

    void Close()
    {
        _networks.Clear();
        _routers.Clear();
        _starter?.Dispose();
        _directory?.Dispose();
        (_starter, _directory) = (null, null);
    }

    async Task<(RunDirectory Directory, ProcessStarter Starter)> OpenAsync(CancellationToken cancellationToken)
    {
        if (_directory is null || _starter is null)
        {
            Privileges.RequireNetworkAdministration();
            Executables.Find("ip");
            Executables.Find("sysctl");
            Executables.Find("setpriv");
            Executables.Find("setsid");
            _directory = RunDirectory.Open(options.RunDirectory);
            _starter = new ProcessStarter();
            await EndLeftOverAsync(_directory.Path, cancellationToken);
        }
        return (_directory, _starter);
    }

    /// <summary>Processes of an edge that was killed die with it, except one that was just being started.</summary>
    async Task EndLeftOverAsync(string directory, CancellationToken cancellationToken)
    {
        while (ProcessTable.FindLeftOver(Programs, directory).ToList() is { Count: > 0 } processes)
        {
            foreach (var process in processes)
            {
                Log.LeftOverEnded(logger, process);
                _ = Libc.Kill(process, Libc.SigKill);
            }
            await Task.Delay(LeftOverPoll, time, cancellationToken);
        }
    }

    ProvisionedNetwork NetworkOf(Guid id, RunDirectory directory, ProcessStarter starter) =>
        _networks.GetOrAdd(id, id => Create(id, directory, starter));

    ProvisionedNetwork Create(Guid id, RunDirectory directory, ProcessStarter starter)
    {
        var files = directory.FilesOf(id);
        ProvisionedNetwork? network = null;
        SupervisedSlot Slot() => new(starter, time, logger, () => Announce(network!));
        network = new(
            id,
            Ownership.MarkOf(id, directory.Path),
            files,
            options,
            new DhcpServer(options, files, Slot()),
            ProxyOf(Slot(), files.HaproxyConfiguration),
            time,
            logger,
            Announce
        );
        return network;
    }

    ProvisionedRouter RouterOf(Guid id, RunDirectory directory, ProcessStarter starter) =>
        _routers.GetOrAdd(
            id,
            id =>
            {
                var files = directory.FilesOfRouter(id);
                SupervisedSlot Slot() => new(starter, time, logger, changed: static () => { });
                return new(
                    id,
                    Ownership.MarkOf(id, directory.Path),
                    files,
                    options,
                    ProxyOf(Slot(), files.HaproxyConfiguration),
                    new(files, Slot(), time),
                    logger
                );
            }
        );

    IMetadataProxy ProxyOf(SupervisedSlot slot, string haproxyConfiguration) =>
        listeners is not null ? new ListenerProxy(listeners)
        : IsListenedIn is not null ? new OtherProcess(IsListenedIn)
        : new HaproxyProxy(options, slot, haproxyConfiguration);

    static IReadOnlyList<Guid> Known(IEnumerable<Guid> onDisk, IEnumerable<Guid> inMemory) =>
        [.. onDisk.Concat(inMemory).Distinct()];

    static void RequireDistinct(string kind, IEnumerable<Guid> ids)
    {
        if (ids.GroupBy(id => id).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new EdgeException($"{kind} {twice.Key} is given twice.");
        }
    }

    /// <summary>Routers first: their interfaces are on the networks' bridges.</summary>
    async Task RemoveAsync(
        IEnumerable<Guid> networks,
        IEnumerable<Guid> routers,
        (RunDirectory Directory, ProcessStarter Starter) open,
        CancellationToken cancellationToken
    )
    {
        await ForEachAsync(
            routers,
            id => RemoveAsync(RouterOf(id, open.Directory, open.Starter), id, cancellationToken)
        );
        await ForEachAsync(networks, id => RemoveAsync(NetworkOf(id, open.Directory, open.Starter), cancellationToken));
    }

    async Task RemoveAsync(ProvisionedRouter router, Guid id, CancellationToken cancellationToken)
    {
        try
        {
            await router.RemoveAsync(cancellationToken);
            _routers.TryRemove(id, out _);
        }
        catch (Exception e) when (e is EdgeException or IOException or UnauthorizedAccessException)
        {
            Log.RouterRemovalFailed(logger, id, e.Message);
        }
    }

    async Task RemoveAsync(ProvisionedNetwork network, CancellationToken cancellationToken)
    {
        try
        {
            await network.RemoveAsync(cancellationToken);
            _networks.TryRemove(network.Id, out _);
            Log.NetworkRemoved(logger, network.Id);
        }
        catch (Exception e) when (e is EdgeException or IOException or UnauthorizedAccessException)
        {
            Log.RemovalFailed(logger, network.Id, e.Message);
        }
    }

    void Announce(ProvisionedNetwork network)
    {
        lock (_announcing)
        {
            var (before, now) = (network.Announced, network.Status);
            if (before == now || now.Health == EdgeNetworkHealth.Starting)
            {
                return;
            }
            network.Announced = now;
            switch (now.Health)
            {
                case EdgeNetworkHealth.Failed:
                    Log.NetworkFailed(logger, network.Id, now.Reason!);
                    break;
                case EdgeNetworkHealth.Degraded:
                    Log.NetworkDegraded(logger, network.Id, now.Reason!);
                    break;
                case EdgeNetworkHealth.Serving when before is null:
                    Log.NetworkUp(logger, network.Id, DeviceNames.DhcpNamespace(network.Id));
                    break;
                default:
                    Log.NetworkServesAgain(logger, network.Id);
                    break;
            }
            StatusChanged?.Invoke(this, new(now));
        }
    }

    static Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> action) =>
        Parallel.ForEachAsync(items, CancellationToken.None, async (item, _) => await action(item));
}
