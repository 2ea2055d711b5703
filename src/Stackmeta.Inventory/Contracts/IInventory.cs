using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>
/// Stackmeta's own store as an operator sees it: networks, subnets, routers, ports and instances, made, changed and removed.
/// What breaks a rule is refused with <see cref="Objection"/>s and changes nothing.
/// </summary>
/// <exception cref="InventoryException">Thrown by every member when the store itself is in trouble.</exception>
public interface IInventory
{
    IEntries<NetworkEntry> Networks { get; }

    /// <summary>A subnet with DHCP brings its network's DHCP port with it, and takes its address away again.</summary>
    IEntries<SubnetEntry> Subnets { get; }

    IEntries<RouterEntry> Routers { get; }

    IEntries<PortEntry> Ports { get; }

    /// <summary>Deleting an instance deletes its ports.</summary>
    IEntries<InstanceEntry> Instances { get; }

    /// <summary>Does several things at once: all of them, or none when one of them, or the outcome, is a refusal.</summary>
    /// <param name="work">Gets an inventory that writes into the same transaction; called once.</param>
    ValueTask<Outcome<T>> TogetherAsync<T>(
        Func<IInventory, ValueTask<Outcome<T>>> work,
        CancellationToken cancellationToken = default
    )
        where T : class;

    /// <summary>
    /// All networks with everything on them, as they are at one moment. A row that cannot be understood is told with its network
    /// (<see cref="NetworkLayout.Faults"/>), and keeps nobody from reading the others.
    /// </summary>
    ValueTask<ImmutableArray<NetworkLayout>> ReadLayoutsAsync(CancellationToken cancellationToken = default);

    /// <summary>The same of some networks; those that are not there are left out.</summary>
    ValueTask<ImmutableArray<NetworkLayout>> ReadLayoutsAsync(
        IReadOnlyCollection<string> networkIds,
        CancellationToken cancellationToken = default
    );

    /// <summary>
    /// The same, of the networks that a host provides: those that have a guest's port on it, or one that may be on any host
    /// (<see cref="PortEntry.HostId"/>). Ports of the network's own, of its DHCP server and routers, do not count.
    /// </summary>
    ValueTask<ImmutableArray<NetworkLayout>> ReadLayoutsOfHostAsync(
        string host,
        CancellationToken cancellationToken = default
    );

    /// <summary>Takes a whole document (docs/inventory-document.md): all of it, or nothing when something is wrong with it.</summary>
    /// <param name="document">UTF-8 JSON, read once from its present position.</param>
    /// <returns>What is wrong, up to <see cref="ImportOptions.MaximumObjections"/>; empty when all was taken.</returns>
    ValueTask<ImmutableArray<Objection>> ImportAsync(
        Stream document,
        ImportOptions options,
        IProgress<ImportProgress>? progress = null,
        CancellationToken cancellationToken = default
    );

    /// <summary>Writes the whole inventory, as it is at one moment, as one document.</summary>
    ValueTask ExportAsync(Stream document, CancellationToken cancellationToken = default);
}

/// <summary>How a document is imported.</summary>
public sealed record ImportOptions
{
    /// <summary>Whether what is in the store is removed first, in the same transaction; otherwise the document is added to it.</summary>
    public bool Replace { get; init; }

    /// <summary>Whether the document is only checked: what it would make is taken back in the end.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>After how many objections reading ends.</summary>
    public int MaximumObjections { get; init; } = 20;
}

/// <summary>How far an import has come.</summary>
/// <param name="Bytes">Of the document.</param>
/// <param name="Entries">Networks, subnets, routers, instances and ports taken so far.</param>
/// <param name="Sent">Rows sent to the database server so far, where that happens once all is taken; else 0.</param>
public readonly record struct ImportProgress(long Bytes, long Entries, long Sent = 0);
