namespace Stackmeta.Inventory.Tests;

/// <summary>An inventory on PostgreSQL in a database of its own, which goes with it.</summary>
public sealed class PostgresTestStore : ITestStore
{
    readonly SharedPostgres? _shared;
    readonly string _database;
    readonly PostgresInventory _inventory;

    // The contracts make stores in constructors, which cannot wait.
    public PostgresTestStore()
        : this(Task.Run(MakeAsync).GetAwaiter().GetResult()) { }

    PostgresTestStore((SharedPostgres Shared, string Database, PostgresUrl Url) made)
    {
        (_shared, _database, Url) = made;
        _inventory = PostgresInventory.Open(Url, TimeProvider.System);
    }

    PostgresTestStore(string database, PostgresUrl url)
    {
        (_database, Url) = (database, url);
        _inventory = PostgresInventory.Open(url, TimeProvider.System);
    }

    public PostgresUrl Url { get; }

    public IInventory Inventory => _inventory;

    public IInstanceSource Instances => _inventory;

    public IPortDirectory Ports => _inventory;

    public IInventoryChanges Changes => _inventory;

    public ITestStore OpenAgain() => new PostgresTestStore(_database, Url);

    public void Dispose()
    {
        _inventory.Dispose();
        if (_shared is not null)
        {
            Task.Run(() => _shared.DropAsync(_database)).GetAwaiter().GetResult();
        }
    }

    static async Task<(SharedPostgres, string, PostgresUrl)> MakeAsync()
    {
        var shared = await SharedPostgres.GetAsync();
        var database = await shared.CreateInventoryAsync();
        return (shared, database, PostgresUrl.Parse((await shared.ServerAsync()).Url(database)));
    }
}
