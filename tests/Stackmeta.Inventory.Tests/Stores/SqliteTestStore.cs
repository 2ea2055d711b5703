using Microsoft.Data.Sqlite;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Inventory.Tests;

/// <summary>An inventory on SQLite in a folder of its own, which goes with it.</summary>
public sealed class SqliteTestStore : ITestStore
{
    readonly TemporaryFolder? _folder;
    readonly SqliteInventory _inventory;

    public SqliteTestStore()
    {
        _folder = new TemporaryFolder();
        _inventory = SqliteInventory.Open(_folder.File("inventory.db"), TimeProvider.System);
    }

    SqliteTestStore(string path) => _inventory = SqliteInventory.Open(path, TimeProvider.System);

    public IInventory Inventory => _inventory;

    public IInstanceSource Instances => _inventory;

    public IPortDirectory Ports => _inventory;

    public IGuestDirectory Guests => _inventory;

    public IInventoryChanges Changes => _inventory;

    public ITestStore OpenAgain() => new SqliteTestStore(_inventory.Path);

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection(
            $"Data Source={_inventory.Path};Pooling=False;Default Timeout=5"
        );
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    public void Dispose()
    {
        _inventory.Dispose();
        _folder?.Dispose();
    }
}
