namespace Stackmeta.Inventory.Tests;

/// <summary>What is not taken, and what is said about it.</summary>
public abstract class RefusalsContract<TStore> : StoreContract<TStore>
    where TStore : ITestStore, new()
{
    [Theory]
    [InlineData("mtu", "67 is not between 68 and 65535", "", 67)]
    [InlineData("mtu", "65536 is not between", "", 65536)]
    [InlineData("name", "control character U+000A at position 1", "a\nb", null)]
    public async Task Networks(string path, string part, string name, int? mtu) =>
        await Expect(Inventory.Networks, new NetworkEntry { Name = name, Mtu = mtu }, path, part);

    [Theory]
    [InlineData("cidr", "is not a CIDR", "10.0.0.0")]
    [InlineData("cidr", "is not a CIDR", "")]
    [InlineData("cidr", "is not a CIDR", "10.0.0.0/x")]
    [InlineData("cidr", "is not an IP address", "10.0.0/24")]
    [InlineData("cidr", "is not an IP address", "010.0.0.0/24")]
    [InlineData("cidr", "has host bits set; write 10.0.0.0/24", "10.0.0.5/24")]
    [InlineData("cidr", "has host bits set; write 2001:db8::/64", "2001:db8::1/64")]
    [InlineData("cidr", "longer than 32", "10.0.0.0/33")]
    [InlineData("cidr", "that guests cannot have", "127.0.0.0/8")]
    [InlineData("cidr", "that guests cannot have", "224.0.0.0/4")]
    [InlineData("cidr", "that guests cannot have", "0.0.0.0/0")]
    [InlineData("cidr", "that guests cannot have", "fe80::/64")]
    [InlineData("cidr", "that guests cannot have: 169.254.0.0/16", "169.254.0.0/16")]
    [InlineData("cidr", "that guests cannot have: 169.254.0.0/16", "169.254.169.254/32")]
    [InlineData("cidr", "that guests cannot have: 169.254.0.0/16", "169.254.0.0/31")]
    [InlineData("cidr", "that guests cannot have: 169.254.0.0/16", "169.254.128.0/17")]
    [InlineData("cidr", "that guests cannot have: 169.254.0.0/16", "168.0.0.0/6")]
    [InlineData("cidr", "that guests cannot have: 127.0.0.0/8", "126.0.0.0/7")]
    [InlineData("cidr", "that guests cannot have: 0.0.0.0/8", "0.0.0.0/7")]
    [InlineData("cidr", "that guests cannot have: 240.0.0.0/4", "255.255.255.255/32")]
    [InlineData("cidr", "that guests cannot have: 240.0.0.0/4", "240.0.0.0/24")]
    [InlineData("cidr", "that guests cannot have: ::/128", "::/64")]
    [InlineData("cidr", "that guests cannot have: ::1/128", "::1/128")]
    [InlineData("cidr", "that guests cannot have: fe80::/10", "fe80::a9fe:a9fe/128")]
    [InlineData("cidr", "that guests cannot have: fe80::/10", "febf:ffff::/32")]
    [InlineData("cidr", "that guests cannot have: fe80::/10", "fe00::/8")]
    [InlineData("cidr", "that guests cannot have: ff00::/8", "ff02::/64")]
    [InlineData("cidr", "that guests cannot have", "::/0")]
    [InlineData("cidr", "overlaps 10.9.0.0/16", "10.9.1.0/24")]
    [InlineData("gateway_ip", "10.0.1.1 is outside 10.0.0.0/24", "10.0.0.0/24", "10.0.1.1")]
    [InlineData("gateway_ip", "no address of a host", "10.0.0.0/24", "10.0.0.255")]
    [InlineData("gateway_ip", "is the metadata service's address", "2001:db8::/64", "fe80::a9fe:a9fe")]
    [InlineData("gateway_ip", "fe80::1 is of another family than 10.0.0.0/24", "10.0.0.0/24", "fe80::1")]
    [InlineData("gateway_ip", "2001:db8::1 is of another family than 10.0.0.0/24", "10.0.0.0/24", "2001:db8::1")]
    [InlineData("gateway_ip", "10.0.0.1 is of another family than 2001:db8::/64", "2001:db8::/64", "10.0.0.1")]
    [InlineData("gateway_ip", "is not an IP address", "10.0.0.0/24", "10.0.0.1\n")]
    [InlineData("dhcp_server", "10.0.1.2 is outside", "10.0.0.0/24", null, "10.0.1.2")]
    [InlineData("dhcp_server", "is the gateway", "10.0.0.0/24", "10.0.0.1", "10.0.0.1")]
    [InlineData("ipv6_address_mode", "is an IPv4 subnet", "10.0.0.0/24", null, null, "slaac")]
    [InlineData("ipv6_address_mode", "is none of slaac, dhcpv6-stateless", "2001:db8::/64", null, null, "dhcp")]
    [InlineData("ipv6_address_mode", "needs a prefix of length 64", "2001:db8::/65", null, null, "slaac")]
    public async Task Subnets(
        string path,
        string part,
        string cidr,
        string? gateway = null,
        string? server = null,
        string? mode = null
    )
    {
        await Inventory.Networks.CreateAsync(new NetworkEntry { Name = "n" }).Taken();
        await Inventory.Subnets.CreateAsync(new SubnetEntry { NetworkId = "n", Cidr = "10.9.0.0/16" }).Taken();
        var entry = new SubnetEntry
        {
            NetworkId = "n",
            Cidr = cidr,
            GatewayIp = gateway,
            DhcpServer = server,
            Ipv6AddressMode = mode,
        };
        await Expect(Inventory.Subnets, entry, path, part);
    }

    [Theory]
    [InlineData("dns_nameservers[1]", "is not an IP address", "9.9.9.9", "dns.example")]
    [InlineData("dns_nameservers[0]", "write 10.0.0.1", "::ffff:10.0.0.1")]
    [InlineData("dns_nameservers[0]", "is not an IP address", "9.9.9.9\nserver=1.2.3.4")]
    [InlineData("dns_nameservers[0]", "is not an IP address", "fe80::1%eth0")]
    [InlineData("dns_nameservers[1]", "2001:4860:4860::8888 is of another family", "9.9.9.9", "2001:4860:4860::8888")]
    public async Task Name_servers(string path, string part, params string[] servers)
    {
        await Inventory.Networks.CreateAsync(new NetworkEntry { Name = "n" }).Taken();
        var entry = new SubnetEntry
        {
            NetworkId = "n",
            Cidr = "10.0.0.0/24",
            DnsNameservers = [.. servers],
        };
        await Expect(Inventory.Subnets, entry, path, part);
    }

    [Theory]
    [InlineData("host_routes[0].destination", "host bits", "10.0.0.1/8", "10.0.0.1")]
    [InlineData("host_routes[0].nexthop", "is not an IP address", "10.0.0.0/8", "")]
    [InlineData("host_routes[0].nexthop", "is of another family", "10.0.0.0/8", "2001:db8::1")]
    [InlineData("host_routes[0].destination", "is of another family", "2001:db8:1::/64", "10.0.0.1")]
    public async Task Host_routes(string path, string part, string destination, string nexthop)
    {
        await Inventory.Networks.CreateAsync(new NetworkEntry { Name = "n" }).Taken();
        var entry = new SubnetEntry
        {
            NetworkId = "n",
            Cidr = "10.0.0.0/24",
            HostRoutes = [new(destination, nexthop)],
        };
        await Expect(Inventory.Subnets, entry, path, part);
    }

    /// <summary>Whether the subnet or the MTU comes first.</summary>
    [Fact]
    public async Task An_MTU_that_is_too_small_for_IPv6()
    {
        await Inventory.Networks.CreateAsync(new NetworkEntry { Name = "n", Mtu = 1279 }).Taken();
        var six = new SubnetEntry { NetworkId = "n", Cidr = "2001:db8::/64" };
        await Inventory.Subnets.CreateAsync(new SubnetEntry { NetworkId = "n", Cidr = "10.0.0.0/24" }).Taken();
        await Expect(Inventory.Subnets, six, "cidr", "1279 is less than 1280");
        await Inventory.Networks.ChangeAsync("n", entry => entry with { Mtu = 1280 }).Taken();
        await Inventory.Subnets.CreateAsync(six).Taken();
        var objection = await Inventory.Networks.ChangeAsync("n", entry => entry with { Mtu = 1279 }).Refused();
        Assert.Equal("mtu", objection.Path);
        Assert.Contains("1279 is less than 1280", objection.Sentence, StringComparison.Ordinal);
    }

    /// <summary>DHCP option 121 has room for 241 bytes of them beside the routes to the metadata service and the gateway.</summary>
    [Fact]
    public async Task More_routes_than_DHCP_can_tell_guests()
    {
        await Inventory.Networks.CreateAsync(new NetworkEntry { Name = "n" }).Taken();
        static SubnetEntry Subnet(int number, int routes) =>
            new()
            {
                NetworkId = "n",
                Name = $"s{number}",
                Cidr = $"10.0.{number}.0/24",
                HostRoutes =
                [
                    .. Enumerable.Range(0, routes).Select(i => new HostRouteEntry($"192.0.{i}.0/24", "10.0.0.2")),
                ],
            };
        await Expect(Inventory.Subnets, Subnet(0, 31), "host_routes", "has no room for the route to 192.0.30.0/24:");
        await Inventory.Subnets.CreateAsync(Subnet(0, 30)).Taken();
        await Expect(Inventory.Subnets, Subnet(1, 0), "host_routes", "of subnet 10.0.0.0/24 has no room");
        // A subnet without DHCP tells nobody, but the others tell of it.
        await Expect(
            Inventory.Subnets,
            Subnet(1, 31) with
            {
                EnableDhcp = false,
            },
            "host_routes",
            "of subnet 10.0.0.0/24 has no room"
        );
        await Inventory.Subnets.ChangeAsync("s0", entry => entry with { HostRoutes = [] }).Taken();
        for (var i = 1; i < 31; i++)
        {
            await Inventory.Subnets.CreateAsync(Subnet(i, 0)).Taken();
        }
        await Expect(Inventory.Subnets, Subnet(31, 0), "host_routes", "has no room for the route to");
        var objection = await Inventory
            .Subnets.ChangeAsync("s0", entry => entry with { HostRoutes = [new("192.0.2.0/24", "10.0.0.2")] })
            .Refused();
        Assert.Equal("host_routes", objection.Path);
    }

    [Theory]
    [InlineData("mac_address", "is not a MAC address", "fa:16:3e:12:34")]
    [InlineData("mac_address", "is not a MAC address", "fa:16:3e:12:34:5g")]
    [InlineData("mac_address", "is not a MAC address", "fa:16-3e:12:34:56")]
    [InlineData("mac_address", "is not a MAC address", "fa:16:3e:12:34:56\n")]
    [InlineData("mac_address", "is the address of a group", "01:16:3e:12:34:56")]
    [InlineData("fixed_ips[0].ip_address", "is in no subnet", "", "10.1.0.1")]
    [InlineData("fixed_ips[0].ip_address", "is outside subnet", "", "10.1.0.1", "s")]
    [InlineData("fixed_ips[0].ip_address", "no address of a host", "", "10.0.0.0")]
    [InlineData("fixed_ips[0].ip_address", "no address of a host", "", "10.0.0.255")]
    [InlineData("fixed_ips[0].ip_address", "is not an IP address", "", "10.0.0.256")]
    [InlineData("fixed_ips[0].ip_address", "10.0.0.7 is the gateway of subnet", "", "10.0.0.7")]
    [InlineData("fixed_ips[0].ip_address", "2001:db8::7 is the gateway of subnet", "", "2001:db8::7")]
    [InlineData("fixed_ips[0].ip_address", "2001:db8::7 is the gateway of subnet", "", "2001:0DB8::0007")]
    [InlineData("fixed_ips[0].ip_address", "no address of a host", "", "2001:db8::")]
    [InlineData("fixed_ips[0].ip_address", "is in no subnet", "", "169.254.169.254")]
    [InlineData("fixed_ips[0].ip_address", "is outside subnet", "", "169.254.169.254", "s")]
    [InlineData("fixed_ips[0].ip_address", "is in no subnet", "", "fe80::a9fe:a9fe")]
    [InlineData("fixed_ips[0].ip_address", "is outside subnet", "", "fe80::1", "six")]
    [InlineData("fixed_ips[0].ip_address", "is already used by port", "", "10.0.0.1")]
    [InlineData("fixed_ips[0].subnet_id", "has no subnet 'other'", "", "10.0.0.9", "other")]
    [InlineData("fixed_ips[0]", "needs ip_address or subnet_id", "", "")]
    [InlineData("vif_type", "must be a word", "", "10.0.0.9", "s", "a b")]
    public async Task Ports(
        string path,
        string part,
        string mac,
        string? address = null,
        string subnet = "",
        string vif = ""
    )
    {
        await Inventory.Networks.CreateAsync(new NetworkEntry { Name = "n" }).Taken();
        await Inventory
            .Subnets.CreateAsync(
                new SubnetEntry
                {
                    NetworkId = "n",
                    Name = "s",
                    Cidr = "10.0.0.0/24",
                    GatewayIp = "10.0.0.7",
                }
            )
            .Taken();
        await Inventory
            .Subnets.CreateAsync(
                new SubnetEntry(EnableDhcp: false)
                {
                    NetworkId = "n",
                    Name = "six",
                    Cidr = "2001:db8::/64",
                    GatewayIp = "2001:db8::7",
                }
            )
            .Taken();
        var entry = new PortEntry
        {
            NetworkId = "n",
            MacAddress = mac,
            FixedIps = address is null ? null : [new FixedIpEntry { IpAddress = address, SubnetId = subnet }],
            VifType = vif,
        };
        await Expect(Inventory.Ports, entry, path, part);
    }

    [Fact]
    public async Task OSSA_2013_033_a_port_of_another_project_than_its_instances()
    {
        await Inventory.Networks.CreateAsync(new NetworkEntry { Name = "n" }).Taken();
        await Inventory.Instances.CreateAsync(new InstanceEntry { Name = "web", ProjectId = "p1" }).Taken();
        var forged = new PortEntry
        {
            NetworkId = "n",
            DeviceId = "web",
            ProjectId = "p2",
        };
        await Expect(Inventory.Ports, forged, "project_id", "'p2' does not own instance");

        var free = await Inventory.Ports.CreateAsync(forged with { DeviceId = "" }).Taken();
        var objection = await Inventory
            .Ports.ChangeAsync(free.Id, port => port with { DeviceId = "web", ProjectId = "p3" })
            .Refused();
        Assert.Equal(("project_id", ObjectionKind.Conflict), (objection.Path, objection.Kind));
        Assert.Equal(free.Text(), (await Inventory.Ports.FindAsync(free.Id).Taken()).Text());
    }

    [Theory]
    [InlineData("a..b", "it has an empty label")]
    [InlineData("-a", "begins or ends with a hyphen")]
    [InlineData("a-.b", "begins or ends with a hyphen")]
    [InlineData("a_b", "only letters, digits, hyphens and dots")]
    [InlineData("a\nb", "only letters, digits, hyphens and dots")]
    [InlineData("ünö", "only letters, digits, hyphens and dots")]
    [InlineData("a123456789a123456789a123456789a123456789a123456789a123456789a123", "longer than 63")]
    public async Task Host_names(string hostname, string part) =>
        await Expect(Inventory.Instances, new InstanceEntry { Hostname = hostname }, "hostname", part);

    [Fact]
    public async Task Instances()
    {
        await Expect("id", "is not a uuid", new InstanceEntry { Id = "web-1" });
        await Expect("name", "is 256 characters long", new InstanceEntry { Name = new string('x', 256) });
        await Expect("project_id", "visible ASCII", new InstanceEntry { ProjectId = "a\r\nX-Instance-ID: b" });
        await Expect("launch_index", "is below 0", new InstanceEntry { LaunchIndex = -1 });
        await Expect("user_data", "at most 49149", new InstanceEntry { UserData = new byte[49150] });
        await Expect("key_name", "no key_data", new InstanceEntry { KeyName = "k" });
        await Expect("key_pair.type", "none of ssh, x509", new InstanceEntry { KeyPair = new("k", "pgp", "x") });
        await Expect("metadata.k", "is 256", new InstanceEntry { Metadata = [new("k", new string('x', 256))] });
        await Expect("metadata", "is 256", new InstanceEntry { Metadata = [new(new string('x', 256), "v")] });
        await Expect("metadata", "empty key", new InstanceEntry { Metadata = [new("", "v")] });
        await Expect("metadata.k", "stands twice", new InstanceEntry { Metadata = [new("k", "1"), new("k", "2")] });
        await Expect("metadata.k", "surrogate", new InstanceEntry { Metadata = [new("k", "\ud800")] });
        await Expect("dedicated_cpus", "CPU 1 stands twice", new InstanceEntry { DedicatedCpus = [1, 2, 1] });
        await Expect("devices[0].type", "none of nic", new InstanceEntry { Devices = [new() { Type = "gpu" }] });
        await Expect("ec2_ids.image", "for nothing", new InstanceEntry { Ec2Ids = new(Image: 5) });
        await Expect("ec2_ids.instance", "between 1 and", new InstanceEntry { Ec2Ids = new(Instance: 1L << 31) });
        await Expect("password", "is 1021", new InstanceEntry { Password = new string('x', 1021) });
    }

    [Fact]
    public async Task EC2_numbers_that_others_have()
    {
        var taken = await Inventory.Instances.CreateAsync(new InstanceEntry { ImageRef = "a" }).Taken();
        var numbers = taken.Ec2Ids!;
        await Expect("ec2_ids.instance", taken.Id, new InstanceEntry { Ec2Ids = new(Instance: numbers.Instance) });
        await Expect(
            "ec2_ids.image",
            "is the number of 'a'",
            new InstanceEntry { ImageRef = "b", Ec2Ids = new(Image: numbers.Image) }
        );
        await Expect(
            "ec2_ids.image",
            "has the number 1 already",
            new InstanceEntry { ImageRef = "a", Ec2Ids = new(Image: 77) }
        );
    }

    [Theory]
    [InlineData("10.0.0.0/24", "10.0.0.128/25")]
    [InlineData("10.0.0.128/25", "10.0.0.0/24")]
    [InlineData("10.0.0.0/24", "10.0.0.0/24")]
    [InlineData("2001:db8::/64", "2001:db8::/64")]
    public async Task Subnets_of_one_router_that_share_addresses(string one, string other)
    {
        var (router, subnets) = await RouterBetween(one, other);
        await Inventory.Ports.CreateAsync(Interface(router, subnets[0])).Taken();
        var sentence = $"{other}, which is subnet {subnets[1].Id}, overlaps {one}, which is subnet {subnets[0].Id}";
        await Expect(Inventory.Ports, Interface(router, subnets[1]), "fixed_ips", sentence);
        // An address that is assigned is of the subnet all the same.
        await Expect(
            Inventory.Ports,
            Interface(router, subnets[1]) with
            {
                FixedIps = [new FixedIpEntry { SubnetId = subnets[1].Id }],
            },
            "fixed_ips",
            sentence
        );

        var elsewhere = await Inventory.Routers.CreateAsync(new RouterEntry { Name = "elsewhere" }).Taken();
        var port = await Inventory.Ports.CreateAsync(Interface(elsewhere, subnets[1])).Taken();
        var objection = await Inventory
            .Ports.ChangeAsync(port.Id, entry => entry with { DeviceId = router.Id })
            .Refused();
        Assert.Equal("fixed_ips", objection.Path);
        Assert.Contains(sentence, objection.Sentence, StringComparison.Ordinal);
        await Inventory.Ports.ChangeAsync(port.Id, entry => entry with { Name = "renamed" }).Taken();
    }

    [Fact]
    public async Task Subnets_of_one_router_that_share_no_address_are_taken()
    {
        var (router, subnets) = await RouterBetween(
            "10.0.0.0/25",
            "10.0.0.128/25",
            "2001:db8::/64",
            "2001:db8:0:1::/64"
        );
        foreach (var subnet in subnets)
        {
            await Inventory.Ports.CreateAsync(Interface(router, subnet)).Taken();
        }
    }

    [Theory]
    [InlineData(
        "\"subnet_id\": \"s1\", \"ip_address\": \"10.0.0.1\"",
        "\"subnet_id\": \"s2\", \"ip_address\": \"10.0.0.1\"",
        6
    )]
    [InlineData("\"subnet_id\": \"s1\"", "\"subnet_id\": \"s2\", \"ip_address\": \"10.0.0.1\"", 5)]
    [InlineData("\"subnet_id\": \"s1\"", "\"subnet_id\": \"s2\"", 6)]
    public async Task Subnets_of_one_router_in_a_document(string one, string other, int line)
    {
        var document = $$"""
            { "stackmeta_inventory": 1, "networks": [ {"name": "a"}, {"name": "b"} ],
              "subnets": [ {"network_id": "a", "name": "s1", "cidr": "10.0.0.0/24"},
                           {"network_id": "b", "name": "s2", "cidr": "10.0.0.0/23"} ],
              "routers": [ {"name": "r"} ], "ports": [
                {"network_id": "a", "device_id": "r", "device_owner": "network:router_interface", "fixed_ips": [ { {{one}} } ]},
                {"network_id": "b", "device_id": "r", "device_owner": "network:router_interface", "fixed_ips": [ { {{other}} } ]} ] }
            """;
        var objection = Assert.Single(await Inventory.ImportTextAsync(document));
        Assert.StartsWith(
            $"line {line}: ports[{line - 5}].fixed_ips: 10.0.",
            objection.ToString(),
            StringComparison.Ordinal
        );
        Assert.EndsWith("is an interface of the same router", objection.Sentence, StringComparison.Ordinal);
        Assert.Empty(await Inventory.Routers.ListAsync().ToListAsync());
    }

    async Task<(RouterEntry, List<SubnetEntry>)> RouterBetween(params string[] cidrs)
    {
        var subnets = new List<SubnetEntry>();
        foreach (var cidr in cidrs)
        {
            var network = await Inventory.Networks.CreateAsync(new NetworkEntry()).Taken();
            subnets.Add(
                await Inventory
                    .Subnets.CreateAsync(
                        new SubnetEntry(EnableDhcp: false)
                        {
                            NetworkId = network.Id,
                            Cidr = cidr,
                            GatewayIp = SubnetEntry.AutomaticGateway,
                        }
                    )
                    .Taken()
            );
        }
        return (await Inventory.Routers.CreateAsync(new RouterEntry { Name = "r" }).Taken(), subnets);
    }

    static PortEntry Interface(RouterEntry router, SubnetEntry subnet) =>
        new()
        {
            NetworkId = subnet.NetworkId,
            DeviceId = router.Id,
            DeviceOwner = DeviceOwners.RouterInterface,
            FixedIps = [new FixedIpEntry { SubnetId = subnet.Id, IpAddress = subnet.GatewayIp! }],
        };

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once()
    {
        var outcome = await Inventory.Instances.CreateAsync(
            new InstanceEntry
            {
                Name = "\n",
                Hostname = "_",
                LaunchIndex = -1,
            }
        );
        Assert.Equal(["name", "hostname", "launch_index"], outcome.Objections.Select(objection => objection.Path));
    }

    [Fact]
    public async Task The_largest_that_is_taken()
    {
        var entry = new InstanceEntry
        {
            Name = new string('x', 255),
            UserData = new byte[49149],
            Metadata = [new(new string('k', 255), new string('v', 255))],
            Password = new string('p', 1020),
        };
        await Inventory.Instances.CreateAsync(entry).Taken();
        Assert.True(Convert.ToBase64String(entry.UserData!.Value.Span).Length <= 65535);
    }

    Task Expect(string path, string part, InstanceEntry entry) => Expect(Inventory.Instances, entry, path, part);

    async Task Expect<T>(IEntries<T> entries, T entry, string path, string part)
        where T : class
    {
        var before = await Inventory.ExportedAsync();
        var objection = await entries.CreateAsync(entry).Refused();
        Assert.Equal(path, objection.Path);
        Assert.Contains(part, objection.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', objection.ToString());
        Assert.Equal(before, await Inventory.ExportedAsync());
    }
}

public sealed class SqliteRefusals : RefusalsContract<SqliteTestStore>;

public sealed class PostgresRefusals : RefusalsContract<PostgresTestStore>;
