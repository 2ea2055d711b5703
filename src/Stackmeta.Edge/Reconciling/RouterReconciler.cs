using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>The order in which one router of this host changes.</summary>
/// <remarks>
/// What will not hold is taken out of what is applied; links; connections end when interfaces have changed; what holds now is applied; then
/// listeners. Guests of a network are answered in the router's namespace only while its interface there is applied.
/// </remarks>
sealed class RouterReconciler : IAsyncDisposable
{
    readonly Guid _id;
    readonly IRouterSteps _steps;
    readonly IEdgeMachine _machine;
    readonly AppliedPorts _applied;
    readonly Func<EdgeRouter, Task> _networksSettled;
    readonly Reconciler<EdgeRouter?> _all;

    // Of the attempts alone.
    bool _isWritten;

    /// <summary>Whether interfaces went, or changed, whose guests may still have connections.</summary>
    bool _hasLost;

    volatile bool _isMade;
    volatile bool _isGone;

    /// <param name="networksSettled">Returns when the networks of a router have been tried: its interfaces are on their bridges.</param>
    public RouterReconciler(
        Guid id,
        IEdgeMachine machine,
        AppliedPorts applied,
        ReconcilingSlots slots,
        Func<EdgeRouter, Task> networksSettled,
        TimeProvider time,
        ILogger logger
    )
    {
        (_id, _machine, _applied, _networksSettled) = (id, machine, applied, networksSettled);
        _steps = machine.Router(id);
        _all = new($"Router {id}", ApplyAsync, static () => { }, slots.Routers, time, logger);
        var before = _steps.FindApplied();
        _hasLost = before is null;
        _applied.Set(id, before ?? AppliedRouter.Nothing);
    }

    public Guid Id => _id;

    /// <summary>What is wanted; null when it is to go. Written by who requests, one at a time.</summary>
    public EdgeRouter? Wanted { get; private set; }

    /// <summary>Whether it is wanted to go. Written as <see cref="Wanted"/>.</summary>
    public bool IsToGo { get; private set; }

    /// <summary>Whether it is gone as is wanted.</summary>
    public bool IsGone => IsToGo && _isGone;

    public EdgeRouterStatus Status =>
        _all.Failure is { } failure ? new(_id, _isMade ? EdgeNetworkHealth.Degraded : EdgeNetworkHealth.Failed, failure)
        : _steps.Fault is { } fault ? new(_id, EdgeNetworkHealth.Degraded, fault)
        : new(_id, EdgeNetworkHealth.Serving, null);

    /// <inheritdoc cref="NetworkReconciler.RequestAsync"/>
    public Task RequestAsync(EdgeRouter? wanted, AttemptKind kind)
    {
        (Wanted, IsToGo, _isGone) = (wanted, wanted is null, false);
        return _all.Request(wanted, kind);
    }

    /// <summary>Tries no more; what was made stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await _all.DisposeAsync();
        await _steps.StopProcessesAsync();
    }

    async Task ApplyAsync(EdgeRouter? wanted, CancellationToken cancellationToken)
    {
        if (wanted is null)
        {
            await WithdrawAsync(AppliedRouter.Nothing, cancellationToken);
            await _steps.RemoveAsync(cancellationToken);
            _isGone = true;
            return;
        }
        var now = AppliedRouter.Of(wanted);
        await WithdrawAsync(now, cancellationToken);
        await _networksSettled(wanted).WaitAsync(cancellationToken);
        var failed = await _steps.ApplyLinksAsync(wanted, cancellationToken);
        if (failed.Count > 0)
        {
            // The other interfaces serve.
            now = AppliedRouter.Of(
                wanted with
                {
                    Ports = wanted.Ports.RemoveAll(port => failed.ContainsKey(port.PortId)),
                }
            );
        }
        if (_hasLost)
        {
            await _machine.EndConnectionsAsync(EdgeScope.Router(_id), ChangedPeers.Everybody, cancellationToken);
            _hasLost = false;
        }
        if (!_applied.FindRouter(_id)!.IsSameAs(now))
        {
            _applied.Set(_id, now);
            _isWritten = false;
        }
        await WriteAsync(now, cancellationToken);
        await _steps.ServeAsync(wanted, cancellationToken);
        _isMade = true;
        if (failed.Count > 0)
        {
            throw new EdgeException(failed.Values.First());
        }
    }

    async Task WithdrawAsync(AppliedRouter now, CancellationToken cancellationToken)
    {
        var before = _applied.FindRouter(_id)!;
        var common = before.Common(now);
        if (!common.IsSameAs(before))
        {
            _hasLost = true;
            _applied.Set(_id, common);
            _isWritten = false;
        }
        await WriteAsync(common, cancellationToken);
    }

    async Task WriteAsync(AppliedRouter applied, CancellationToken cancellationToken)
    {
        if (!_isWritten)
        {
            _isWritten = await _steps.TryWriteAppliedAsync(applied, cancellationToken);
        }
    }
}
