using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Inventory;

/// <summary>
/// Follows the changes on PostgreSQL. A notification is a hint that the log of changes has grown, and the log is what counts: it is read
/// from the last number on after each hint, after each new connection, and now and then, since hints may be lost and some servers give
/// none.
/// </summary>
sealed class PostgresChanges(PostgresDatabase database, TimeProvider time, ILogger logger) : IInventoryChanges
{
    public async IAsyncEnumerable<IReadOnlyList<InventoryChange>> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var follower = new PostgresFollower(database, time, logger);
        while (true)
        {
            if (await follower.NextAsync(cancellationToken) is { Count: > 0 } changes)
            {
                yield return changes;
            }
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
