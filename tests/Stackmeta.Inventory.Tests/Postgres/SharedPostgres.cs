using System.Collections.Concurrent;
using Stackmeta.Inventory.Tests;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace Stackmeta.Inventory.Tests;

/// <summary>One server for all tests of this project, started by the first that needs it; each test has databases of its own.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    const string Template = "template_inventory";

    readonly Lazy<Task<PostgresServer>> _server = new(StartAsync);

    // Databases with an empty inventory that a test has left. Making one costs as much as most tests.
    readonly ConcurrentBag<string> _empty = [];

    // Drawn by Interlocked.
    int _databases;

    /// <summary>The server; skips the test where there can be none.</summary>
    public static async Task<SharedPostgres> GetAsync()
    {
        if (PostgresServer.Missing is { } reason)
        {
            Assert.Skip(reason);
        }
        return (await TestContext.Current.GetFixture<SharedPostgres>())!;
    }

    public Task<PostgresServer> ServerAsync() => _server.Value;

    /// <summary>A database with an empty inventory.</summary>
    public async Task<string> CreateInventoryAsync() =>
        _empty.TryTake(out var database) ? database : await CreateAsync($"TEMPLATE {Template}");

    /// <summary>Gives a database of <see cref="CreateInventoryAsync"/> back when nobody is connected to it any more.</summary>
    public async Task EmptyAsync(string database)
    {
        await (await _server.Value).ExecuteAsync(
            database,
            """
            TRUNCATE networks, subnets, routers, ports, fixed_ips, ec2_images, instances, changes RESTART IDENTITY;
            UPDATE revision SET number = 0
            """
        );
        _empty.Add(database);
    }

    /// <summary>A database without tables.</summary>
    public Task<string> CreateDatabaseAsync(string options = "") => CreateAsync(options);

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }
    }

    async Task<string> CreateAsync(string options)
    {
        var name = $"inventory_{Interlocked.Increment(ref _databases)}";
        await (await _server.Value).ExecuteAsync(
            "postgres",
            $"CREATE DATABASE {name} OWNER {PostgresServer.Role} {options}"
        );
        return name;
    }

    static async Task<PostgresServer> StartAsync()
    {
        var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync("postgres", $"CREATE DATABASE {Template} OWNER {PostgresServer.Role}");
        PostgresInventory.Open(PostgresUrl.Parse(server.Url(Template)), TimeProvider.System).Dispose();
        return server;
    }
}
