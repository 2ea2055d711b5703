using Stackmeta.Core.Lookups;

namespace Stackmeta.Inventory.Tests;

/// <summary>A store to run the contracts on. Each kind of store has one; it starts empty.</summary>
public interface ITestStore : IDisposable
{
    IInventory Inventory { get; }

    IInstanceSource Instances { get; }

    IPortDirectory Ports { get; }

    IGuestDirectory Guests { get; }

    IInventoryChanges Changes { get; }

    /// <summary>The same store as another process sees it.</summary>
    ITestStore OpenAgain();

    /// <summary>Changes what is stored past all rules, as if an earlier version had taken it.</summary>
    Task ExecuteAsync(string sql);
}
