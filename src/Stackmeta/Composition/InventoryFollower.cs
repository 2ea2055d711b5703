using Microsoft.Extensions.Logging;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>Carries every change of the inventory to those who keep something of it: the caches of both middle hops, and the edge.</summary>
sealed class InventoryFollower
{
    static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    readonly OwnInventory _inventory;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public InventoryFollower(OwnInventory inventory, TimeProvider time, ILogger logger)
    {
        _inventory = inventory;
        _time = time;
        _logger = logger;
    }

    /// <summary>The API whose records are forgotten when they change; null when it runs elsewhere.</summary>
    public ApiHop? Api { get; init; }

    /// <summary>The agent whose look-ups are forgotten when they change; null when it runs elsewhere.</summary>
    public AgentHop? Agent { get; init; }

    /// <summary>The edge that provides the networks; null when another process does.</summary>
    public NetworkProvisioner? Edge { get; init; }

    /// <summary>What is served where another process provides the networks; null when this one does, or serves none.</summary>
    public ServedScopes? Scopes { get; init; }

    /// <summary>The host whose networks the edge provides; empty for those of all hosts.</summary>
    public string Host { get; init; } = "";

    /// <summary>What guests' names end with.</summary>
    public string DnsDomain { get; init; } = "";

    /// <summary>Ends when the networks have been applied for the first time; fails as that failed.</summary>
    public Task Settled => _settled.Task;

    /// <summary>Follows until the token fires.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var changes in _inventory.WatchAsync(cancellationToken))
            {
                Forget(changes);
                if (
                    (Edge is not null || Scopes is not null)
                    && changes.Any(change =>
                        change.Kind
                            is InventoryChangeKind.Everything
                                or InventoryChangeKind.Network
                                or InventoryChangeKind.NetworkPorts
                                or InventoryChangeKind.Router
                    )
                )
                {
                    await ApplyAsync(cancellationToken);
                }
                _settled.TrySetResult();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The program stops.
        }
        catch (EdgeException e)
        {
            // The first application showed that this machine allows none of it: the start fails.
            _settled.TrySetException(e);
        }
    }

    void Forget(IReadOnlyList<InventoryChange> changes)
    {
        foreach (var change in changes)
        {
            switch (change.Kind)
            {
                case InventoryChangeKind.Everything:
                    Api?.Instances.ForgetAll();
                    Agent?.Ports.ForgetAll();
                    break;
                case InventoryChangeKind.Instance:
                    Api?.Instances.Forget(change.Id);
                    break;
                case InventoryChangeKind.Network:
                    // Records show their networks' subnets.
                    Api?.Instances.ForgetAll();
                    Agent?.Ports.ForgetNetwork(change.Id);
                    break;
                case InventoryChangeKind.NetworkPorts:
                    Agent?.Ports.ForgetNetwork(change.Id);
                    break;
                case InventoryChangeKind.Router:
                    Agent?.Ports.ForgetAll();
                    break;
            }
        }
    }

    /// <summary>Applies the networks as they are now, again until the inventory could be read.</summary>
    async Task ApplyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var layouts = await (
                    Host.Length == 0
                        ? _inventory.ReadLayoutsAsync(cancellationToken)
                        : _inventory.ReadLayoutsOfHostAsync(Host, cancellationToken)
                );
                var (networks, routers) = (EdgeNetworks.Of(layouts, DnsDomain), EdgeRouters.Of(layouts));
                Scopes?.Set(networks, routers);
                if (Edge is not null)
                {
                    await Edge.ApplyAsync(networks, routers, cancellationToken);
                }
                return;
            }
            catch (InventoryException e)
            {
                Log.InventoryNotReadable(_logger, e.Message);
            }
            catch (Exception e) when (_settled.Task.IsCompleted && e is not OperationCanceledException)
            {
                // It worked before: what is there goes on serving, and the next change tries again. Whatever it was, who follows no
                // longer would leave all later changes undone without a word.
                Log.NetworksNotApplied(_logger, e.Message);
                return;
            }
            await Task.Delay(RetryPause, _time, cancellationToken);
        }
    }
}
