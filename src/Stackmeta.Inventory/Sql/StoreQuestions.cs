using System.Text.Json;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Inventory;

/// <summary>The two questions on a store. Trouble of the store is an answer too, and logged when it begins and ends.</summary>
abstract class StoreQuestions(ILogger logger) : IInstanceSource, IPortDirectory, IGuestDirectory
{
    readonly TroubleLog _trouble = new(logger);

    public async ValueTask<InstanceAnswer> FindInstanceAsync(string instanceId, CancellationToken cancellationToken)
    {
        if (!CanHold(instanceId))
        {
            return Refusal.InstanceNotFound;
        }
        try
        {
            var instance = await ReadInstanceAsync(instanceId, cancellationToken);
            _trouble.NoteAnswer();
            return instance is null ? Refusal.InstanceNotFound : instance;
        }
        catch (InventoryException e)
        {
            return _trouble.RefuseInstance(e);
        }
        catch (JsonException e)
        {
            // Only a hand in the store can have done this.
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
        if (address.IsReserved || !CanHold(scope.Id))
        {
            return Refusal.PortNotFound;
        }
        try
        {
            var answer = await ReadPortAsync(scope, address, cancellationToken);
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
        if (address.IsReserved || !CanHold(scope.Id))
        {
            return Refusal.PortNotFound;
        }
        try
        {
            var answer = await ReadGuestAsync(scope, address, cancellationToken);
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
        if (!CanHold(instanceId) || !CanHold(password))
        {
            return Refusal.PasswordNotStored;
        }
        try
        {
            var refusal = Refusal.PasswordNotStored;
            await WriteAsync(
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

    /// <summary>Whether the store can hold a text.</summary>
    protected abstract bool CanHold(string text);

    protected abstract ValueTask<Instance?> ReadInstanceAsync(string id, CancellationToken cancellationToken);

    protected abstract ValueTask<PortAnswer> ReadPortAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    );

    protected abstract ValueTask<GuestAnswer> ReadGuestAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    );

    /// <summary>Changes one row in a transaction.</summary>
    protected abstract ValueTask<Outcome<string>> WriteAsync(
        Func<InventorySession, ValueTask<Outcome<string>>> work,
        CancellationToken cancellationToken
    );
}
