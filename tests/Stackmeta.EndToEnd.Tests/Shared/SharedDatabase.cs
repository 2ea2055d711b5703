using Stackmeta.Inventory;
using Stackmeta.Inventory.Tests;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>A PostgreSQL database, the programs of several hosts that share it, and another client of it.</summary>
sealed class SharedDatabase : IAsyncDisposable
{
    const string Name = "stackmeta";

    readonly List<RunningProgram> _programs = [];
    OwnInventory? _inventory;

    SharedDatabase(PostgresServer primary, PostgresServer? standby)
    {
        Primary = primary;
        Standby = standby;
        Url = standby is null ? primary.Url(Name) : primary.Url(Name, standby);
    }

    public PostgresServer Primary { get; }

    public PostgresServer? Standby { get; }

    public string Url { get; }

    /// <summary>The inventory as another host has it.</summary>
    public OwnInventory Inventory => _inventory!;

    /// <summary>Options of any command that works on it.</summary>
    public string[] Options => ["--set", $"inventory.url={Url}"];

    public static async Task<SharedDatabase> StartAsync(bool withStandby = false)
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var primary = await PostgresServer.StartAsync();
        await primary.ExecuteAsync("postgres", $"CREATE DATABASE {Name} OWNER {PostgresServer.Role}");
        return new SharedDatabase(primary, withStandby ? await primary.StartStandbyAsync() : null);
    }

    /// <summary>Starts the program of a host, whose kept records only a notification makes it forget.</summary>
    public async Task<RunningProgram> StartHostAsync(string host)
    {
        var program = await RunningProgram.StartAsync(
            RunningProgram.MakeFolder(),
            null,
            [.. Options, "--set", $"host={host}", "--set", "api.cache_seconds=3600"]
        );
        _programs.Add(program);
        // Opened after the first program, which made the tables.
        _inventory ??= PostgresInventory.Open(PostgresUrl.Parse(Url), TimeProvider.System);
        return program;
    }

    /// <summary>Runs a command on the inventory from elsewhere.</summary>
    public Task<Shell.Result> TryAsync(params string[] arguments) =>
        Shell.TryAsync(Checkout.Program, [.. arguments, "--data", "/nonexistent", .. Options]);

    public async ValueTask DisposeAsync()
    {
        _inventory?.Dispose();
        foreach (var program in _programs)
        {
            await program.DisposeAsync();
            Directory.Delete(program.Folder, recursive: true);
        }
        if (Standby is not null)
        {
            await Standby.DisposeAsync();
        }
        await Primary.DisposeAsync();
    }
}
