using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>
/// Carries every change of the inventory to those who keep something of it: the caches of both middle hops, and the edge.
/// </summary>
sealed class InventoryFollower
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    static readonly InventoryChange[] EverythingChanged = [new(InventoryChangeKind.Everything, "")];

    /// <summary>Networks are read one by one up to as many; beyond, all are read at once.</summary>
    const int MostOneByOne = 50;

    readonly OwnInventory _inventory;
    readonly TimeProvider _time;
    readonly ILogger _logger;

    /// <summary>Held for what is not read yet.</summary>
    readonly Lock _pending = new();
    readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    bool _isAllChanged;
    TaskCompletionSource _news = NewNews();

    /// <summary>By the network's id, as they were read last. Of the reading loop alone.</summary>
    readonly Dictionary<string, EdgePart> _parts = new(StringComparer.Ordinal);

    /// <summary>Replaced as a whole by the reading loop; read by anyone.</summary>
    volatile string[] _faults = [];

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

    /// <summary>Records of networks that cannot even be named to the edge.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Ends when the networks have been applied for the first time; fails as that failed.</summary>
    public Task Settled => _settled.Task;

    /// <summary>Follows until the token fires, or the first application shows that this machine allows none of it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var applying = ApplyAllAsync(either.Token);
        var watching = WatchAsync(either.Token);
        await Task.WhenAny(applying, watching);
        await either.CancelAsync();
        await Task.WhenAll(applying, watching);
    }

    /// <summary>Whatever happens, it is followed on: who follows no longer would leave all later changes undone without a word.</summary>
    async Task WatchAsync(CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; !cancellationToken.IsCancellationRequested; pause = Longer(pause))
        {
            try
            {
                await foreach (var changes in _inventory.WatchAsync(cancellationToken))
                {
                    // Before they are read: answers wait for what is applied, and do not go on with what was.
                    Forget(changes);
                    Note(changes);
                    pause = FirstPause;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Log.InventoryNotReadable(_logger, e.Message);
            }
            await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Reads and applies what has changed. A failure is tried again, sooner when something else changes.</summary>
    async Task ApplyAllAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        string? logged = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await NextNewsAsync(cancellationToken);
                await ApplyAsync(cancellationToken);
                (pause, logged) = (FirstPause, null);
                _settled.TrySetResult();
                continue;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (EdgeException e) when (!_settled.Task.IsCompleted)
            {
                // This machine allows none of it: the start fails.
                _settled.TrySetException(e);
                return;
            }
            catch (Exception e)
            {
                if (logged != e.Message)
                {
                    logged = e.Message;
                    LogFailure(e);
                }
            }
            // What could not be read is mixed with what comes meanwhile.
            Note(EverythingChanged);
            await Task.WhenAny(Task.Delay(pause, _time, cancellationToken), NewsOfOthers());
            pause = Longer(pause);
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

    void LogFailure(Exception e)
    {
        if (e is InventoryException)
        {
            Log.InventoryNotReadable(_logger, e.Message);
        }
        else
        {
            Log.NetworksNotApplied(_logger, e.Message);
        }
    }

    /// <summary>Applies the networks as they are now. Only the first time it is waited for how that went.</summary>
    async Task ApplyAsync(CancellationToken cancellationToken)
    {
        var changed = DequeueChanged();
        if (Edge is null && Scopes is null)
        {
            return;
        }
        await ReadAsync(changed, cancellationToken);
        _faults = [.. _parts.Values.Where(static part => part.Id is null).SelectMany(static part => part.Faults)];
        var wanted = EdgePart.Combine(_parts.Values);
        Scopes?.Set(wanted);
        if (Edge is not null)
        {
            var tried = await Edge.WantAsync(wanted, cancellationToken);
            if (!_settled.Task.IsCompleted)
            {
                await tried.WaitAsync(cancellationToken);
            }
        }
    }

    /// <param name="networks">Null for all.</param>
    async Task ReadAsync(IReadOnlyCollection<string>? networks, CancellationToken cancellationToken)
    {
        if (networks is null || networks.Count > MostOneByOne || Host.Length > 0)
        {
            var layouts = await (
                Host.Length == 0
                    ? _inventory.ReadLayoutsAsync(cancellationToken)
                    : _inventory.ReadLayoutsOfHostAsync(Host, cancellationToken)
            );
            var present = layouts.Select(static layout => layout.Network.Id).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in _parts.Keys.Where(id => !present.Contains(id)).ToList())
            {
                _parts.Remove(gone);
            }
            Update(layouts);
            return;
        }
        var found = await _inventory.ReadLayoutsAsync(networks, cancellationToken);
        foreach (var gone in networks.Except(found.Select(static layout => layout.Network.Id)))
        {
            _parts.Remove(gone);
        }
        Update(found);
    }

    void Update(ImmutableArray<NetworkLayout> layouts)
    {
        foreach (var layout in layouts)
        {
            var before = _parts.GetValueOrDefault(layout.Network.Id);
            var part = EdgeNetworks.Read(layout, DnsDomain).Or(before);
            _parts[layout.Network.Id] = part;
            foreach (var fault in part.Faults.Except(before?.Faults ?? []))
            {
                Log.RecordNotUnderstood(_logger, layout.Network.Id, fault);
            }
        }
    }

    void Note(IReadOnlyList<InventoryChange> changes)
    {
        lock (_pending)
        {
            foreach (var change in changes)
            {
                switch (change.Kind)
                {
                    case InventoryChangeKind.Everything:
                        _isAllChanged = true;
                        break;
                    case InventoryChangeKind.Network or InventoryChangeKind.NetworkPorts:
                        _changed.Add(change.Id);
                        break;
                    default:
                        // A router is the device of ports, whose networks are told too.
                        continue;
                }
                _news.TrySetResult();
            }
        }
    }

    /// <summary>The networks that have changed; null for all.</summary>
    IReadOnlyCollection<string>? DequeueChanged()
    {
        lock (_pending)
        {
            IReadOnlyCollection<string>? taken = _isAllChanged ? null : [.. _changed];
            _changed.Clear();
            _isAllChanged = false;
            return taken;
        }
    }

    Task NextNewsAsync(CancellationToken cancellationToken)
    {
        lock (_pending)
        {
            if (_isAllChanged || _changed.Count > 0)
            {
                return Task.CompletedTask;
            }
            _news = NewNews();
            return _news.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends when something changes from now on, whatever is pending.</summary>
    Task NewsOfOthers()
    {
        lock (_pending)
        {
            _news = NewNews();
            return _news.Task;
        }
    }

    static TaskCompletionSource NewNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;
}
