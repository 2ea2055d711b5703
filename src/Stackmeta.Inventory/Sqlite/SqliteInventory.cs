using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Logging;

namespace Stackmeta.Inventory;

/// <summary>The inventory in one SQLite file, in the same process. Several processes may use one file, on one machine.</summary>
public sealed class SqliteInventory : OwnInventory
{
    readonly Parts _parts;

    SqliteInventory(Parts parts)
        : base(parts.Store, parts.Questions, parts.Questions, parts.Questions, parts.Changes) => _parts = parts;

    /// <summary>The file, as an absolute path.</summary>
    public string Path => _parts.File.Path;

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
    ) => new(Parts.Of(new SqliteFile(path, options), options, time, logger ?? NullLogger<SqliteInventory>.Instance));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _parts.Readers.Dispose();
            _parts.Store.Dispose();
        }
    }

    sealed record Parts(
        SqliteFile File,
        SqliteReaders Readers,
        SqliteStore Store,
        SqliteQuestions Questions,
        SqliteChanges Changes
    )
    {
        public static Parts Of(SqliteFile file, SqliteInventoryOptions options, TimeProvider time, ILogger logger)
        {
            var readers = new SqliteReaders(file, options.KeptReaders);
            var store = new SqliteStore(file, readers, options, time);
            return new(
                file,
                readers,
                store,
                new SqliteQuestions(readers, store, logger.Throttled(time)),
                new SqliteChanges(file, options.WatchInterval, time)
            );
        }
    }
}
