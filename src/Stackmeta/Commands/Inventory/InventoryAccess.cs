using System.CommandLine;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>How commands come to the inventory and to the standard streams. Tests give their own.</summary>
/// <param name="OpenForReading">The inventory that a command line names; refuses one that is not there yet.</param>
/// <param name="OpenForWriting">The same, made if it is not there.</param>
/// <param name="OpenInput">Standard input as bytes.</param>
/// <param name="OpenOutput">Standard output as bytes.</param>
sealed record InventoryAccess(
    Func<ParseResult, OpenInventory> OpenForReading,
    Func<ParseResult, OpenInventory> OpenForWriting,
    Func<Stream> OpenInput,
    Func<Stream> OpenOutput
)
{
    /// <summary>The inventory in the data folder, and the process's own streams.</summary>
    public static InventoryAccess Of(CommonOptions common) =>
        new(
            parsed => Open(DataFolder.Of(common.Read(parsed)), isNew: false),
            parsed => Open(DataFolder.Of(common.Read(parsed)).Make(), isNew: true),
            Console.OpenStandardInput,
            Console.OpenStandardOutput
        );

    static OpenInventory Open(DataFolder folder, bool isNew)
    {
        if (!isNew && !File.Exists(folder.InventoryFile))
        {
            throw new CommandException(
                $"There is no inventory in {folder.Path} yet; create a network, import a document, or name another folder with --data."
            );
        }
        return OpenInventory.Of(SqliteInventory.Open(folder.InventoryFile, TimeProvider.System));
    }
}

/// <summary>An inventory, and what must be closed after its use.</summary>
sealed record OpenInventory(IInventory Inventory, IDisposable Store) : IDisposable
{
    public static OpenInventory Of<TStore>(TStore store)
        where TStore : IInventory, IDisposable => new(store, store);

    public void Dispose() => Store.Dispose();
}
