using System.Net;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Inventory.Tests;

/// <summary>The second question: exactly one port or nobody (spec/neutron-metadata.md §3.4, traps T2 and T15).</summary>
public abstract class PortDirectoryContract<TStore> : StoreContract<TStore>
    where TStore : ITestStore, new()
{
    [Fact]
    public async Task A_port_is_found_by_its_address_in_its_network()
    {
        var (network, port) = await NetworkWithPort("10.0.0.0/24", "10.0.0.5", "device-1");
        var answer = await Find(NetworkScopeKind.Network, network.Id, "10.0.0.5");
        Assert.Equal(
            new Port(port.Id, network.Id, "device-1", "project-1")
            {
                MacAddresses = Port.ReadMacAddresses(port.MacAddress),
            },
            answer.Port
        );
        Assert.Equal(port.MacAddress, Assert.Single(answer.Port!.MacAddresses).ToString());
        Assert.Equal(Refusal.PortNotFound, (await Find(NetworkScopeKind.Network, network.Id, "10.0.0.6")).Refusal);
    }

    [Fact]
    public async Task A_guest_is_found_with_its_record_however_many_ports_it_has()
    {
        var instance = await Inventory
            .Instances.CreateAsync(Samples.FullInstance with { ProjectId = "project-1" })
            .Taken();
        var (first, _) = await NetworkWithPort("10.0.0.0/24", "10.0.0.5", instance.Id);
        var (second, _) = await NetworkWithPort("10.0.1.0/24", "10.0.1.5", instance.Id);
        await Find(NetworkScopeKind.Network, first.Id, "10.0.0.5");
        await Find(NetworkScopeKind.Network, second.Id, "10.0.1.5");
        Assert.True(GuestAddress.TryFrom(IPAddress.Parse("10.0.1.5"), out var address));
        var guest = await Store.Guests.FindGuestAsync(new(NetworkScopeKind.Network, second.Id), address, default);
        Assert.Equal(2, guest.Instance!.NetworkInterfaces.Length);
    }

    [Fact]
    public async Task A_port_is_not_found_in_another_network()
    {
        await NetworkWithPort("10.0.0.0/24", "10.0.0.5", "device-1");
        var (other, _) = await NetworkWithPort("10.0.0.0/24", "10.0.0.6", "device-2");
        Assert.Equal(Refusal.PortNotFound, (await Find(NetworkScopeKind.Network, other.Id, "10.0.0.5")).Refusal);
        Assert.Equal(Refusal.PortNotFound, (await Find(NetworkScopeKind.Network, "none", "10.0.0.5")).Refusal);
    }

    [Theory]
    [InlineData("fe80::f816:3eff:fe12:3456")]
    [InlineData("fe80::f816:3eff:fe12:3456%3")]
    public async Task A_guest_with_a_link_local_address_is_found_by_its_mac(string peer)
    {
        var network = await Inventory.Networks.CreateAsync(new NetworkEntry()).Taken();
        var port = await Inventory
            .Ports.CreateAsync(
                new PortEntry
                {
                    NetworkId = network.Id,
                    DeviceId = "device-1",
                    DeviceOwner = "baremetal:none",
                    MacAddress = "FA-16-3E-12-34-56",
                }
            )
            .Taken();
        Assert.Equal("fa:16:3e:12:34:56", port.MacAddress);
        Assert.Equal(port.Id, (await Find(NetworkScopeKind.Network, network.Id, peer)).Port?.Id);
    }

    [Fact]
    public async Task An_IPv6_address_is_found_however_it_was_written()
    {
        var (network, port) = await NetworkWithPort("2001:db8::/64", "2001:0DB8:0:0::5", "device-1");
        Assert.Equal("2001:db8::5", port.FixedIps!.Value[0].IpAddress);
        Assert.Equal(port.Id, (await Find(NetworkScopeKind.Network, network.Id, "2001:db8:0::0005")).Port?.Id);
    }

    [Theory]
    [InlineData("network:router_interface")]
    [InlineData("network:ha_router_replicated_interface")]
    [InlineData("network:router_interface_distributed")]
    public async Task A_router_leads_to_the_networks_on_which_it_has_an_interface(string owner)
    {
        var router = await Inventory.Routers.CreateAsync(new RouterEntry()).Taken();
        var (attached, port) = await NetworkWithPort("10.0.0.0/24", "10.0.0.5", "device-1");
        await NetworkWithPort("10.0.0.0/24", "10.0.0.5", "device-2");
        await Inventory
            .Ports.CreateAsync(
                new PortEntry
                {
                    NetworkId = attached.Id,
                    DeviceId = router.Id,
                    DeviceOwner = owner,
                    FixedIps = [new FixedIpEntry { IpAddress = "10.0.0.1" }],
                }
            )
            .Taken();
        Assert.Equal(port.Id, (await Find(NetworkScopeKind.Router, router.Id, "10.0.0.5")).Port?.Id);
    }

    [Fact]
    public async Task A_guest_that_has_the_gateways_address_from_before_is_not_known_by_it()
    {
        var (network, port) = await NetworkWithPort("10.0.0.0/24", "10.0.0.5", "device-1");
        var router = await Inventory.Routers.CreateAsync(new RouterEntry()).Taken();
        await Inventory.Ports.CreateAsync(new PortEntry { NetworkId = network.Id, DeviceId = router.Id }).Taken();
        await Store.ExecuteAsync("UPDATE subnets SET gateway_ip = '10.0.0.5'");

        foreach (
            var (kind, id) in new[] { (NetworkScopeKind.Network, network.Id), (NetworkScopeKind.Router, router.Id) }
        )
        {
            Assert.True(GuestAddress.TryFrom(IPAddress.Parse("10.0.0.5"), out var address));
            Assert.Equal(
                Refusal.PortNotFound,
                (await Store.Ports.FindPortAsync(new(kind, id), address, default)).Refusal
            );
            Assert.Equal(
                Refusal.PortNotFound,
                (await Store.Guests.FindGuestAsync(new(kind, id), address, default)).Port.Refusal
            );
        }
        // By its MAC it is known as before.
        var mac = GuestAddress.FromMacAddress(port.MacAddress);
        var found = await Store.Ports.FindPortAsync(new(NetworkScopeKind.Network, network.Id), mac, default);
        Assert.Equal(port.Id, found.Port?.Id);
    }

    [Fact]
    public async Task T2_a_router_without_interfaces_finds_nobody()
    {
        var router = await Inventory.Routers.CreateAsync(new RouterEntry()).Taken();
        var (network, _) = await NetworkWithPort("10.0.0.0/24", "10.0.0.5", "device-1");
        // Its gateway is no interface.
        await Inventory
            .Ports.CreateAsync(
                new PortEntry
                {
                    NetworkId = network.Id,
                    DeviceId = router.Id,
                    DeviceOwner = "network:router_gateway",
                }
            )
            .Taken();
        Assert.Equal(Refusal.PortNotFound, (await Find(NetworkScopeKind.Router, router.Id, "10.0.0.5")).Refusal);
        Assert.Equal(Refusal.PortNotFound, (await Find(NetworkScopeKind.Router, "none", "10.0.0.5")).Refusal);
    }

    [Fact]
    public async Task LP1841933_an_address_on_two_networks_of_a_router_identifies_nobody()
    {
        var router = await RouterOn(
            (await NetworkWithPort("10.0.0.0/24", "10.0.0.5", "device-1")).Network,
            (await NetworkWithPort("10.0.0.0/24", "10.0.0.5", "device-2")).Network
        );
        Assert.Equal(Refusal.PortAmbiguous, (await Find(NetworkScopeKind.Router, router.Id, "10.0.0.5")).Refusal);
    }

    [Fact]
    public async Task Two_interfaces_on_one_network_do_not_make_a_port_ambiguous()
    {
        var (network, port) = await NetworkWithPort("10.0.0.0/24", "10.0.0.5", "device-1");
        var router = await RouterOn(network, network);
        Assert.Equal(port.Id, (await Find(NetworkScopeKind.Router, router.Id, "10.0.0.5")).Port?.Id);
    }

    [Fact]
    public async Task A_port_without_a_device_identifies_nobody()
    {
        var (network, _) = await NetworkWithPort("10.0.0.0/24", "10.0.0.5", "");
        Assert.Equal(Refusal.PortWithoutDevice, (await Find(NetworkScopeKind.Network, network.Id, "10.0.0.5")).Refusal);
    }

    [Theory]
    [InlineData("compute:nova")]
    [InlineData("baremetal:none")]
    [InlineData("Octavia")]
    [InlineData("trunk:subport")]
    public async Task T15_ports_are_not_filtered_by_their_owner(string owner)
    {
        var (network, port) = await NetworkWithPort("10.0.0.0/24", "10.0.0.5", Guid.NewGuid().ToString(), owner);
        Assert.Equal(port.Id, (await Find(NetworkScopeKind.Network, network.Id, "10.0.0.5")).Port?.Id);
    }

    [Fact]
    public async Task OSSA_2013_033_the_answer_carries_the_project_of_the_port()
    {
        var instance = await Inventory.Instances.CreateAsync(new InstanceEntry { ProjectId = "victim" }).Taken();
        var network = await Inventory.Networks.CreateAsync(new NetworkEntry()).Taken();
        var forged = new PortEntry
        {
            NetworkId = network.Id,
            DeviceId = instance.Id,
            ProjectId = "mallory",
        };
        var objection = await Inventory.Ports.CreateAsync(forged).Refused();
        Assert.Equal(("project_id", ObjectionKind.Conflict), (objection.Path, objection.Kind));

        var (later, _) = await NetworkWithPort("10.0.0.0/24", "10.0.0.5", Guid.NewGuid().ToString());
        var port = (await Find(NetworkScopeKind.Network, later.Id, "10.0.0.5")).Port!;
        Assert.Equal("project-1", port.ProjectId);
        objection = await Inventory
            .Instances.CreateAsync(new InstanceEntry { Id = port.DeviceId, ProjectId = "victim" })
            .Refused();
        Assert.Equal("project_id", objection.Path);
    }

    /// <summary>A router on networks whose subnets may overlap, which is refused and may be stored from before.</summary>
    async Task<RouterEntry> RouterOn(params NetworkEntry[] networks)
    {
        var router = await Inventory.Routers.CreateAsync(new RouterEntry()).Taken();
        foreach (var network in networks)
        {
            var own = await Inventory.Routers.CreateAsync(new RouterEntry()).Taken();
            await Inventory.Ports.CreateAsync(new PortEntry { NetworkId = network.Id, DeviceId = own.Id }).Taken();
            await Store.ExecuteAsync($"UPDATE ports SET device_id = '{router.Id}' WHERE device_id = '{own.Id}'");
        }
        return router;
    }

    async Task<(NetworkEntry Network, PortEntry Port)> NetworkWithPort(
        string cidr,
        string address,
        string device,
        string owner = "compute:somewhere"
    )
    {
        var network = await Inventory.Networks.CreateAsync(new NetworkEntry()).Taken();
        await Inventory.Subnets.CreateAsync(new SubnetEntry(false) { NetworkId = network.Id, Cidr = cidr }).Taken();
        var port = await Inventory
            .Ports.CreateAsync(
                new PortEntry
                {
                    NetworkId = network.Id,
                    ProjectId = "project-1",
                    DeviceId = device,
                    // An owner of another kind than an instance's lets any text be the device.
                    DeviceOwner = Guid.TryParse(device, out _) ? owner : "test:any",
                    FixedIps = [new FixedIpEntry { IpAddress = address }],
                }
            )
            .Taken();
        return (network, port);
    }

    /// <summary>Of a record what comes first, what comes last, and what needs several rows.</summary>
    static string Told(Instance? instance) =>
        instance is null
            ? ""
            : $"{instance.Uuid} {instance.ProjectId} {instance.UserData?.Length} {instance.Ec2Ids} "
                + string.Join(' ', instance.NetworkInterfaces.Select(one => $"{one.Id} {one.Network?.Subnets.Length}"));

    async Task<PortAnswer> Find(NetworkScopeKind kind, string id, string peer)
    {
        Assert.True(GuestAddress.TryFrom(IPAddress.Parse(peer), out var address));
        var answer = await Store.Ports.FindPortAsync(new(kind, id), address, CancellationToken.None);
        // Whoever asks both questions at once is told the same, and the record besides.
        var both = await Store.Guests.FindGuestAsync(new(kind, id), address, CancellationToken.None);
        Assert.Equal(answer, both.Port);
        var instance = answer.Port is { } port
            ? await Store.Instances.FindInstanceAsync(port.DeviceId, default)
            : default;
        Assert.Equal(Told(instance.Instance), Told(both.Instance));
        return answer;
    }
}

public sealed class SqlitePortDirectory : PortDirectoryContract<SqliteTestStore>;

public sealed class PostgresPortDirectory : PortDirectoryContract<PostgresTestStore>;
