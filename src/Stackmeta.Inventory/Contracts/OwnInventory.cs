using System.Collections.Immutable;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Inventory;

/// <summary>
/// Stackmeta's own inventory, in whichever store it is kept: both questions, the operator's interface, and the changes. Safe for
/// concurrent use.
/// </summary>
public abstract class OwnInventory
    : IInventory,
        IInstanceSource,
        IPortDirectory,
        IGuestDirectory,
        IInventoryChanges,
        IDisposable
{
    readonly StoredInventory _inventory;
    readonly IInstanceSource _instances;
    readonly IPortDirectory _ports;
    readonly IGuestDirectory _guests;
    readonly IInventoryChanges _changes;

    private protected OwnInventory(
        IInventoryStore store,
        IInstanceSource instances,
        IPortDirectory ports,
        IGuestDirectory guests,
        IInventoryChanges changes
    )
    {
        _inventory = new StoredInventory(store);
        _instances = instances;
        _ports = ports;
        _guests = guests;
        _changes = changes;
    }

    public IEntries<NetworkEntry> Networks => _inventory.Networks;

    public IEntries<SubnetEntry> Subnets => _inventory.Subnets;

    public IEntries<RouterEntry> Routers => _inventory.Routers;

    public IEntries<PortEntry> Ports => _inventory.Ports;

    public IEntries<InstanceEntry> Instances => _inventory.Instances;

    public ValueTask<InstanceAnswer> FindInstanceAsync(string instanceId, CancellationToken cancellationToken) =>
        _instances.FindInstanceAsync(instanceId, cancellationToken);

    public ValueTask<Refusal> SetPasswordAsync(
        string instanceId,
        string password,
        CancellationToken cancellationToken
    ) => _instances.SetPasswordAsync(instanceId, password, cancellationToken);

    public ValueTask<PortAnswer> FindPortAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    ) => _ports.FindPortAsync(scope, address, cancellationToken);

    public ValueTask<GuestAnswer> FindGuestAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    ) => _guests.FindGuestAsync(scope, address, cancellationToken);

    public IAsyncEnumerable<IReadOnlyList<InventoryChange>> WatchAsync(CancellationToken cancellationToken) =>
        _changes.WatchAsync(cancellationToken);

    public ValueTask<Outcome<T>> TogetherAsync<T>(
        Func<IInventory, ValueTask<Outcome<T>>> work,
        CancellationToken cancellationToken = default
    )
        where T : class => _inventory.TogetherAsync(work, cancellationToken);

    public ValueTask<ImmutableArray<NetworkLayout>> ReadLayoutsAsync(CancellationToken cancellationToken = default) =>
        _inventory.ReadLayoutsAsync(cancellationToken);

    public ValueTask<ImmutableArray<NetworkLayout>> ReadLayoutsAsync(
        IReadOnlyCollection<string> networkIds,
        CancellationToken cancellationToken = default
    ) => _inventory.ReadLayoutsAsync(networkIds, cancellationToken);

    public ValueTask<ImmutableArray<NetworkLayout>> ReadLayoutsOfHostAsync(
        string host,
        CancellationToken cancellationToken = default
    ) => _inventory.ReadLayoutsOfHostAsync(host, cancellationToken);

    public virtual ValueTask<ImmutableArray<Objection>> ImportAsync(
        Stream document,
        ImportOptions options,
        IProgress<ImportProgress>? progress = null,
        CancellationToken cancellationToken = default
    ) => _inventory.ImportAsync(document, options, progress, cancellationToken);

    public ValueTask ExportAsync(Stream document, CancellationToken cancellationToken = default) =>
        _inventory.ExportAsync(document, cancellationToken);

    /// <summary>Closes all connections; questions that are being answered are answered.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the store's connections.</summary>
    protected abstract void Dispose(bool disposing);
}
