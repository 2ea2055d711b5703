using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Stackmeta.Inventory;

/// <summary>The inventory in a PostgreSQL database that many hosts share (docs/postgresql.md).</summary>
public sealed class PostgresInventory : OwnInventory
{
    readonly Parts _parts;

    PostgresInventory(Parts parts)
        : base(parts.Store, parts.Questions, parts.Questions, parts.Changes) => _parts = parts;

    /// <summary>Opens an inventory, makes its tables if they are missing, and brings them up to date.</summary>
    /// <exception cref="InventoryException">The database cannot be used; the message says what to do.</exception>
    public static PostgresInventory Open(
        PostgresUrl url,
        TimeProvider time,
        PostgresInventoryOptions? options = null,
        ILogger<PostgresInventory>? logger = null
    )
    {
        var database = new PostgresDatabase(url, options ?? new PostgresInventoryOptions());
        try
        {
            PostgresSchema.Prepare(database);
            return new PostgresInventory(Parts.Of(database, time, logger ?? NullLogger<PostgresInventory>.Instance));
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _parts.Database.Dispose();
        }
    }

    sealed record Parts(
        PostgresDatabase Database,
        PostgresStore Store,
        PostgresQuestions Questions,
        PostgresChanges Changes
    )
    {
        public static Parts Of(PostgresDatabase database, TimeProvider time, ILogger logger)
        {
            var store = new PostgresStore(database);
            return new(
                database,
                store,
                new PostgresQuestions(new PostgresReaders(database, time), store, logger),
                new PostgresChanges(database, time, logger)
            );
        }
    }
}
