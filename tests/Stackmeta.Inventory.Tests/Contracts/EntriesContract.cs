namespace Stackmeta.Inventory.Tests;

/// <summary>Creating, finding, changing and deleting entries.</summary>
public abstract class EntriesContract<TStore> : StoreContract<TStore>
    where TStore : ITestStore, new()
{
    [Fact]
    public async Task An_entry_is_found_by_id_and_by_name_but_not_by_a_name_of_two()
    {
        var one = await Inventory.Networks.CreateAsync(new NetworkEntry { Name = "one" }).Taken();
        Assert.Equal(one, await Inventory.Networks.FindAsync(one.Id).Taken());
        Assert.Equal(one, await Inventory.Networks.FindAsync(one.Id.ToUpperInvariant()).Taken());
        Assert.Equal(one, await Inventory.Networks.FindAsync("one").Taken());
        Assert.Equal(ObjectionKind.NotFound, (await Inventory.Networks.FindAsync("two").Refused()).Kind);

        var other = await Inventory.Networks.CreateAsync(new NetworkEntry { Name = "one" }).Taken();
        var objection = await Inventory.Networks.FindAsync("one").Refused();
        Assert.Equal(ObjectionKind.Ambiguous, objection.Kind);
        Assert.EndsWith($"use the id: {one.Id}, {other.Id}", objection.Sentence, StringComparison.Ordinal);
        var subnet = new SubnetEntry { NetworkId = "one", Cidr = "10.0.0.0/24" };
        Assert.Equal("network_id", (await Inventory.Subnets.CreateAsync(subnet).Refused()).Path);
    }

    [Fact]
    public async Task Of_many_with_one_name_the_first_ids_are_named()
    {
        var ids = new List<string>();
        for (var i = 0; i < NamedIds.Most + 2; i++)
        {
            ids.Add((await Inventory.Instances.CreateAsync(new InstanceEntry { Name = "same" }).Taken()).Id);
        }
        var sentence = (await Inventory.Instances.FindAsync("same").Refused()).Sentence;
        Assert.EndsWith($"{string.Join(", ", ids.Take(NamedIds.Most))} and more", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_looks_like_the_id_of_another_finds_the_other()
    {
        var one = await Inventory.Routers.CreateAsync(new RouterEntry { Name = "one" }).Taken();
        await Inventory.Routers.CreateAsync(new RouterEntry { Name = one.Id }).Taken();
        Assert.Equal("one", (await Inventory.Routers.FindAsync(one.Id).Taken()).Name);
    }

    [Fact]
    public async Task Entries_are_listed_in_the_order_of_their_creation()
    {
        for (var i = 0; i < 1_100; i++)
        {
            await Inventory.Routers.CreateAsync(new RouterEntry { Name = $"{i}" }).Taken();
        }
        var names = (await Inventory.Routers.ListAsync().ToListAsync()).Select(router => router.Name);
        Assert.Equal(Enumerable.Range(0, 1_100).Select(i => $"{i}"), names);
    }

    [Fact]
    public async Task An_id_is_taken_once_and_in_lower_case()
    {
        var id = "7F3C1C5E-5B0E-4A53-9F6F-0A1B2C3D4E5F";
        var taken = await Inventory.Instances.CreateAsync(new InstanceEntry { Id = id }).Taken();
        Assert.Equal(id.ToLowerInvariant(), taken.Id);
        var objection = await Inventory.Instances.CreateAsync(new InstanceEntry { Id = id }).Refused();
        Assert.Equal(("id", ObjectionKind.Conflict), (objection.Path, objection.Kind));
    }

    [Fact]
    public async Task Changing_keeps_what_is_not_named_and_refuses_what_cannot_change()
    {
        var created = await Inventory.Instances.CreateAsync(Samples.FullInstance).Taken();
        var changed = await Inventory.Instances.ChangeAsync(created.Id, entry => entry with { Name = "new" }).Taken();
        Assert.Equal((created with { Name = "new" }).Text(), changed.Text());
        Assert.Equal(changed.Text(), (await Inventory.Instances.FindAsync("new").Taken()).Text());

        var other = Guid.NewGuid().ToString();
        Assert.Equal(
            "id",
            (await Inventory.Instances.ChangeAsync(created.Id, entry => entry with { Id = other }).Refused()).Path
        );
        Assert.Equal(
            "project_id",
            (await Inventory.Instances.ChangeAsync(created.Id, e => e with { ProjectId = "x" }).Refused()).Path
        );
        Assert.Equal(changed.Text(), (await Inventory.Instances.FindAsync("new").Taken()).Text());
    }

    [Fact]
    public async Task Changing_the_image_gives_the_new_one_its_own_number()
    {
        var created = await Inventory.Instances.CreateAsync(new InstanceEntry { ImageRef = "a" }).Taken();
        var changed = await Inventory.Instances.ChangeAsync(created.Id, entry => entry with { ImageRef = "b" }).Taken();
        Assert.Equal(created.Ec2Ids!.Instance, changed.Ec2Ids!.Instance);
        Assert.NotEqual(created.Ec2Ids.Image, changed.Ec2Ids.Image);
    }

    [Fact]
    public async Task What_is_in_use_stays()
    {
        var (network, subnet) = await NetworkWithSubnet();
        var router = await Inventory.Routers.CreateAsync(new RouterEntry()).Taken();
        var port = await Inventory
            .Ports.CreateAsync(new PortEntry { NetworkId = network.Id, DeviceId = router.Id })
            .Taken();
        Assert.Equal(ObjectionKind.InUse, (await Inventory.Networks.DeleteAsync(network.Id).Refused()).Kind);
        Assert.Equal(ObjectionKind.InUse, (await Inventory.Subnets.DeleteAsync(subnet.Id).Refused()).Kind);
        Assert.Equal(ObjectionKind.InUse, (await Inventory.Routers.DeleteAsync(router.Id).Refused()).Kind);
        await Inventory.Ports.DeleteAsync(port.Id).Taken();
        await Inventory.Routers.DeleteAsync(router.Id).Taken();
        await Inventory.Networks.DeleteAsync(network.Id).Taken();
        Assert.Empty(await Inventory.Subnets.ListAsync().ToListAsync());
        Assert.Empty(await Inventory.Ports.ListAsync().ToListAsync());
    }

    [Fact]
    public async Task An_instance_takes_its_ports_with_it()
    {
        var (network, _) = await NetworkWithSubnet();
        var instance = await Inventory.Instances.CreateAsync(new InstanceEntry()).Taken();
        var port = new PortEntry { NetworkId = network.Id, DeviceId = instance.Id };
        var first = await Inventory.Ports.CreateAsync(port).Taken();
        await Inventory.Instances.DeleteAsync(instance.Id).Taken();
        Assert.Equal(ObjectionKind.NotFound, (await Inventory.Ports.FindAsync(first.Id).Refused()).Kind);
        var second = await Inventory.Ports.CreateAsync(port).Taken();
        Assert.Equal(first.FixedIps!.Value[0].IpAddress, second.FixedIps!.Value[0].IpAddress);
    }

    [Fact]
    public async Task A_port_belongs_to_what_its_device_is()
    {
        var (network, _) = await NetworkWithSubnet();
        await Inventory.Instances.CreateAsync(new InstanceEntry { Name = "web", ProjectId = "p1" }).Taken();
        await Inventory.Routers.CreateAsync(new RouterEntry { Name = "edge", ProjectId = "p2" }).Taken();
        var ofInstance = await Inventory
            .Ports.CreateAsync(new PortEntry { NetworkId = network.Id, DeviceId = "web" })
            .Taken();
        Assert.Equal(("compute:nova", "p1"), (ofInstance.DeviceOwner, ofInstance.ProjectId));
        var ofRouter = await Inventory
            .Ports.CreateAsync(
                new PortEntry
                {
                    NetworkId = network.Id,
                    DeviceId = "edge",
                    DeviceOwner = DeviceOwners.RouterInterface,
                }
            )
            .Taken();
        Assert.Equal("p2", ofRouter.ProjectId);
        var ofNobody = await Inventory.Ports.CreateAsync(new PortEntry { NetworkId = network.Id }).Taken();
        Assert.Equal(("", "", "default"), (ofNobody.DeviceId, ofNobody.DeviceOwner, ofNobody.ProjectId));
        var attached = await Inventory.Ports.ChangeAsync(ofNobody.Id, port => port with { DeviceId = "web" }).Taken();
        Assert.Equal((ofInstance.DeviceId, "p1"), (attached.DeviceId, attached.ProjectId));
        Assert.Equal(
            ObjectionKind.NotFound,
            (
                await Inventory.Ports.CreateAsync(new PortEntry { NetworkId = network.Id, DeviceId = "no" }).Refused()
            ).Kind
        );
    }

    [Fact]
    public async Task Several_things_are_done_together_or_not_at_all()
    {
        var (network, _) = await NetworkWithSubnet();
        var before = await Inventory.ExportedAsync();
        var refused = await Inventory
            .TogetherAsync<InstanceEntry>(async inventory =>
            {
                var instance = await inventory.Instances.CreateAsync(new InstanceEntry { Name = "web" }).Taken();
                // What is wrong with the port is not even looked at: the whole is refused all the same.
                await inventory.Ports.CreateAsync(new PortEntry { NetworkId = "no", DeviceId = instance.Id });
                return instance;
            })
            .Refused();
        Assert.Equal("network_id", refused.Path);
        Assert.Equal(before, await Inventory.ExportedAsync());

        var created = await Inventory
            .TogetherAsync<InstanceEntry>(async inventory =>
            {
                var instance = await inventory.Instances.CreateAsync(new InstanceEntry { Name = "web" }).Taken();
                await inventory.Ports.CreateAsync(new PortEntry { NetworkId = network.Id, DeviceId = "web" }).Taken();
                return instance;
            })
            .Taken();
        Assert.Equal(created.Text(), (await Inventory.Instances.FindAsync("web").Taken()).Text());
    }

    [Fact]
    public async Task Layouts_hold_all_networks_with_everything_on_them()
    {
        var (network, subnet) = await NetworkWithSubnet();
        await Inventory.Networks.CreateAsync(new NetworkEntry { Name = "empty" }).Taken();
        await Inventory.Instances.CreateAsync(new InstanceEntry { Name = "Web 1" }).Taken();
        var port = await Inventory
            .Ports.CreateAsync(new PortEntry { NetworkId = network.Id, DeviceId = "Web 1" })
            .Taken();
        var layouts = await Inventory.ReadLayoutsAsync();
        Assert.Equal(["", "empty"], layouts.Select(layout => layout.Network.Name));
        Assert.Equal(subnet.Text(), Assert.Single(layouts[0].Subnets).Text());
        Assert.Equal(subnet.DhcpServer, layouts[0].DhcpPort!.FixedIps!.Value.Single().IpAddress);
        var guest = Assert.Single(layouts[0].Ports, entry => entry.Hostname is not null);
        Assert.Equal((port.Text(), "web-1"), (guest.Port.Text(), guest.Hostname));
        Assert.Null(layouts[1].DhcpPort);
    }

    async Task<(NetworkEntry Network, SubnetEntry Subnet)> NetworkWithSubnet()
    {
        var network = await Inventory.Networks.CreateAsync(new NetworkEntry()).Taken();
        var subnet = await Inventory
            .Subnets.CreateAsync(new SubnetEntry { NetworkId = network.Id, Cidr = "10.0.0.0/24" })
            .Taken();
        return (network, subnet);
    }
}

public sealed class SqliteEntries : EntriesContract<SqliteTestStore>;

public sealed class PostgresEntries : EntriesContract<PostgresTestStore>;
