using System.Data.Common;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

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
                if (await InstanceQuery.ReadAsync(connection, database.Source.Kind, uuid, cancellation) is not { } rows)
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
        var writes = 0;
        for (var attempt = 1; ; attempt++)
        {
            var (answer, refusal) = await database.RunAsync(
                async (connection, cancellation) =>
                {
                    try
                    {
                        writes++;
                        return await PasswordRows.SetAsync(connection, database.Source, uuid, password, cancellation);
                    }
                    catch (DbException error) when (IsRefusedForGood(DatabaseFaults.Sort(error), writes))
                    {
                        // Reading goes on as before: this is no outage.
                        log.PasswordNotStored(uuid, error.Message);
                        return Refusal.PasswordNotStored;
                    }
                },
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

    // A server that only reads is left once for another one of the URL, or for what now stands behind the same address.
    static bool IsRefusedForGood(DatabaseFault fault, int writes) =>
        fault == DatabaseFault.Forbidden || (fault == DatabaseFault.ReadOnly && writes > 1);

    public ValueTask DisposeAsync() => database.DisposeAsync();
}

/// <summary>An instance as its cell has it.</summary>
/// <param name="IsHidden">True when the cell is one of two that hold it during a resize between cells, and not the valid one.</param>
sealed record CellAnswer(Instance Instance, bool IsHidden);
