using System.Text.Json;
using Microsoft.Extensions.Logging;
using Stackmeta.Metadata;

namespace Stackmeta.Inventory;

/// <summary>The two questions on PostgreSQL. Trouble of the servers is an answer too, and logged when it begins and ends.</summary>
sealed class PostgresQuestions(PostgresReaders readers, PostgresStore store, ILogger logger)
    : IInstanceSource,
        IPortDirectory,
        IGuestDirectory
{
    readonly TroubleLog _trouble = new(logger);

    public async ValueTask<InstanceAnswer> FindInstanceAsync(string instanceId, CancellationToken cancellationToken)
    {
        // PostgreSQL holds no text with a NUL and refuses to look for one.
        if (instanceId.Contains('\0', StringComparison.Ordinal))
        {
            return Refusal.InstanceNotFound;
        }
        try
        {
            var instance = await readers.AskAsync(instanceId, PostgresQueries.FindInstanceAsync, cancellationToken);
            _trouble.NoteAnswer();
            return instance is null ? Refusal.InstanceNotFound : instance;
        }
        catch (InventoryException e)
        {
            return _trouble.RefuseInstance(e);
        }
        catch (JsonException e)
        {
            // Only a hand in the database can have done this.
            Log.InstanceUnreadable(logger, instanceId, $"position {e.BytePositionInLine} of {e.Path}");
            return Refusal.InstanceSourceFailed;
        }
    }

    public async ValueTask<PortAnswer> FindPortAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    )
    {
        if (address.IsReserved || scope.Id.Contains('\0', StringComparison.Ordinal))
        {
            return Refusal.PortNotFound;
        }
        try
        {
            var answer = await readers.AskAsync((scope, address), PostgresQueries.FindPortAsync, cancellationToken);
            _trouble.NoteAnswer();
            return answer;
        }
        catch (InventoryException e)
        {
            _trouble.NoteTrouble(e);
            return Refusal.PortDirectoryUnavailable;
        }
    }

    public async ValueTask<GuestAnswer> FindGuestAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    )
    {
        if (address.IsReserved || scope.Id.Contains('\0', StringComparison.Ordinal))
        {
            return Refusal.PortNotFound;
        }
        try
        {
            var answer = await readers.AskAsync((scope, address), PostgresQueries.FindGuestAsync, cancellationToken);
            _trouble.NoteAnswer();
            return answer;
        }
        catch (InventoryException e)
        {
            _trouble.NoteTrouble(e);
            return Refusal.PortDirectoryUnavailable;
        }
        catch (JsonException)
        {
            // Told to whoever asks for the record.
            return new(await FindPortAsync(scope, address, cancellationToken), null);
        }
    }

    public async ValueTask<Refusal> SetPasswordAsync(
        string instanceId,
        string password,
        CancellationToken cancellationToken
    )
    {
        if (instanceId.Contains('\0', StringComparison.Ordinal) || password.Contains('\0', StringComparison.Ordinal))
        {
            return Refusal.PasswordNotStored;
        }
        try
        {
            var refusal = Refusal.PasswordNotStored;
            await store.WriteBesideAsync<string>(
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
}
