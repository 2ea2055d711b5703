using Microsoft.Extensions.Logging;
using Stackmeta.Metadata;

namespace Stackmeta.OpenStack;

/// <summary>One cell: reads instances from its database and stores passwords there.</summary>
sealed class CellDatabase(GuardedDatabase database, ILogger log) : IAsyncDisposable
{
    // Deadlocks with nova-compute's own writes, and certification failures of a Galera cluster, go away by trying again.
    const int PasswordTries = 3;

    readonly Ec2IdRows _ec2Ids = new(database, log);

    /// <summary>The record, in one round trip; two when EC2 ids are to be inserted. Null when no live instance has the uuid.</summary>
    public ValueTask<(CellAnswer? Result, Refusal Refusal)> ReadAsync(
        string uuid,
        CancellationToken cancellationToken
    ) =>
        database.RunAsync(
            async (connection, cancellation) =>
            {
                if (await InstanceQuery.ReadAsync(connection, uuid, cancellation) is not { } rows)
                {
                    return null;
                }
                var ec2Ids = await _ec2Ids.CompleteAsync(connection, rows, cancellation);
                var instance = InstanceAssembly.Assemble(rows, ec2Ids);
                if (instance.Unreadable != InstanceParts.None)
                {
                    log.PartsUnreadable(instance.Uuid, instance.Unreadable.ToString());
                }
                return new CellAnswer(instance, rows.IsHidden);
            },
            cancellationToken
        );

    /// <summary>Stores a password unless one is stored.</summary>
    public async ValueTask<Refusal> SetPasswordAsync(string uuid, string password, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (answer, refusal) = await database.RunAsync(
                (connection, cancellation) =>
                    PasswordRows.SetAsync(connection, database.Source, uuid, password, cancellation),
                cancellationToken
            );
            if (refusal == Refusal.None)
            {
                return answer;
            }
            if (refusal != Refusal.InstanceSourceUnavailable || attempt == PasswordTries)
            {
                return Refusal.PasswordNotStored;
            }
        }
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}

/// <summary>An instance as its cell has it.</summary>
/// <param name="IsHidden">True when the cell is one of two that hold it during a resize between cells, and not the valid one.</param>
sealed record CellAnswer(Instance Instance, bool IsHidden);
