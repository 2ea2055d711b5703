namespace Stackmeta.Inventory.Tests;

/// <summary>Which addresses ports and DHCP servers get.</summary>
public abstract class AddressesContract<TStore> : StoreContract<TStore>
    where TStore : ITestStore, new()
{
    [Fact]
    public async Task A_subnet_with_DHCP_brings_the_DHCP_port_of_its_network()
    {
        var network = await Network();
        var first = await Subnet(network, "10.0.0.64/26", gateway: "auto");
        Assert.Equal(("10.0.0.65", "10.0.0.66"), (first.GatewayIp, first.DhcpServer));
        var second = await Inventory
            .Subnets.CreateAsync(
                new SubnetEntry
                {
                    NetworkId = network.Id,
                    Cidr = "10.1.0.0/24",
                    DhcpServer = "10.1.0.9",
                }
            )
            .Taken();
        var port = Assert.Single(await Inventory.Ports.ListAsync().ToListAsync());
        Assert.Equal((DeviceOwners.Dhcp, network.Id), (port.DeviceOwner, port.NetworkId));
        Assert.Equal(["10.0.0.66", "10.1.0.9"], port.FixedIps!.Value.Select(ip => ip.IpAddress));

        Assert.Equal(ObjectionKind.InUse, (await Inventory.Ports.DeleteAsync(port.Id).RefusedFirst()).Kind);
        var without = await Inventory.Subnets.ChangeAsync(first.Id, s => s with { EnableDhcp = false }).Taken();
        Assert.Null(without.DhcpServer);
        port = Assert.Single(await Inventory.Ports.ListAsync().ToListAsync());
        Assert.Equal("10.1.0.9", port.FixedIps!.Value.Single().IpAddress);
        var moved = await Inventory
            .Subnets.ChangeAsync(second.Id, subnet => subnet with { DhcpServer = "10.1.0.10" })
            .Taken();
        Assert.Equal("10.1.0.10", moved.DhcpServer);
        await Inventory.Subnets.DeleteAsync(second.Id).Taken();
        Assert.Empty(await Inventory.Ports.ListAsync().ToListAsync());
    }

    [Fact]
    public async Task Automatic_addresses_are_the_lowest_that_are_free()
    {
        var network = await Network();
        await Subnet(network, "10.0.0.0/29", gateway: "10.0.0.2");
        // .1 is the DHCP server's, .2 the gateway, .4 is chosen.
        await Port(network, "10.0.0.4");
        Assert.Equal(
            ["10.0.0.3", "10.0.0.5", "10.0.0.6"],
            [await Port(network), await Port(network), await Port(network)]
        );
        var objection = await Inventory.Ports.CreateAsync(new PortEntry { NetworkId = network.Id }).Refused();
        Assert.Equal(
            ("fixed_ips", ObjectionKind.Conflict, "10.0.0.0/29 has no free address"),
            (objection.Path, objection.Kind, objection.Sentence)
        );
    }

    [Fact]
    public async Task A_port_gets_an_address_of_each_family_and_its_own_in_SLAAC_subnets()
    {
        var network = await Network();
        await Subnet(network, "10.0.0.0/24", dhcp: false);
        await Subnet(network, "10.1.0.0/24", dhcp: false);
        await Subnet(network, "2001:db8:1::/64", dhcp: false, mode: "slaac");
        await Subnet(network, "2001:db8:2::/64", dhcp: false, mode: "dhcpv6-stateful");
        await Subnet(network, "2001:db8:3::/64", dhcp: false, mode: "dhcpv6-stateless");
        var port = await Inventory
            .Ports.CreateAsync(new PortEntry { NetworkId = network.Id, MacAddress = "fa:16:3e:12:34:56" })
            .Taken();
        Assert.Equal(
            ["10.0.0.1", "2001:db8:1:0:f816:3eff:fe12:3456", "2001:db8:2::1", "2001:db8:3:0:f816:3eff:fe12:3456"],
            port.FixedIps!.Value.Select(ip => ip.IpAddress)
        );
    }

    [Fact]
    public async Task A_full_subnet_is_passed_over_for_the_next()
    {
        var network = await Network();
        await Subnet(network, "10.0.0.0/31", dhcp: false);
        await Subnet(network, "10.1.0.0/24", dhcp: false);
        Assert.Equal(
            ["10.0.0.0", "10.0.0.1", "10.1.0.1"],
            [await Port(network), await Port(network), await Port(network)]
        );
    }

    [Fact]
    public async Task A_gateways_address_is_given_to_nothing_but_a_router()
    {
        var network = await Network();
        var subnet = await Subnet(network, "10.0.0.0/29", dhcp: false);
        var mac = await Subnet(network, "2001:db8::/64", dhcp: false, mode: "slaac");
        var guest = await Inventory
            .Ports.CreateAsync(
                new PortEntry
                {
                    NetworkId = network.Id,
                    MacAddress = "fa:16:3e:12:34:56",
                    FixedIps = [new FixedIpEntry { IpAddress = "10.0.0.4" }],
                }
            )
            .Taken();
        var objection = await Inventory
            .Subnets.ChangeAsync(subnet.Id, entry => entry with { GatewayIp = "10.0.0.4" })
            .Refused();
        Assert.Equal(
            ("gateway_ip", $"10.0.0.4 is used by port {guest.Id}, which is no router's interface"),
            (objection.Path, objection.Sentence)
        );
        await Inventory.Subnets.ChangeAsync(subnet.Id, entry => entry with { GatewayIp = "10.0.0.5" }).Taken();
        objection = await Inventory
            .Ports.ChangeAsync(
                guest.Id,
                entry => entry with { FixedIps = [new FixedIpEntry { IpAddress = "10.0.0.5" }] }
            )
            .Refused();
        Assert.Contains("is the gateway of subnet", objection.Sentence, StringComparison.Ordinal);
        // Nor does a guest get it by making its address from its MAC.
        await Inventory
            .Subnets.ChangeAsync(mac.Id, entry => entry with { GatewayIp = "2001:db8::f816:3eff:fe12:3456" })
            .Taken();
        objection = await Inventory.Ports.ChangeAsync(guest.Id, entry => entry with { FixedIps = null }).Refused();
        Assert.Contains("2001:db8::/64 has no free address", objection.Sentence, StringComparison.Ordinal);

        var router = await Inventory.Routers.CreateAsync(new RouterEntry { Name = "r" }).Taken();
        var port = await Inventory
            .Ports.CreateAsync(
                new PortEntry
                {
                    NetworkId = network.Id,
                    DeviceId = router.Id,
                    FixedIps =
                    [
                        new FixedIpEntry { IpAddress = "10.0.0.5" },
                        new FixedIpEntry { IpAddress = "2001:db8::" },
                    ],
                }
            )
            .Taken();
        await Inventory.Ports.ChangeAsync(port.Id, entry => entry with { Name = "renamed" }).Taken();
        // A router's interface that becomes a guest's.
        var instance = await Inventory.Instances.CreateAsync(new InstanceEntry { Name = "i" }).Taken();
        var refused = await Inventory.Ports.ChangeAsync(port.Id, entry => entry with { DeviceId = instance.Id });
        Assert.Equal(
            ["fixed_ips[0].ip_address", "fixed_ips[1].ip_address"],
            refused.Objections.Select(each => each.Path)
        );
    }

    [Fact]
    public async Task A_port_may_want_no_address_or_one_of_a_subnet()
    {
        var network = await Network();
        var subnet = await Subnet(network, "10.0.0.0/24", dhcp: false);
        var none = await Inventory.Ports.CreateAsync(new PortEntry { NetworkId = network.Id, FixedIps = [] }).Taken();
        Assert.Empty(none.FixedIps!.Value);
        var two = await Inventory
            .Ports.CreateAsync(
                new PortEntry
                {
                    NetworkId = network.Id,
                    FixedIps =
                    [
                        new FixedIpEntry { SubnetId = subnet.Id },
                        new FixedIpEntry { IpAddress = "10.0.0.1" },
                        new FixedIpEntry { SubnetId = subnet.Id },
                    ],
                }
            )
            .Taken();
        Assert.Equal(["10.0.0.2", "10.0.0.1", "10.0.0.3"], two.FixedIps!.Value.Select(ip => ip.IpAddress));
    }

    [Fact]
    public async Task An_address_and_a_MAC_are_used_once_in_a_network()
    {
        var network = await Network();
        await Subnet(network, "10.0.0.0/24", dhcp: false);
        var port = new PortEntry
        {
            NetworkId = network.Id,
            MacAddress = "fa:16:3e:12:34:56",
            FixedIps = [new FixedIpEntry { IpAddress = "10.0.0.5" }],
        };
        var taken = await Inventory.Ports.CreateAsync(port).Taken();
        var outcome = await Inventory.Ports.CreateAsync(port);
        Assert.Equal(
            ["mac_address", "fixed_ips[0].ip_address"],
            outcome.Objections.Select(objection => objection.Path)
        );
        Assert.Equal($"10.0.0.5 is already used by port {taken.Id}", outcome.Objections[1].Sentence);

        var other = await Network();
        await Subnet(other, "10.0.0.0/24", dhcp: false);
        await Inventory.Ports.CreateAsync(port with { NetworkId = other.Id }).Taken();
        // A port does not stand in its own way.
        await Inventory.Ports.ChangeAsync(taken.Id, entry => entry with { Name = "renamed" }).Taken();
    }

    [Fact]
    public async Task Drawn_MACs_are_local_and_differ()
    {
        var network = await Network();
        var macs = new HashSet<string>();
        for (var i = 0; i < 50; i++)
        {
            var port = await Inventory.Ports.CreateAsync(new PortEntry { NetworkId = network.Id }).Taken();
            Assert.Matches("^fa:16:3e(:[0-9a-f]{2}){3}$", port.MacAddress);
            Assert.True(macs.Add(port.MacAddress));
        }
    }

    async Task<NetworkEntry> Network() => await Inventory.Networks.CreateAsync(new NetworkEntry()).Taken();

    async Task<SubnetEntry> Subnet(
        NetworkEntry network,
        string cidr,
        string? gateway = null,
        bool dhcp = true,
        string? mode = null
    ) =>
        await Inventory
            .Subnets.CreateAsync(
                new SubnetEntry(dhcp)
                {
                    NetworkId = network.Id,
                    Cidr = cidr,
                    GatewayIp = gateway,
                    Ipv6AddressMode = mode,
                }
            )
            .Taken();

    async Task<string> Port(NetworkEntry network, string? address = null)
    {
        var port = await Inventory
            .Ports.CreateAsync(
                new PortEntry
                {
                    NetworkId = network.Id,
                    FixedIps = address is null ? null : [new FixedIpEntry { IpAddress = address }],
                }
            )
            .Taken();
        return port.FixedIps!.Value.Single().IpAddress;
    }
}

public sealed class SqliteAddresses : AddressesContract<SqliteTestStore>;

public sealed class PostgresAddresses : AddressesContract<PostgresTestStore>;
