using Stackmeta.Edge;

namespace Stackmeta.Simulation.Tests;

/// <summary>
/// The machine below the edge's order of changes: each step waits until the history lets it be done, fail, or be done and fail all the
/// same.
/// </summary>
/// <remarks>Packets are let through by <see cref="FindRule"/>, which changes in one step as a transaction of nft does.</remarks>
sealed class SimulatedMachine(ModelSwitches switches) : IEdgeMachine
{
    readonly Lock _lock = new();

    // All under the lock.
    readonly List<Step> _waiting = [];
    readonly Dictionary<Guid, Dictionary<Guid, EdgeHost>> _rules = [];
    readonly Dictionary<Guid, Dictionary<Guid, EdgeHost>> _othersRules = [];
    readonly Dictionary<Guid, AppliedNetwork> _files = [];
    readonly HashSet<Client> _connections = [];

    public int WaitingSteps
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>What packets of a port have to be; null when none pass.</summary>
    public EdgeHost? FindRule(Guid network, Guid port)
    {
        lock (_lock)
        {
            return Of_NeedsLock(network)?.GetValueOrDefault(port);
        }
    }

    /// <summary>The rules of a network that others provide, of which the edge knows nothing.</summary>
    public void SetOthers(Guid network, IEnumerable<EdgeHost> hosts)
    {
        lock (_lock)
        {
            _othersRules[network] = hosts.ToDictionary(static host => host.PortId);
        }
    }

    Dictionary<Guid, EdgeHost>? Of_NeedsLock(Guid network) =>
        _rules.GetValueOrDefault(network) ?? _othersRules.GetValueOrDefault(network);

    public IReadOnlyList<EdgeHost> RulesOf(Guid network)
    {
        lock (_lock)
        {
            return Of_NeedsLock(network) is { } rules ? [.. rules.Values] : [];
        }
    }

    /// <summary>Connects, if packets pass: rule and connection are one moment.</summary>
    public bool TryConnect(Client client)
    {
        lock (_lock)
        {
            return client.TryConnect(Of_NeedsLock(client.Network)?.GetValueOrDefault(client.Port))
                && _connections.Add(client);
        }
    }

    public void Drop(Client client)
    {
        lock (_lock)
        {
            client.IsEnded = true;
            _connections.Remove(client);
        }
    }

    /// <summary>The process ends, and its connections with it; rules and files stay.</summary>
    public void DropAll()
    {
        lock (_lock)
        {
            foreach (var client in _connections)
            {
                client.IsEnded = true;
            }
            _connections.Clear();
        }
    }

    /// <summary>Lets one step go on.</summary>
    public void Go(Dice dice)
    {
        Step step;
        Exception? failure = null;
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                return;
            }
            var index = dice.Below(_waiting.Count);
            step = _waiting[index];
            _waiting.RemoveAt(index);
            var how = dice.Below(10);
            if (how > 0)
            {
                step.Effect();
            }
            if (how < 2)
            {
                failure = new EdgeException("The step has failed.");
            }
        }
        if (failure is null)
        {
            step.Ended.TrySetResult();
        }
        else
        {
            step.Ended.TrySetException(failure);
        }
    }

    Task WaitAsync(Action effect, CancellationToken cancellationToken)
    {
        var step = new Step(effect);
        lock (_lock)
        {
            _waiting.Add(step);
        }
        cancellationToken.Register(() =>
        {
            lock (_lock)
            {
                if (!_waiting.Remove(step))
                {
                    return;
                }
            }
            step.Ended.TrySetCanceled(cancellationToken);
        });
        return step.Ended.Task;
    }

    Task IEdgeMachine.EndConnectionsAsync(EdgeScope scope, ChangedPeers peers, CancellationToken cancellationToken) =>
        WaitAsync(
            () =>
            {
                if (switches.KeepsConnections)
                {
                    return;
                }
                foreach (var client in _connections.Where(client => client.Scope.Id == scope.Id))
                {
                    client.IsEnded |= peers.Include(client.Peer, client.Mac);
                }
                _connections.RemoveWhere(static client => client.IsEnded);
            },
            cancellationToken
        );

    Task IEdgeMachine.OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    void IEdgeMachine.Close() { }

    IReadOnlyList<Guid> IEdgeMachine.FindNetworks()
    {
        lock (_lock)
        {
            return [.. _rules.Keys];
        }
    }

    IReadOnlyList<Guid> IEdgeMachine.FindRouters() => [];

    INetworkSteps IEdgeMachine.Network(Guid id, Action changed) => new Network(this, id);

    IRouterSteps IEdgeMachine.Router(Guid id) => throw new NotSupportedException();

    void IDisposable.Dispose() { }

    /// <param name="Effect">Under the lock.</param>
    sealed record Step(Action Effect)
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    sealed class Network(SimulatedMachine machine, Guid id) : INetworkSteps
    {
        public string? Fault => null;

        public AppliedNetwork? FindApplied()
        {
            lock (machine._lock)
            {
                return machine._files.GetValueOrDefault(id);
            }
        }

        public Task ApplyRulesAsync(EdgeNetwork wanted, CancellationToken cancellationToken) =>
            machine.WaitAsync(
                () => machine._rules[id] = wanted.Hosts.ToDictionary(static host => host.PortId),
                cancellationToken
            );

        public async Task<bool> TryWriteAppliedAsync(AppliedNetwork applied, CancellationToken cancellationToken)
        {
            await machine.WaitAsync(() => machine._files[id] = applied, cancellationToken);
            return true;
        }

        public Task ServeAsync(EdgeNetwork wanted, Func<Task> beforeServing, CancellationToken cancellationToken) =>
            beforeServing();

        public Task RemoveAsync(CancellationToken cancellationToken) =>
            machine.WaitAsync(
                () =>
                {
                    machine._rules.Remove(id);
                    machine._files.Remove(id);
                    foreach (var client in machine._connections.Where(client => client.Network == id))
                    {
                        client.IsEnded = true;
                    }
                    machine._connections.RemoveWhere(static client => client.IsEnded);
                },
                cancellationToken
            );

        public Task StopProcessesAsync() => Task.CompletedTask;
    }
}
