using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Metadata;

namespace Stackmeta.Inventory;

/// <summary>
/// The inventory in one SQLite file, in the same process: both questions, the operator's interface, and the changes. Several
/// processes may use one file, on one machine. Safe for concurrent use.
/// </summary>
public sealed class SqliteInventory : IInventory, IInstanceSource, IPortDirectory, IInventoryChanges, IDisposable
{
    readonly SqliteReaders _readers;
    readonly SqliteStore _store;
    readonly SqliteQuestions _questions;
    readonly SqliteChanges _changes;
    readonly StoredInventory _inventory;

    SqliteInventory(SqliteFile file, SqliteInventoryOptions options, TimeProvider time, ILogger logger)
    {
        Path = file.Path;
        _readers = new SqliteReaders(file, options.KeptReaders);
        _store = new SqliteStore(file, _readers, options, time);
        _questions = new SqliteQuestions(_readers, _store, logger);
        _changes = new SqliteChanges(file, options.WatchInterval, time);
        _inventory = new StoredInventory(_store);
    }

    /// <summary>The file, as an absolute path.</summary>
    public string Path { get; }

    public IEntries<NetworkEntry> Networks => _inventory.Networks;

    public IEntries<SubnetEntry> Subnets => _inventory.Subnets;

    public IEntries<RouterEntry> Routers => _inventory.Routers;

    public IEntries<PortEntry> Ports => _inventory.Ports;

    public IEntries<InstanceEntry> Instances => _inventory.Instances;

    /// <summary>Opens an inventory, makes it if it is missing, and brings it up to date.</summary>
    /// <param name="path">The file; beside it SQLite keeps two more, whose names end in -wal and -shm.</param>
    /// <exception cref="InventoryException">The file cannot be used; the message says what to do.</exception>
    public static SqliteInventory Open(
        string path,
        TimeProvider time,
        SqliteInventoryOptions? options = null,
        ILogger<SqliteInventory>? logger = null
    )
    {
        options ??= new SqliteInventoryOptions();
        new SqliteFile(path, options).Prepare(time);
        return Unprepared(path, time, options, logger);
    }

    /// <summary>An inventory whose file is believed to be there and up to date.</summary>
    internal static SqliteInventory Unprepared(
        string path,
        TimeProvider time,
        SqliteInventoryOptions options,
        ILogger<SqliteInventory>? logger = null
    ) => new(new SqliteFile(path, options), options, time, logger ?? NullLogger<SqliteInventory>.Instance);

    public ValueTask<InstanceAnswer> FindInstanceAsync(string instanceId, CancellationToken cancellationToken) =>
        _questions.FindInstanceAsync(instanceId, cancellationToken);

    public ValueTask<Refusal> SetPasswordAsync(
        string instanceId,
        string password,
        CancellationToken cancellationToken
    ) => _questions.SetPasswordAsync(instanceId, password, cancellationToken);

    public ValueTask<PortAnswer> FindPortAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    ) => _questions.FindPortAsync(scope, address, cancellationToken);

    public IAsyncEnumerable<IReadOnlyList<InventoryChange>> WatchAsync(CancellationToken cancellationToken) =>
        _changes.WatchAsync(cancellationToken);

    public ValueTask<Outcome<T>> TogetherAsync<T>(
        Func<IInventory, ValueTask<Outcome<T>>> work,
        CancellationToken cancellationToken = default
    )
        where T : class => _inventory.TogetherAsync(work, cancellationToken);

    public ValueTask<ImmutableArray<NetworkLayout>> ReadLayoutsAsync(CancellationToken cancellationToken = default) =>
        _inventory.ReadLayoutsAsync(cancellationToken);

    public ValueTask<ImmutableArray<Objection>> ImportAsync(
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
        _readers.Dispose();
        _store.Dispose();
    }
}
