using Microsoft.Extensions.Logging;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Inventory;

/// <summary>Says once that the store is in trouble and once that it answers again: a boot storm is one line, not thousands.</summary>
sealed class TroubleLog(ILogger logger)
{
    // 1 while the last question could not be answered. Written by every question, by Interlocked.
    int _inTrouble;

    public void NoteAnswer()
    {
        if (Volatile.Read(ref _inTrouble) != 0 && Interlocked.Exchange(ref _inTrouble, 0) == 1)
        {
            Log.InventoryRecovered(logger);
        }
    }

    public void NoteTrouble(InventoryException e)
    {
        if (Interlocked.Exchange(ref _inTrouble, 1) == 0)
        {
            Log.InventoryInTrouble(logger, e.Trouble, e.Message);
        }
    }

    /// <summary>Notes the trouble; whether trying again may help whoever asked for an instance.</summary>
    public Refusal RefuseInstance(InventoryException e)
    {
        NoteTrouble(e);
        return e.Trouble is InventoryTrouble.Corrupt or InventoryTrouble.NotAnInventory or InventoryTrouble.NewerVersion
            ? Refusal.InstanceSourceFailed
            : Refusal.InstanceSourceUnavailable;
    }
}
