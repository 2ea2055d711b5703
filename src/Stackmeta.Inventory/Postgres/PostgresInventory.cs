using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Logging;

namespace Stackmeta.Inventory;

/// <summary>The inventory in a PostgreSQL database that many hosts share (docs/postgresql.md).</summary>
public sealed class PostgresInventory : OwnInventory
{
    readonly Parts _parts;

    PostgresInventory(Parts parts)
        : base(parts.Store, parts.Questions, parts.Questions, parts.Questions, parts.Changes) => _parts = parts;

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
            var parts = Parts.Of(database, time, logger ?? NullLogger<PostgresInventory>.Instance);
            return new PostgresInventory(parts);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Why this process hears of changes late or not at all now, as a part of a sentence; empty when it hears at once.</summary>
    public string ChangesTrouble => _parts.Database.ChangesTrouble;

    /// <inheritdoc/>
    public override async ValueTask<ImmutableArray<Objection>> ImportAsync(
        Stream document,
        ImportOptions options,
        IProgress<ImportProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        var isLarge = !document.CanSeek || document.Length - document.Position > _parts.Database.Options.LargeDocument;
        return isLarge
            ? await _parts.Store.ImportAsync(document, options, progress, cancellationToken)
            : await base.ImportAsync(document, options, progress, cancellationToken);
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
            var store = new PostgresStore(database, time);
            return new(
                database,
                store,
                new PostgresQuestions(new PostgresReaders(database, time), store, logger.Throttled(time)),
                new PostgresChanges(database, time, logger)
            );
        }
    }
}
