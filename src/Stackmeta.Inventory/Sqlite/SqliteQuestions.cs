using System.Text.Json;
using Microsoft.Extensions.Logging;
using Stackmeta.Metadata;

namespace Stackmeta.Inventory;

/// <summary>
/// The two questions on SQLite. An answer takes some microseconds of reading in memory, so that it is given at once and on the caller's
/// thread. Trouble of the store is an answer too, and logged when it begins and ends.
/// </summary>
sealed class SqliteQuestions(SqliteReaders readers, SqliteStore store, ILogger logger) : IInstanceSource, IPortDirectory
{
    // 1 while the last question could not be answered. Written by every question, by Interlocked.
    int _inTrouble;

    public ValueTask<InstanceAnswer> FindInstanceAsync(string instanceId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(FindInstance(instanceId));
    }

    public ValueTask<PortAnswer> FindPortAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var answer = readers.Use(
                (scope, address),
                static (reader, question) => reader.Ports.Find(question.scope, question.address)
            );
            NoteAnswer();
            return ValueTask.FromResult(answer);
        }
        catch (InventoryException e)
        {
            NoteTrouble(e);
            return ValueTask.FromResult<PortAnswer>(Refusal.PortDirectoryUnavailable);
        }
    }

    public async ValueTask<Refusal> SetPasswordAsync(
        string instanceId,
        string password,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var refusal = Refusal.PasswordNotStored;
            await store.WriteAsync<string>(
                async session =>
                {
                    refusal = await PasswordWriting.WriteAsync(session, instanceId, password);
                    return instanceId;
                },
                cancellationToken
            );
            return refusal;
        }
        catch (InventoryException e)
        {
            NoteTrouble(e);
            return Refusal.PasswordNotStored;
        }
    }

    InstanceAnswer FindInstance(string instanceId)
    {
        try
        {
            var instance = readers.Use(instanceId, static (reader, id) => reader.Instances.Find(id));
            NoteAnswer();
            return instance is null ? Refusal.InstanceNotFound : instance;
        }
        catch (InventoryException e)
        {
            NoteTrouble(e);
            return
                e.Trouble
                    is InventoryTrouble.Corrupt
                        or InventoryTrouble.NotAnInventory
                        or InventoryTrouble.NewerVersion
                ? Refusal.InstanceSourceFailed
                : Refusal.InstanceSourceUnavailable;
        }
        catch (JsonException e)
        {
            // Only a hand in the file can have done this.
            Log.InstanceUnreadable(logger, instanceId, $"position {e.BytePositionInLine} of {e.Path}");
            return Refusal.InstanceSourceFailed;
        }
    }

    void NoteTrouble(InventoryException e)
    {
        if (Interlocked.Exchange(ref _inTrouble, 1) == 0)
        {
            Log.InventoryInTrouble(logger, e.Trouble, e.Message);
        }
    }

    void NoteAnswer()
    {
        if (Volatile.Read(ref _inTrouble) != 0 && Interlocked.Exchange(ref _inTrouble, 0) == 1)
        {
            Log.InventoryRecovered(logger);
        }
    }
}
