using Microsoft.Extensions.Logging;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Inventory;

/// <summary>
/// The two questions on SQLite. An answer takes some microseconds of reading in memory, so that it is given at once and on the caller's
/// thread.
/// </summary>
sealed class SqliteQuestions(SqliteReaders readers, SqliteStore store, ILogger logger) : StoreQuestions(logger)
{
    protected override bool CanHold(string text) => true;

    protected override ValueTask<Instance?> ReadInstanceAsync(string id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(readers.Use(id, static (reader, id) => reader.Instances.Find(id)));
    }

    protected override ValueTask<PortAnswer> ReadPortAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(
            readers.Use((scope, address), static (reader, guest) => reader.Ports.Find(guest.scope, guest.address))
        );
    }

    protected override ValueTask<GuestAnswer> ReadGuestAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(
            readers.Use((scope, address), static (reader, guest) => reader.Guests.Find(guest.scope, guest.address))
        );
    }

    protected override ValueTask<Outcome<string>> WriteAsync(
        Func<InventorySession, ValueTask<Outcome<string>>> work,
        CancellationToken cancellationToken
    ) => store.WriteAsync(work, cancellationToken);
}
