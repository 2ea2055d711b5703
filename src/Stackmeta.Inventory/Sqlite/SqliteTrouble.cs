using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Stackmeta.Inventory;

/// <summary>What SQLite's result codes mean to an operator (sqlite.org/rescode.html).</summary>
static class SqliteTrouble
{
    // SQLite adds detail in the upper bytes.
    const int PrimaryCode = 0xff;

    public static InventoryException From(SqliteException cause, string path) =>
        From(cause.SqliteExtendedErrorCode == 0 ? cause.SqliteErrorCode : cause.SqliteExtendedErrorCode, path, cause);

    public static InventoryException From(int code, string path, Exception? cause = null) =>
        (code & PrimaryCode) switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new(
                InventoryTrouble.Locked,
                $"The inventory {path} is locked by another writer; try again, or end the program that writes to it.",
                cause
            ),
            raw.SQLITE_NOTADB => new(
                InventoryTrouble.NotAnInventory,
                $"{path} is not an inventory; move it away, or name another data folder.",
                cause
            ),
            raw.SQLITE_CORRUPT => new(
                InventoryTrouble.Corrupt,
                $"The inventory {path} is damaged; stop the program, move the file and its -wal and -shm away, and import the last export.",
                cause
            ),
            raw.SQLITE_READONLY or raw.SQLITE_PERM => new(
                InventoryTrouble.ReadOnly,
                $"The inventory {path} cannot be written; check the owner and mode of the file and its folder, and that its file system is not read-only.",
                cause
            ),
            raw.SQLITE_FULL => new(
                InventoryTrouble.Full,
                $"There is no space left for the inventory {path}; free some on its file system, nothing was changed.",
                cause
            ),
            raw.SQLITE_CANTOPEN or raw.SQLITE_AUTH => new(
                InventoryTrouble.CannotOpen,
                $"The inventory {path} cannot be opened; check that the file exists and that its owner and mode let this program read and write it.",
                cause
            ),
            _ => new(
                InventoryTrouble.Failed,
                $"The inventory {path} failed with SQLite's code {code}; see the kernel's log for errors of the disk.",
                cause
            ),
        };
}
