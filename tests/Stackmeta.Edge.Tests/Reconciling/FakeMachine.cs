using System.Collections.Concurrent;
using System.Net;
using Stackmeta.Core.Networks;

namespace Stackmeta.Edge.Tests;

/// <summary>A machine whose steps are remembered, and fail when a test wants them to.</summary>
sealed class FakeMachine : IEdgeMachine
{
    readonly Lock _lock = new();
    readonly List<string> _steps = [];
    readonly Dictionary<string, Func<Task>> _before = [];

    /// <summary>The provisioner's, so that a step can tell what was applied when it ran.</summary>
    public AppliedPorts Applied { get; } = new();

    /// <summary>What packets obey, by network.</summary>
    public ConcurrentDictionary<Guid, AppliedNetwork> InForce { get; } = new();

    /// <summary>Files of an earlier edge, by network.</summary>
    public Dictionary<Guid, AppliedNetwork> Left { get; } = [];

    /// <summary>Connections that are open.</summary>
    public ConcurrentDictionary<FakeConnection, bool> Connections { get; } = new();

    /// <summary>What was done, for example <c>rules N</c>, in order.</summary>
    public string[] Steps
    {
        get
        {
            lock (_lock)
            {
                return [.. _steps];
            }
        }
    }

    /// <summary>Called before a step of that name is done, for example <c>rules</c>; fails it by an exception.</summary>
    public void Before(string step, Func<Task>? action)
    {
        lock (_lock)
        {
            if (action is null)
            {
                _before.Remove(step);
            }
            else
            {
                _before[step] = action;
            }
        }
    }

    /// <summary>Fails a step until it is called with null.</summary>
    public void Fail(string step, string? reason) =>
        Before(step, reason is null ? null : () => throw new EdgeException(reason));

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Close() { }

    public void Dispose() { }

    public IReadOnlyList<Guid> FindNetworks() => [.. Left.Keys];

    public IReadOnlyList<Guid> FindRouters() => [];

    public INetworkSteps Network(Guid id, Action changed) => new NetworkOf(this, id);

    public IRouterSteps Router(Guid id) => new RouterOf(this, id);

    public async Task EndConnectionsAsync(EdgeScope scope, ChangedPeers peers, CancellationToken cancellationToken)
    {
        await DoAsync("end", scope.Id);
        foreach (var one in Connections.Keys.Where(one => one.Scope == scope && peers.Include(one.Peer, one.Mac)))
        {
            Connections.TryRemove(one, out _);
        }
    }

    async Task DoAsync(string step, Guid id)
    {
        Func<Task>? before;
        lock (_lock)
        {
            _steps.Add($"{step} {id.ToString()[..4]}");
            before = _before.GetValueOrDefault($"{step} {id}") ?? _before.GetValueOrDefault(step);
        }
        if (before is not null)
        {
            await before();
        }
    }

    sealed class NetworkOf(FakeMachine machine, Guid id) : INetworkSteps
    {
        public string? Fault => null;

        public AppliedNetwork? FindApplied() => machine.Left.GetValueOrDefault(id);

        public async Task ApplyRulesAsync(EdgeNetwork wanted, CancellationToken cancellationToken)
        {
            await machine.DoAsync("rules", id);
            machine.InForce[id] = AppliedNetwork.Of(wanted);
        }

        public async Task<bool> TryWriteAppliedAsync(AppliedNetwork applied, CancellationToken cancellationToken)
        {
            await machine.DoAsync($"write{applied.Ports.Count}", id);
            return true;
        }

        public async Task ServeAsync(EdgeNetwork wanted, Func<Task> beforeServing, CancellationToken cancellationToken)
        {
            await beforeServing();
            await machine.DoAsync("serve", id);
        }

        public async Task RemoveAsync(CancellationToken cancellationToken)
        {
            await machine.DoAsync("remove", id);
            machine.Left.Remove(id);
            machine.InForce.TryRemove(id, out _);
        }

        public Task StopProcessesAsync() => Task.CompletedTask;
    }

    sealed class RouterOf(FakeMachine machine, Guid id) : IRouterSteps
    {
        public string? Fault => null;

        public AppliedRouter? FindApplied() => null;

        public async Task<IReadOnlyDictionary<Guid, string>> ApplyLinksAsync(
            EdgeRouter wanted,
            CancellationToken cancellationToken
        )
        {
            await machine.DoAsync("links", id);
            return new Dictionary<Guid, string>();
        }

        public Task<bool> TryWriteAppliedAsync(AppliedRouter applied, CancellationToken cancellationToken) =>
            Task.FromResult(true);

        public Task ServeAsync(EdgeRouter wanted, CancellationToken cancellationToken) => machine.DoAsync("serve", id);

        public Task RemoveAsync(CancellationToken cancellationToken) => machine.DoAsync("remove", id);

        public Task StopProcessesAsync() => Task.CompletedTask;
    }
}

/// <summary>A connection that rules let through, and whose it was then.</summary>
sealed record FakeConnection(EdgeScope Scope, IPAddress Peer, EthernetAddress Mac, Guid PortId, string DeviceId);
