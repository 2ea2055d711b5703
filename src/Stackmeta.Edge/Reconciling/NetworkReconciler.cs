using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>The order in which one network of this host changes.</summary>
/// <remarks>
/// <code>
///  wanted ──► packets                                                     ──► services
///             1. what will not hold is taken out of what is applied            5. links, DHCP, listeners
///             2. packet rules
///             3. connections of changed ports end
///             4. what holds now is applied: answers follow
/// </code>
/// The first part does not wait for the second one of an earlier change, which may take seconds. Each is tried again by itself until it
/// succeeds or something newer is wanted.
/// </remarks>
sealed class NetworkReconciler : IAsyncDisposable
{
    readonly Guid _id;
    readonly INetworkSteps _steps;
    readonly IEdgeMachine _machine;
    readonly AppliedPorts _applied;
    readonly Reconciler<EdgeNetwork?> _packets;
    readonly Reconciler<EdgeNetwork?> _services;

    /// <summary>Held while rules are changed, and while all of the network is removed.</summary>
    readonly SemaphoreSlim _files = new(1);

    /// <summary>
    /// What may be in force, in rules or as connections: what was applied last, and what was tried since. Under <see cref="_files"/>.
    /// </summary>
    readonly List<AppliedNetwork> _maybe = [];

    /// <summary>Whether it is unknown who was there before this process. Under <see cref="_files"/>.</summary>
    bool _isUnknown;

    /// <summary>Whether the file tells what <see cref="AppliedPorts"/> does. Under <see cref="_files"/>.</summary>
    bool _isWritten;

    /// <summary>What was given to the services last; of the packets' attempts alone.</summary>
    EdgeNetwork? _served;

    /// <summary>A host that is not served because it is impossible. Written by the packets' attempts; read by anyone.</summary>
    volatile string? _leftOut;

    // Written by the services' attempts; read by anyone.
    volatile bool _isMade;
    volatile bool _isGone;
    volatile Task _serving = Task.CompletedTask;

    public NetworkReconciler(
        Guid id,
        IEdgeMachine machine,
        AppliedPorts applied,
        ReconcilingSlots slots,
        TimeProvider time,
        ILogger logger,
        Action<NetworkReconciler> changed
    )
    {
        (_id, _machine, _applied) = (id, machine, applied);
        _steps = machine.Network(id, () => changed(this));
        _packets = new($"Network {id}", ApplyPacketsAsync, Changed, slots.Packets, time, logger);
        _services = new($"Network {id}", ApplyServicesAsync, Changed, slots.Services, time, logger);
        // What an earlier edge told holds on: before it changed rules it took out of it what would not.
        var before = _steps.FindApplied();
        _isUnknown = before is null;
        _maybe.Add(before ?? AppliedNetwork.Nothing);
        _applied.Set(id, _maybe[0]);
        void Changed() => changed(this);
    }

    public Guid Id => _id;

    /// <summary>What is wanted; null when it is to go. Written by who requests, one at a time.</summary>
    public EdgeNetwork? Wanted { get; private set; }

    /// <summary>
    /// Why what is wanted is not known, so that it stays as it is; null when it is known. Written as <see cref="Wanted"/>.
    /// </summary>
    public string? Unknown { get; set; }

    /// <summary>Whether it is wanted to go. Written as <see cref="Wanted"/>.</summary>
    public bool IsToGo { get; private set; }

    /// <summary>Whether it is gone as is wanted.</summary>
    public bool IsGone => IsToGo && _isGone;

    /// <summary>What <see cref="RequestAsync"/> returned last.</summary>
    public Task Tried { get; private set; } = Task.CompletedTask;

    /// <summary>Now; changes by itself.</summary>
    public EdgeNetworkStatus Status
    {
        get
        {
            var health = _isMade ? EdgeNetworkHealth.Degraded : EdgeNetworkHealth.Failed;
            if ((_packets.Failure ?? _services.Failure) is { } failure)
            {
                return new(_id, health, failure) { IsRetried = true };
            }
            if (Unknown is { } unknown)
            {
                return new(_id, health, unknown);
            }
            if (!_isMade)
            {
                return new(_id, EdgeNetworkHealth.Starting, null);
            }
            var fault = _steps.Fault ?? _leftOut;
            return new(_id, fault is null ? EdgeNetworkHealth.Serving : EdgeNetworkHealth.Degraded, fault);
        }
    }

    /// <summary>The status that was last announced. Written and read under the lock of who announces.</summary>
    public EdgeNetworkStatus? Announced { get; set; }

    /// <summary>Wants something, or that it goes (null).</summary>
    /// <returns>Ends with the first attempt at all of it, whether that succeeds or fails.</returns>
    public Task RequestAsync(EdgeNetwork? wanted, AttemptKind kind)
    {
        (Wanted, IsToGo, _isGone) = (wanted, wanted is null, false);
        return Tried = TryAsync(_packets.Request(wanted, kind));
    }

    /// <summary>Tries no more; what was made stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await _packets.DisposeAsync();
        await _services.DisposeAsync();
        await _steps.StopProcessesAsync();
        _files.Dispose();
    }

    async Task TryAsync(Task packets)
    {
        await packets;
        await _serving;
    }

    async Task ApplyPacketsAsync(EdgeNetwork? wanted, CancellationToken cancellationToken)
    {
        var possible = wanted is null ? null : NetworkValidation.Require(wanted);
        _leftOut = possible?.LeftOut;
        await _files.WaitAsync(cancellationToken);
        try
        {
            await (
                possible is null
                    ? WithdrawAsync(AppliedNetwork.Nothing, cancellationToken)
                    : ApplyPortsAsync(possible, AppliedNetwork.Of(possible), cancellationToken)
            );
        }
        finally
        {
            _files.Release();
        }
        var isFirst = !ReferenceEquals(wanted, _served);
        _served = wanted;
        _serving = _services.Request(possible, isFirst ? AttemptKind.First : AttemptKind.LookAfter);
    }

    async Task ApplyPortsAsync(EdgeNetwork wanted, AppliedNetwork now, CancellationToken cancellationToken)
    {
        await WithdrawAsync(now, cancellationToken);
        if (!_maybe[^1].IsSameAs(now))
        {
            _maybe.Add(now);
        }
        await _steps.ApplyRulesAsync(wanted, cancellationToken);
        var peers = _isUnknown ? ChangedPeers.Everybody : ChangedPeers.Between(_maybe, now);
        if (!peers.IsNobody)
        {
            await _machine.EndConnectionsAsync(EdgeScope.Network(_id), peers, cancellationToken);
            foreach (var router in _applied.RoutersOn(_id))
            {
                await _machine.EndConnectionsAsync(EdgeScope.Router(router), peers, cancellationToken);
            }
        }
        _maybe.Clear();
        _maybe.Add(now);
        _isUnknown = false;
        var isNew = !_applied.FindNetwork(_id)!.IsSameAs(now);
        if (isNew)
        {
            _applied.Set(_id, now);
        }
        if (isNew || !_isWritten)
        {
            await WriteAsync(now, cancellationToken);
        }
    }

    /// <summary>Takes out what will not hold any longer. Whoever looks from here on waits for it.</summary>
    async Task WithdrawAsync(AppliedNetwork now, CancellationToken cancellationToken)
    {
        var before = _applied.FindNetwork(_id)!;
        var common = before.Common(now);
        if (!common.IsSameAs(before))
        {
            _applied.Set(_id, common);
            _isWritten = false;
        }
        if (!_isWritten)
        {
            await WriteAsync(common, cancellationToken);
        }
    }

    async Task WriteAsync(AppliedNetwork applied, CancellationToken cancellationToken)
    {
        _isWritten = false;
        _isWritten = await _steps.TryWriteAppliedAsync(applied, cancellationToken);
    }

    async Task ApplyServicesAsync(EdgeNetwork? wanted, CancellationToken cancellationToken)
    {
        if (wanted is not null)
        {
            await _steps.ServeAsync(wanted, () => WriteAgainAsync(cancellationToken), cancellationToken);
            _isMade = true;
            return;
        }
        await _files.WaitAsync(cancellationToken);
        try
        {
            await _steps.RemoveAsync(cancellationToken);
            _isMade = false;
            _isGone = true;
        }
        finally
        {
            _files.Release();
        }
    }

    /// <summary>A network that is made for the first time has had no place for the file when its ports were applied.</summary>
    async Task WriteAgainAsync(CancellationToken cancellationToken)
    {
        await _files.WaitAsync(cancellationToken);
        try
        {
            if (!_isWritten)
            {
                await WriteAsync(_applied.FindNetwork(_id)!, cancellationToken);
            }
        }
        finally
        {
            _files.Release();
        }
    }
}
