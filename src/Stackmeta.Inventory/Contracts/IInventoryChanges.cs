namespace Stackmeta.Inventory;

/// <summary>Tells what was changed in the inventory, by this process or another.</summary>
public interface IInventoryChanges
{
    /// <summary>
    /// Follows the changes. The first thing told is always <see cref="InventoryChangeKind.Everything"/>: who then reads what it
    /// needs misses nothing. Changes are told after they can be read, in batches, in order, repetitions left out.
    /// </summary>
    /// <remarks>
    /// Trouble of the store does not end it: it waits, and tells what has changed since once the store is readable again,
    /// or <see cref="InventoryChangeKind.Everything"/> when that can no longer be known.
    /// </remarks>
    IAsyncEnumerable<IReadOnlyList<InventoryChange>> WatchAsync(CancellationToken cancellationToken);
}

/// <summary>One thing that is not as it was.</summary>
/// <param name="Id">Its uuid; empty for <see cref="InventoryChangeKind.Everything"/>.</param>
public readonly record struct InventoryChange(InventoryChangeKind Kind, string Id);

/// <summary>What an <see cref="InventoryChange"/> is about. The numbers are stored and never reused.</summary>
public enum InventoryChangeKind
{
    /// <summary>Too much to name one by one, or unknown: forget all that was read before.</summary>
    Everything = 0,

    /// <summary>
    /// A network, one of its subnets, or its DHCP port was created, changed or deleted: what all records of guests on it show.
    /// </summary>
    Network = 1,

    /// <summary>A router or one of its interfaces.</summary>
    Router = 2,

    /// <summary>A port or one of its addresses.</summary>
    Port = 3,

    /// <summary>An instance or one of its ports; not its networks, which are told by themselves.</summary>
    Instance = 4,

    /// <summary>Another port of a network, or the host name of an instance on it; the id is the network's.</summary>
    NetworkPorts = 5,
}
