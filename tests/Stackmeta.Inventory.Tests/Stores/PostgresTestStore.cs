using Stackmeta.Core.Lookups;

namespace Stackmeta.Inventory.Tests;

/// <summary>An inventory on PostgreSQL in a database that no other test has meanwhile.</summary>
public class PostgresTestStore : ITestStore
{
    readonly SharedPostgres? _shared;
    readonly string _database;
    readonly PostgresInventory _inventory;

    public PostgresTestStore()
        : this(new PostgresInventoryOptions()) { }

    // The contracts make stores in constructors, which cannot wait.
    private protected PostgresTestStore(PostgresInventoryOptions options)
    {
        (_shared, _database, Url) = Task.Run(MakeAsync).GetAwaiter().GetResult();
        _inventory = PostgresInventory.Open(Url, TimeProvider.System, options);
    }

    PostgresTestStore(PostgresTestStore other)
    {
        (_database, Url) = (other._database, other.Url);
        _inventory = PostgresInventory.Open(Url, TimeProvider.System);
    }

    public PostgresUrl Url { get; }

    public string Database => _database;

    public IInventory Inventory => _inventory;

    public IInstanceSource Instances => _inventory;

    public IPortDirectory Ports => _inventory;

    public IGuestDirectory Guests => _inventory;

    public IInventoryChanges Changes => _inventory;

    public ITestStore OpenAgain() => new PostgresTestStore(this);

    public async Task ExecuteAsync(string sql) =>
        await (await (await SharedPostgres.GetAsync()).ServerAsync()).ExecuteAsync(_database, sql);

    public void Dispose()
    {
        _inventory.Dispose();
        if (_shared is not null)
        {
            Task.Run(() => _shared.EmptyAsync(_database)).GetAwaiter().GetResult();
        }
        GC.SuppressFinalize(this);
    }

    static async Task<(SharedPostgres, string, PostgresUrl)> MakeAsync()
    {
        var shared = await SharedPostgres.GetAsync();
        var database = await shared.CreateInventoryAsync();
        return (shared, database, PostgresUrl.Parse((await shared.ServerAsync()).Url(database)));
    }
}

/// <summary>The same, which takes every document as if it were a large one.</summary>
public sealed class PostgresLargeTestStore : PostgresTestStore
{
    public PostgresLargeTestStore()
        : base(new PostgresInventoryOptions { LargeDocument = -1 }) { }
}
