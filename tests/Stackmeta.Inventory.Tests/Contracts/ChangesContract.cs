namespace Stackmeta.Inventory.Tests;

/// <summary>What followers are told, whichever process has written.</summary>
public abstract class ChangesContract<TStore> : StoreContract<TStore>
    where TStore : ITestStore, new()
{
    [Fact]
    public async Task The_first_thing_told_is_that_everything_may_have_changed()
    {
        await using var follower = new Follower(Store.Changes);
        Assert.Equal([new(InventoryChangeKind.Everything, "")], await follower.NextAsync());
    }

    [Fact]
    public async Task Changes_of_another_process_are_told_in_order()
    {
        using var other = Store.OpenAgain();
        await using var follower = new Follower(Store.Changes);
        await follower.NextAsync();

        var network = await other.Inventory.Networks.CreateAsync(new NetworkEntry()).Taken();
        Assert.Equal([new(InventoryChangeKind.Network, network.Id)], await follower.NextAsync());

        var instance = await other.Inventory.Instances.CreateAsync(new InstanceEntry()).Taken();
        Assert.Equal([new(InventoryChangeKind.Instance, instance.Id)], await follower.NextAsync());

        var port = await other
            .Inventory.Ports.CreateAsync(new PortEntry { NetworkId = network.Id, DeviceId = instance.Id })
            .Taken();
        InventoryChange[] ofPort =
        [
            new(InventoryChangeKind.Port, port.Id),
            new(InventoryChangeKind.NetworkPorts, network.Id),
            new(InventoryChangeKind.Instance, instance.Id),
        ];
        Assert.Equal(ofPort, await follower.NextAsync());

        await other.Inventory.Instances.ChangeAsync(instance.Id, entry => entry with { Name = "n" }).Taken();
        Assert.Equal([new(InventoryChangeKind.Instance, instance.Id)], await follower.NextAsync());

        // DHCP servers hand out host names.
        await other.Inventory.Instances.ChangeAsync(instance.Id, entry => entry with { Hostname = "h" }).Taken();
        Assert.Equal(
            [new(InventoryChangeKind.Instance, instance.Id), new(InventoryChangeKind.NetworkPorts, network.Id)],
            await follower.NextAsync()
        );

        await other.Instances.SetPasswordAsync(instance.Id, "p", default);
        Assert.Equal([new(InventoryChangeKind.Instance, instance.Id)], await follower.NextAsync());

        await other.Inventory.Instances.DeleteAsync(instance.Id).Taken();
        Assert.Equal(ofPort, await follower.NextAsync());
    }

    [Fact]
    public async Task Changes_of_the_same_process_are_told_too_and_to_every_follower()
    {
        await using var one = new Follower(Store.Changes);
        await using var two = new Follower(Store.Changes);
        await one.NextAsync();
        await two.NextAsync();
        var router = await Inventory.Routers.CreateAsync(new RouterEntry()).Taken();
        Assert.Equal([new(InventoryChangeKind.Router, router.Id)], await one.NextAsync());
        Assert.Equal([new(InventoryChangeKind.Router, router.Id)], await two.NextAsync());
    }

    [Fact]
    public async Task What_was_refused_is_not_told()
    {
        await using var follower = new Follower(Store.Changes);
        await follower.NextAsync();
        await Inventory.Networks.CreateAsync(new NetworkEntry { Mtu = 1 }).Refused();
        var router = await Inventory.Routers.CreateAsync(new RouterEntry()).Taken();
        Assert.Equal([new(InventoryChangeKind.Router, router.Id)], await follower.NextAsync());
    }

    [Fact]
    public async Task A_large_import_and_a_replacing_one_are_told_as_everything()
    {
        await using var follower = new Follower(Store.Changes);
        await follower.NextAsync();
        var routers = string.Join(",", Enumerable.Repeat("{}", 1_001));
        Assert.Empty(await Inventory.ImportTextAsync($"{{\"stackmeta_inventory\": 1, \"routers\": [{routers}]}}"));
        Assert.Equal([new(InventoryChangeKind.Everything, "")], await follower.NextAsync());
        Assert.Empty(await Inventory.ImportTextAsync("{\"stackmeta_inventory\": 1}", replace: true));
        Assert.Equal([new(InventoryChangeKind.Everything, "")], await follower.NextAsync());
    }

    [Fact]
    public async Task Of_changes_in_quick_succession_none_is_lost()
    {
        using var other = Store.OpenAgain();
        await using var follower = new Follower(Store.Changes);
        await follower.NextAsync();
        var written = new HashSet<string>();
        for (var i = 0; i < 300; i++)
        {
            var inventory = i % 2 == 0 ? Inventory : other.Inventory;
            written.Add((await inventory.Routers.CreateAsync(new RouterEntry()).Taken()).Id);
        }
        while (written.Count > 0)
        {
            foreach (var change in await follower.NextAsync())
            {
                Assert.True(written.Remove(change.Id));
            }
        }
    }

    [Fact]
    public async Task A_follower_stops_when_it_is_told_to()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Store.Changes.WatchAsync(stop.Token))
            {
                await stop.CancelAsync();
            }
        });
    }
}

public sealed class SqliteChangesTests : ChangesContract<SqliteTestStore>;

public sealed class PostgresChangesTests : ChangesContract<PostgresTestStore>;
