using System.Text.Json;
using Microsoft.Extensions.Logging;
using Stackmeta.Metadata;

namespace Stackmeta.Inventory;

/// <summary>
/// The two questions on SQLite. An answer takes some microseconds of reading in memory, so that it is given at once and on the caller's
/// thread. Trouble of the store is an answer too, and logged when it begins and ends.
/// </summary>
sealed class SqliteQuestions(SqliteReaders readers, SqliteStore store, ILogger logger)
    : IInstanceSource,
        IPortDirectory,
        IGuestDirectory
{
    readonly TroubleLog _trouble = new(logger);

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
        if (address.IsReserved)
        {
            return ValueTask.FromResult<PortAnswer>(Refusal.PortNotFound);
        }
        try
        {
            var answer = readers.Use(
                (scope, address),
                static (reader, question) => reader.Ports.Find(question.scope, question.address)
            );
            _trouble.NoteAnswer();
            return ValueTask.FromResult(answer);
        }
        catch (InventoryException e)
        {
            _trouble.NoteTrouble(e);
            return ValueTask.FromResult<PortAnswer>(Refusal.PortDirectoryUnavailable);
        }
    }

    public ValueTask<GuestAnswer> FindGuestAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (address.IsReserved)
        {
            return ValueTask.FromResult<GuestAnswer>(Refusal.PortNotFound);
        }
        try
        {
            var answer = readers.Use(
                (scope, address),
                static (reader, question) => reader.Guests.Find(question.scope, question.address)
            );
            _trouble.NoteAnswer();
            return ValueTask.FromResult(answer);
        }
        catch (InventoryException e)
        {
            _trouble.NoteTrouble(e);
            return ValueTask.FromResult<GuestAnswer>(Refusal.PortDirectoryUnavailable);
        }
        catch (JsonException)
        {
            // Told to whoever asks for the record.
            return FindPortAloneAsync(scope, address, cancellationToken);
        }
    }

    async ValueTask<GuestAnswer> FindPortAloneAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    ) => new(await FindPortAsync(scope, address, cancellationToken), null);

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
            _trouble.NoteTrouble(e);
            return Refusal.PasswordNotStored;
        }
    }

    InstanceAnswer FindInstance(string instanceId)
    {
        try
        {
            var instance = readers.Use(instanceId, static (reader, id) => reader.Instances.Find(id));
            _trouble.NoteAnswer();
            return instance is null ? Refusal.InstanceNotFound : instance;
        }
        catch (InventoryException e)
        {
            return _trouble.RefuseInstance(e);
        }
        catch (JsonException e)
        {
            // Only a hand in the file can have done this.
            Log.InstanceUnreadable(logger, instanceId, $"position {e.BytePositionInLine} of {e.Path}");
            return Refusal.InstanceSourceFailed;
        }
    }
}
