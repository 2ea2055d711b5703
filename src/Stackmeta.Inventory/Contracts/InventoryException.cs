namespace Stackmeta.Inventory;

/// <summary>The store itself is in trouble. The message is one sentence that says what to do.</summary>
public sealed class InventoryException : Exception
{
    public InventoryException(InventoryTrouble trouble, string message, Exception? cause = null)
        : base(message, cause) => Trouble = trouble;

    /// <summary>What the trouble is.</summary>
    public InventoryTrouble Trouble { get; }

    /// <summary>Whether the same may go well a moment later, without anyone doing anything.</summary>
    public bool IsPassing => Trouble is InventoryTrouble.Locked or InventoryTrouble.Unreachable;
}

/// <summary>The troubles that a store can be in.</summary>
public enum InventoryTrouble
{
    /// <summary>Another program is writing and did not end in time.</summary>
    Locked,

    /// <summary>The file or database is there, but it is no inventory.</summary>
    NotAnInventory,

    /// <summary>The file is damaged.</summary>
    Corrupt,

    /// <summary>A newer Stackmeta has made or upgraded it.</summary>
    NewerVersion,

    /// <summary>Nothing may be written to it.</summary>
    ReadOnly,

    /// <summary>No space is left.</summary>
    Full,

    /// <summary>The directory that should hold it does not exist.</summary>
    DirectoryMissing,

    /// <summary>The file or database is missing and was not to be made, or may not be opened.</summary>
    CannotOpen,

    /// <summary>Reading or writing failed below the store.</summary>
    Failed,

    /// <summary>No server that could do it answers now.</summary>
    Unreachable,
}
