using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Edge;

/// <summary>
/// Provides networks on this host as Neutron's agents do: for each a bridge, a namespace <c>qdhcp-</c> with its addresses,
/// dnsmasq and, where the metadata is served from there, haproxy or listeners of this process (spec/neutron-metadata.md §1, §2).
/// </summary>
/// <remarks>
/// All of it is named as Neutron names it and marked as ours in the kernel; what is not marked is never touched. The
/// processes die with this one, even by SIGKILL; links, namespaces and attached guests outlive it and are taken over by the
/// next provisioner of the same run directory. Each network and router changes in its own order
/// (<see cref="NetworkReconciler"/>), and what fails there is tried again without holding up any other.
/// </remarks>
public sealed class NetworkProvisioner : IAsyncDisposable
{
    /// <summary>How often at most a change of some networks has all others looked after.</summary>
    static readonly TimeSpan LookAfterInterval = TimeSpan.FromMinutes(1);

    static readonly TimeSpan RemovalPatience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan RemovalPoll = TimeSpan.FromMilliseconds(20);

    readonly IEdgeMachine _machine;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly ReconcilingSlots _slots = new();

    /// <summary>Held while it is decided what is wanted of whom; nothing is waited for under it but the first opening.</summary>
    readonly SemaphoreSlim _gate = new(1);

    /// <summary>Held while a status is compared and announced, so that events come in order.</summary>
    readonly Lock _announcing = new();

    // Changed under the gate; read by anyone.
    readonly ConcurrentDictionary<Guid, NetworkReconciler> _networks = new();
    readonly ConcurrentDictionary<Guid, RouterReconciler> _routers = new();

    // Under the gate.
    bool _isOpen;
    long _lookedAfterAt;
    Task _lookingAfter = Task.CompletedTask;

    /// <param name="listeners">Listens in the namespaces from this process; null has a haproxy in each.</param>
    /// <param name="isListenedIn">
    /// Whether another process listens in the namespace of that name, which it then does by itself; null when this one listens or starts a
    /// haproxy.
    /// </param>
    /// <param name="supervisor">Owns the threads and tasks; null for one of its own, whose findings show nowhere.</param>
    public NetworkProvisioner(
        EdgeOptions options,
        TimeProvider time,
        ILogger<NetworkProvisioner> logger,
        NamespaceListeners? listeners = null,
        Func<string, bool>? isListenedIn = null,
        Supervisor? supervisor = null
    )
        : this(
            new HostMachine(
                options,
                supervisor ?? new(time, NullLogger<Supervisor>.Instance),
                time,
                logger,
                listeners,
                isListenedIn
            ),
            time,
            logger
        ) { }

    internal NetworkProvisioner(IEdgeMachine machine, TimeProvider time, ILogger logger) =>
        (_machine, _time, _logger) = (machine, time, logger);

    /// <summary>Raised when a network's health or its reason has changed: something broke, or came back.</summary>
    public event EventHandler<EdgeNetworkStatusEventArgs>? StatusChanged;

    /// <summary>What packets of the networks obey now.</summary>
    public AppliedPorts Applied { get; init; } = new();

    /// <summary>How each network fares now.</summary>
    public IReadOnlyList<EdgeNetworkStatus> Statuses =>
        [.. _networks.Values.Where(static network => !network.IsGone).Select(static network => network.Status)];

    /// <summary>How each router fares now.</summary>
    public IReadOnlyList<EdgeRouterStatus> RouterStatuses =>
        [.. _routers.Values.Where(static router => !router.IsGone).Select(static router => router.Status)];

    /// <summary>Makes the machine have these networks and no router.</summary>
    /// <inheritdoc cref="ApplyAsync(IReadOnlyList{EdgeNetwork}, IReadOnlyList{EdgeRouter}, CancellationToken)"/>
    public Task<IReadOnlyList<EdgeNetworkStatus>> ApplyAsync(
        IReadOnlyList<EdgeNetwork> wanted,
        CancellationToken cancellationToken
    ) => ApplyAsync(wanted, [], cancellationToken);

    /// <summary>
    /// Makes the machine have these networks and routers, and none of ours besides, and returns when all of them have been tried once. What
    /// is right already is left as it is; a port that came or went only makes dnsmasq read its files again. One's failure does not touch
    /// the others.
    /// </summary>
    /// <returns>The status of each wanted network, in their order; those of routers are in <see cref="RouterStatuses"/>.</returns>
    /// <exception cref="EdgeException">Nothing can be done at all: rights or programs are missing, or another edge has the run
    /// directory.</exception>
    public async Task<IReadOnlyList<EdgeNetworkStatus>> ApplyAsync(
        IReadOnlyList<EdgeNetwork> wanted,
        IReadOnlyList<EdgeRouter> routers,
        CancellationToken cancellationToken
    )
    {
        var (changed, looked) = await RequestAsync(
            new() { Networks = wanted, Routers = routers },
            lookAfterAll: true,
            cancellationToken
        );
        await Task.WhenAll(changed, looked).WaitAsync(cancellationToken);
        return [.. wanted.Select(network => _networks[network.Id].Status)];
    }

    /// <summary>
    /// Wants the machine to have these networks and routers, and none of ours besides. Only what differs from what was wanted before is
    /// touched; now and then all others are looked after too.
    /// </summary>
    /// <returns>Ends when all that differs has been tried once; need not be waited for before something newer is wanted.</returns>
    /// <exception cref="EdgeException">Nothing can be done at all: rights or programs are missing, or another edge has the run
    /// directory.</exception>
    public async Task<Task> WantAsync(EdgeWanted wanted, CancellationToken cancellationToken) =>
        (await RequestAsync(wanted, lookAfterAll: false, cancellationToken)).Changed;

    /// <summary>Removes everything that was made: processes, namespaces, links, files.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!_isOpen)
        {
            return;
        }
        var (changed, _) = await RequestAsync(new(), lookAfterAll: true, cancellationToken);
        await changed.WaitAsync(cancellationToken);
        // What could not be removed at once is tried again for a while: nobody comes after.
        var since = _time.GetTimestamp();
        while (
            Statuses.Count + RouterStatuses.Count > 0
            && _time.GetElapsedTime(since) < RemovalPatience
            && !cancellationToken.IsCancellationRequested
        )
        {
            await Task.Delay(RemovalPoll, _time, CancellationToken.None);
        }
        await CloseAsync();
    }

    /// <summary>
    /// Ends the processes but leaves namespaces and bridges with the guests attached to them, for the next start to take
    /// over. After <see cref="StopAsync"/> there is nothing left to do.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _machine.Dispose();
        _slots.Dispose();
        _gate.Dispose();
    }

    async Task CloseAsync()
    {
        await _gate.WaitAsync();
        try
        {
            await Task.WhenAll([
                .. _networks.Values.Select(static network => network.DisposeAsync().AsTask()),
                .. _routers.Values.Select(static router => router.DisposeAsync().AsTask()),
            ]);
            _networks.Clear();
            _routers.Clear();
            _machine.Close();
            _isOpen = false;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <returns>The first attempts at what differs, and those at the rest.</returns>
    async Task<(Task Changed, Task LookedAfter)> RequestAsync(
        EdgeWanted wanted,
        bool lookAfterAll,
        CancellationToken cancellationToken
    )
    {
        RequireDistinct("Network", wanted.Networks.Select(static network => network.Id));
        RequireDistinct("Router", wanted.Routers.Select(static router => router.Id));
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!_isOpen)
            {
                await _machine.OpenAsync(cancellationToken);
                _isOpen = true;
                lookAfterAll = true;
            }
            DropGone();
            lookAfterAll |=
                _lookingAfter.IsCompleted
                && _time.GetElapsedTime(Volatile.Read(ref _lookedAfterAt)) >= LookAfterInterval;
            var changed = new List<Task>();
            var looked = new List<Task>();
            // Networks first: routers ask how their networks' attempts went.
            RequestNetworks(wanted, changed, lookAfterAll ? looked : null);
            RequestRouters(wanted, changed, lookAfterAll ? looked : null);
            if (lookAfterAll)
            {
                _lookingAfter = LookedAfterAsync(looked);
                return (Task.WhenAll(changed), _lookingAfter);
            }
            return (Task.WhenAll(changed), Task.CompletedTask);
        }
        finally
        {
            _gate.Release();
        }
    }

    async Task LookedAfterAsync(List<Task> looked)
    {
        await Task.WhenAll(looked);
        Volatile.Write(ref _lookedAfterAt, _time.GetTimestamp());
    }

    void RequestNetworks(EdgeWanted wanted, List<Task> changed, List<Task>? looked)
    {
        var unknown = wanted.UnknownNetworks;
        foreach (var network in wanted.Networks)
        {
            var reconciler = NetworkOf(network.Id);
            SetUnknown(reconciler, null);
            if (!network.IsSameAs(reconciler.Wanted))
            {
                changed.Add(reconciler.RequestAsync(network, AttemptKind.First));
            }
            else
            {
                looked?.Add(reconciler.RequestAsync(network, AttemptKind.LookAfter));
            }
        }
        foreach (var (id, reason) in unknown)
        {
            SetUnknown(NetworkOf(id), reason);
        }
        var kept = wanted.Networks.Select(static network => network.Id).Concat(unknown.Keys).ToHashSet();
        foreach (var id in _machine.FindNetworks().Concat(_networks.Keys).Where(id => !kept.Contains(id)).Distinct())
        {
            var reconciler = NetworkOf(id);
            SetUnknown(reconciler, null);
            Remove(reconciler.IsToGo, () => reconciler.RequestAsync(null, AttemptKind.First), changed, looked);
        }
    }

    void RequestRouters(EdgeWanted wanted, List<Task> changed, List<Task>? looked)
    {
        foreach (var router in wanted.Routers.Select(WithGuests))
        {
            var reconciler = RouterOf(router.Id);
            if (!router.IsSameAs(reconciler.Wanted))
            {
                changed.Add(reconciler.RequestAsync(router, AttemptKind.First));
            }
            else
            {
                looked?.Add(reconciler.RequestAsync(router, AttemptKind.LookAfter));
            }
        }
        var kept = wanted.Routers.Select(static router => router.Id).ToHashSet();
        foreach (var id in _machine.FindRouters().Concat(_routers.Keys).Where(id => !kept.Contains(id)).Distinct())
        {
            var reconciler = RouterOf(id);
            Remove(reconciler.IsToGo, () => reconciler.RequestAsync(null, AttemptKind.First), changed, looked);
        }
    }

    /// <summary>By now its networks are wanted, or as they were.</summary>
    EdgeRouter WithGuests(EdgeRouter router) =>
        router with
        {
            Guests = NetworkAddresses.Of([
                .. router
                    .Ports.Select(port => port.NetworkId)
                    .Distinct()
                    .Select(id => _networks.GetValueOrDefault(id)?.Wanted)
                    .OfType<EdgeNetwork>()
                    .Select(NetworkAddresses.Of),
            ]),
        };

    /// <summary>What goes already is not asked to again, except by who waits for it.</summary>
    static void Remove(bool isToGo, Func<Task> request, List<Task> changed, List<Task>? looked)
    {
        if (!isToGo || looked is not null)
        {
            changed.Add(request());
        }
    }

    void SetUnknown(NetworkReconciler network, string? reason)
    {
        if (network.Unknown != reason)
        {
            network.Unknown = reason;
            Announce(network);
        }
    }

    void DropGone()
    {
        foreach (var network in _networks.Values.Where(static network => network.IsGone))
        {
            _networks.TryRemove(network.Id, out _);
            Applied.Forget(network.Id);
        }
        foreach (var router in _routers.Values.Where(static router => router.IsGone))
        {
            _routers.TryRemove(router.Id, out _);
            Applied.Forget(router.Id);
        }
    }

    NetworkReconciler NetworkOf(Guid id) =>
        _networks.GetValueOrDefault(id)
        ?? (_networks[id] = new(id, _machine, Applied, _slots, _time, _logger, Announce));

    RouterReconciler RouterOf(Guid id) =>
        _routers.GetValueOrDefault(id)
        ?? (
            _routers[id] = new(
                id,
                _machine,
                Applied,
                _slots,
                router => Task.WhenAll(router.Ports.Select(port => TriedOf(port.NetworkId))),
                _time,
                _logger
            )
        );

    Task TriedOf(Guid network) => _networks.GetValueOrDefault(network)?.Tried ?? Task.CompletedTask;

    static void RequireDistinct(string kind, IEnumerable<Guid> ids)
    {
        var seen = new HashSet<Guid>();
        foreach (var id in ids)
        {
            if (!seen.Add(id))
            {
                throw new EdgeException($"{kind} {id} is given twice.");
            }
        }
    }

    void Announce(NetworkReconciler network)
    {
        lock (_announcing)
        {
            if (network.IsGone)
            {
                Log.NetworkRemoved(_logger, network.Id);
                return;
            }
            var (before, now) = (network.Announced, network.Status);
            if (before == now || now.Health == EdgeNetworkHealth.Starting)
            {
                return;
            }
            network.Announced = now;
            switch (now.Health)
            {
                case EdgeNetworkHealth.Failed:
                    Log.NetworkFailed(_logger, network.Id, now.Reason!);
                    break;
                case EdgeNetworkHealth.Degraded:
                    Log.NetworkDegraded(_logger, network.Id, now.Reason!);
                    break;
                case EdgeNetworkHealth.Serving when before is null:
                    Log.NetworkUp(_logger, network.Id, DeviceNames.DhcpNamespace(network.Id));
                    break;
                default:
                    Log.NetworkServesAgain(_logger, network.Id);
                    break;
            }
            StatusChanged?.Invoke(this, new(now));
        }
    }
}
