using System.CommandLine;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>How commands come to the inventory and to the standard streams. Tests give their own.</summary>
/// <param name="OpenForReading">The inventory that a command line names; refuses one that is not there yet.</param>
/// <param name="OpenForWriting">The same, made if it is not there.</param>
/// <param name="OpenForTrial">The same, for what is taken back; where it is not there, an empty one that nobody finds afterwards.</param>
/// <param name="OpenInput">Standard input as bytes.</param>
/// <param name="OpenOutput">Standard output as bytes.</param>
sealed record InventoryAccess(
    Func<ParseResult, OpenInventory> OpenForReading,
    Func<ParseResult, OpenInventory> OpenForWriting,
    Func<ParseResult, OpenInventory> OpenForTrial,
    Func<Stream> OpenInput,
    Func<Stream> OpenOutput
)
{
    /// <summary>Whether attached guests are held to their ports' addresses (<see cref="KnownSettings.EdgePortSecurity"/>).</summary>
    public Func<ParseResult, bool> HasPortSecurity { get; init; } = static _ => true;

    /// <summary>How many link-local addresses of its own choice a guest may have.</summary>
    public Func<ParseResult, int> LinkLocalAddresses { get; init; } = static _ => EdgeOptions.DefaultLinkLocalAddresses;

    /// <summary>The inventory that the settings name, and the process's own streams.</summary>
    public static InventoryAccess Of(CommonOptions common)
    {
        return new(
            parsed => OpenInventory.Of(PlaceOf(parsed).OpenExisting(TimeProvider.System)),
            parsed => OpenInventory.Of(PlaceOf(parsed).Open(TimeProvider.System)),
            parsed => TrialAt(PlaceOf(parsed)),
            Console.OpenStandardInput,
            StandardStreams.OpenOutput
        )
        {
            HasPortSecurity = parsed => common.Read(parsed).Get(KnownSettings.EdgePortSecurity),
            LinkLocalAddresses = parsed => (int)common.Read(parsed).Get(KnownSettings.EdgeLinkLocalAddresses),
        };

        InventoryPlace PlaceOf(ParseResult parsed) => InventoryPlace.Of(common.Read(parsed));
    }

    static OpenInventory TrialAt(InventoryPlace place)
    {
        if (place.MayExist)
        {
            return OpenInventory.Of(place.OpenExisting(TimeProvider.System));
        }
        var folder = Directory.CreateTempSubdirectory("stackmeta-trial-");
        var inventory = SqliteInventory.Open(Path.Combine(folder.FullName, "inventory.db"), TimeProvider.System);
        return new(inventory, new Trial(inventory, folder));
    }

    sealed class Trial(SqliteInventory inventory, DirectoryInfo folder) : IDisposable
    {
        public void Dispose()
        {
            inventory.Dispose();
            folder.Delete(recursive: true);
        }
    }
}

/// <summary>An inventory, and what must be closed after its use.</summary>
sealed record OpenInventory(IInventory Inventory, IDisposable Store) : IDisposable
{
    public static OpenInventory Of<TStore>(TStore store)
        where TStore : IInventory, IDisposable => new(store, store);

    public void Dispose() => Store.Dispose();
}
