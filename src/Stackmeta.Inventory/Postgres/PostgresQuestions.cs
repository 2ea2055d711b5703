using Microsoft.Extensions.Logging;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Inventory;

/// <summary>The two questions on PostgreSQL.</summary>
sealed class PostgresQuestions(PostgresReaders readers, PostgresStore store, ILogger logger) : StoreQuestions(logger)
{
    // PostgreSQL holds no text with a NUL and refuses to look for one.
    protected override bool CanHold(string text) => !text.Contains('\0', StringComparison.Ordinal);

    protected override ValueTask<Instance?> ReadInstanceAsync(string id, CancellationToken cancellationToken) =>
        readers.AskAsync(id, PostgresQueries.FindInstanceAsync, cancellationToken);

    protected override ValueTask<PortAnswer> ReadPortAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    ) => readers.AskAsync((scope, address), PostgresQueries.FindPortAsync, cancellationToken);

    protected override ValueTask<GuestAnswer> ReadGuestAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    ) => readers.AskAsync((scope, address), PostgresQueries.FindGuestAsync, cancellationToken);

    protected override ValueTask<Outcome<string>> WriteAsync(
        Func<InventorySession, ValueTask<Outcome<string>>> work,
        CancellationToken cancellationToken
    ) => store.WriteBesideAsync(work, cancellationToken);
}
