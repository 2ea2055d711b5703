using System.Text;
using System.Text.Json.Nodes;
using Stackmeta.Inventory;
using Stackmeta.Inventory.Tests;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>Several hosts on one PostgreSQL: each serves its own guests, and what is changed on one every other knows.</summary>
public sealed class SharedInventoryTests : IAsyncLifetime
{
    readonly List<Guest> _guests = [];
    SharedDatabase? _database;

    SharedDatabase Database => _database!;

    public ValueTask InitializeAsync()
    {
        Requirements.Check();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var guest in _guests)
        {
            await guest.DisposeAsync();
        }
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    [Fact]
    public async Task Each_host_serves_the_networks_of_its_guests_and_hears_of_what_the_other_changes()
    {
        _database = await SharedDatabase.StartAsync();
        var one = await Database.StartHostAsync("node-1");
        var two = await Database.StartHostAsync("node-2");
        var first = await GuestAsync("first", "node-1");
        var second = await GuestAsync("second", "node-2");
        // The addresses are the same: the network tells who asks.
        Assert.Equal(first.Address, second.Address);
        Assert.Equal(first.Instance.Id, await first.UuidAsync());
        Assert.Equal(second.Instance.Id, await second.UuidAsync());

        // A password that a guest posts on its host, kept by the other one until it hears of it.
        Assert.Equal("", await AskApiAsync(two, first, "password"));
        var posted = await first.RunAsync(
            "curl",
            "-sS",
            "--fail",
            "-d",
            "c2VjcmV0",
            "http://169.254.169.254/openstack/latest/password"
        );
        Assert.True(posted.Code == 0, posted.Error);
        await UntilAsync(async () => await AskApiAsync(two, first, "password") == "c2VjcmV0");

        // An instance and a port, changed from a workstation.
        await DoneAsync("instance", "set", first.Instance.Id, "--name", "renamed");
        await UntilAsync(async () =>
            await NameAsync(await first.GetAsync("/openstack/latest/meta_data.json")) == "renamed"
        );
        await UntilAsync(async () =>
            await NameAsync(Encoding.UTF8.GetBytes(await AskApiAsync(two, first, "meta_data.json"))) == "renamed"
        );
        var moved = await Database.Inventory.Ports.ChangeAsync(
            second.Port.Id,
            port => port with { DeviceId = first.Instance.Id }
        );
        Assert.False(moved.IsRefused);
        // A connection that is open at the moment of the change ends without an answer.
        await UntilAsync(async () => await second.FindUuidAsync() == first.Instance.Id);

        // Each provided its own network and no other's.
        await two.StopAsync();
        Assert.Equal("renamed", await NameAsync(await first.GetAsync("/openstack/latest/meta_data.json")));
        await one.StopAsync();
        Assert.DoesNotContain("error", one.Said + two.Said, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(PostgresServer.Password, one.Said + two.Said, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Uri.EscapeDataString(PostgresServer.Password),
            one.Said + two.Said,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_primary_that_dies_is_noticed_by_no_guest_that_is_known()
    {
        _database = await SharedDatabase.StartAsync(withStandby: true);
        var host = await Database.StartHostAsync("node-1");
        var guest = await GuestAsync("known", "node-1");
        Assert.Equal(guest.Instance.Id, await guest.UuidAsync());
        using var stop = new CancellationTokenSource();
        var asking = AskUntilAsync(guest, stop.Token);

        await Database.Primary.KillAsync();
        await Database.Standby!.PromoteAsync();
        await UntilAsync(async () =>
            (
                await guest.RunAsync(
                    "curl",
                    "-sS",
                    "--fail",
                    "-d",
                    "c2VjcmV0",
                    "http://169.254.169.254/openstack/latest/password"
                )
            ).Code == 0
        );
        await DoneAsync("instance", "set", guest.Instance.Id, "--name", "renamed");
        await UntilAsync(async () =>
            await NameAsync(await guest.GetAsync("/openstack/latest/meta_data.json")) == "renamed"
        );

        // Then there is none at all: what is known is given on, and whoever looks is told.
        await Database.Standby!.KillAsync();
        await UntilAsync(async () => (await StatusAsync(host)).Contains("given on", StringComparison.Ordinal));
        var status = await StatusAsync(host);
        Assert.StartsWith("ready", status, StringComparison.Ordinal);
        Assert.Contains("instance-source-unavailable; 1 kept records are given on", status, StringComparison.Ordinal);
        Assert.Contains("changes: not followed now", status, StringComparison.Ordinal);
        var explained = await Shell.TryAsync(
            Checkout.Program,
            ["explain", "known", "--data", host.Folder, .. Database.Options]
        );
        Assert.Equal(ExitCodes.Failed, explained.Code);
        Assert.Contains("cannot be reached", explained.Error, StringComparison.Ordinal);
        await Database.Standby!.RunAsync();
        await UntilAsync(async () => !(await StatusAsync(host)).Contains("not followed", StringComparison.Ordinal));

        await stop.CancelAsync();
        Assert.Equal(0, await asking);
        Assert.DoesNotContain(Uri.EscapeDataString(PostgresServer.Password), host.Said, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, host.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_inventory_moves_from_a_file_to_the_database_and_back()
    {
        _database = await SharedDatabase.StartAsync();
        var folder = RunningProgram.MakeFolder();
        using (var file = SqliteInventory.Open(Path.Combine(folder, "inventory.db"), TimeProvider.System))
        {
            var network = await TwoNetworks.CreateNetworkAsync(file, "moved");
            var instance = (await file.Instances.CreateAsync(new InstanceEntry { Name = "web-1" })).Value!;
            var port = new PortEntry { NetworkId = network.Id, DeviceId = instance.Id };
            Assert.False((await file.Ports.CreateAsync(port)).IsRefused);
        }
        var document = (await Shell.TryAsync(Checkout.Program, ["export", "--data", folder])).Bytes;
        Directory.Delete(folder, recursive: true);
        var refused = await Database.TryAsync("instance", "list");
        Assert.Equal(ExitCodes.Failed, refused.Code);
        Assert.Contains("There is no inventory in the database", refused.Error, StringComparison.Ordinal);
        var imported = await Shell.TryAsync(
            Checkout.Program,
            ["import", "-", "--data", "/nonexistent", .. Database.Options],
            document
        );
        Assert.True(imported.Code == 0, imported.Error);
        Assert.Equal(document, (await Database.TryAsync("export")).Bytes);
    }

    static Task UntilAsync(Func<Task<bool>> holds) => OpenStack.Tests.TestProcess.UntilAsync(holds, "What was awaited");

    static Task<string> NameAsync(byte[] document) =>
        Task.FromResult(JsonNode.Parse(document)!["name"]!.GetValue<string>());

    static async Task<string> StatusAsync(RunningProgram program) =>
        (await Shell.TryAsync(Checkout.Program, ["status", "--data", program.Folder])).Output;

    /// <summary>Asks an API as an agent does, for a guest of any host.</summary>
    static async Task<string> AskApiAsync(RunningProgram program, Guest guest, string document)
    {
        var id = guest.Instance.Id;
        var signature = (await Shell.RunAsync(Checkout.Program, ["sign", id, "--data", program.Folder])).Trim();
        return await Shell.RunAsync(
            "curl",
            "-sS",
            "-H",
            $"X-Instance-ID: {id}",
            "-H",
            "X-Tenant-ID: project-1",
            "-H",
            $"X-Instance-ID-Signature: {signature}",
            $"http://127.0.0.1:{program.ApiPort}/openstack/latest/{document}"
        );
    }

    /// <summary>Asks again and again for what is known, and returns how often nothing came.</summary>
    static async Task<int> AskUntilAsync(Guest guest, CancellationToken cancellationToken)
    {
        var missed = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            var result = await guest.RunAsync(
                "curl",
                "-sS",
                "--fail",
                "--max-time",
                "10",
                "http://169.254.169.254/latest/meta-data/instance-id"
            );
            missed += result.Code == 0 ? 0 : 1;
        }
        return missed;
    }

    async Task<Guest> GuestAsync(string name, string host)
    {
        var network = await TwoNetworks.CreateNetworkAsync(Database.Inventory, name);
        var wanted = new InstanceEntry { Name = name, ProjectId = "project-1" };
        var guest = await Guest.CreateAsync(Database.Inventory, network.Id, wanted, host);
        _guests.Add(guest);
        await guest.AcquireLeaseAsync();
        return guest;
    }

    async Task DoneAsync(params string[] arguments)
    {
        var result = await Database.TryAsync(arguments);
        Assert.True(result.Code == 0, result.Error);
    }
}
