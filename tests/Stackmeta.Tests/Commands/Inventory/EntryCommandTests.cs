namespace Stackmeta.Tests;

/// <summary><c>stackmeta network|subnet|router|port create|list|show|set|delete</c>.</summary>
public sealed class EntryCommandTests : IDisposable
{
    readonly InventoryCommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task A_network_from_its_creation_to_its_end()
    {
        var created = await _line.JsonAsync("network", "create", "private", "--mtu", "1450", "--project", "p");
        var id = created.GetProperty("id").GetString()!;
        Assert.Equal(1450, created.GetProperty("mtu").GetInt32());
        Assert.Equal(
            $"id          {id}\nname        private\nproject_id  p\nmtu         1450\ninjected    false\n",
            await _line.DoneAsync("network", "show", "private")
        );
        await _line.DoneAsync("subnet", "create", "--network", "private", "--cidr", "10.0.0.0/24");
        Assert.Equal(
            $"ID{new string(' ', 36)}NAME     PROJECT  MTU   SUBNETS\n{id}  private  p        1450  10.0.0.0/24\n",
            await _line.DoneAsync("network", "list")
        );
        await _line.DoneAsync("network", "set", id, "--name", "backend");
        Assert.Equal("backend", (await _line.JsonAsync("network", "list"))[0].GetProperty("name").GetString());
        Assert.Equal("", await _line.DoneAsync("network", "delete", "backend"));
        Assert.Equal(0, (await _line.JsonAsync("network", "list")).GetArrayLength());
    }

    [Fact]
    public async Task A_subnet_has_a_gateway_and_DHCP_unless_it_is_told_otherwise()
    {
        await _line.DoneAsync("network", "create", "n");
        var subnet = await _line.JsonAsync([
            "subnet",
            "create",
            "s",
            "--network",
            "n",
            "--cidr",
            "10.0.0.64/26",
            "--dns-nameserver",
            "9.9.9.9",
            "--dns-nameserver",
            "1.1.1.1",
            "--host-route",
            "destination=10.9.0.0/16,nexthop=10.0.0.100",
        ]);
        Assert.Equal("10.0.0.65", subnet.GetProperty("gateway_ip").GetString());
        Assert.Equal("10.0.0.66", subnet.GetProperty("dhcp_server").GetString());
        Assert.Equal(2, subnet.GetProperty("dns_nameservers").GetArrayLength());
        Assert.Equal("10.9.0.0/16", subnet.GetProperty("host_routes")[0].GetProperty("destination").GetString());

        subnet = await _line.JsonAsync("subnet", "set", "s", "--gateway", "none", "--dhcp", "false");
        Assert.False(subnet.TryGetProperty("gateway_ip", out _));
        Assert.False(subnet.TryGetProperty("dhcp_server", out _));
        Assert.Equal(2, subnet.GetProperty("dns_nameservers").GetArrayLength());
        Assert.Contains("n        10.0.0.64/26", await _line.DoneAsync("subnet", "list", "--network", "n"));
    }

    [Fact]
    public async Task A_routers_interfaces_come_and_go_by_the_names_of_subnets()
    {
        await _line.DoneAsync("network", "create", "one");
        await _line.DoneAsync("network", "create", "two");
        await _line.DoneAsync("subnet", "create", "s1", "--network", "one", "--cidr", "10.0.0.0/24");
        await _line.DoneAsync(
            "subnet",
            "create",
            "s2",
            "--network",
            "two",
            "--cidr",
            "10.1.0.0/24",
            "--gateway",
            "none"
        );
        await _line.DoneAsync("router", "create", "r", "--interface", "s1", "--interface", "s2");
        Assert.EndsWith("  one, two\n", await _line.DoneAsync("router", "list"));
        var ports = await _line.JsonAsync("port", "list", "--device", "r");
        Assert.Equal(
            ["10.0.0.1", "10.1.0.2"],
            ports
                .EnumerateArray()
                .Select(port => port.GetProperty("fixed_ips")[0].GetProperty("ip_address").GetString())
        );
        await _line.DoneAsync("router", "set", "r", "--no-interface", "s1");
        Assert.EndsWith("  two\n", await _line.DoneAsync("router", "list"));
        Assert.Contains(
            "has no interface in subnet 's1'",
            await _line.RefusedAsync(1, "router", "set", "r", "--no-interface", "s1")
        );
        Assert.Contains("has 1 interface(s)", await _line.RefusedAsync(1, "router", "delete", "r"));
    }

    [Fact]
    public async Task A_port_gets_the_addresses_that_are_asked_for()
    {
        await _line.DoneAsync("network", "create", "n");
        await _line.DoneAsync("subnet", "create", "s", "--network", "n", "--cidr", "10.0.0.0/24", "--dhcp", "false");
        var port = await _line.JsonAsync([
            "port",
            "create",
            "p",
            "--network",
            "n",
            "--mac-address",
            "FA:16:3E:00:00:01",
            "--fixed-ip",
            "ip=10.0.0.9,floating=203.0.113.7",
            "--fixed-ip",
            "subnet=s",
            "--vif-type",
            "ovs",
        ]);
        Assert.Equal("fa:16:3e:00:00:01", port.GetProperty("mac_address").GetString());
        Assert.Equal("10.0.0.9", port.GetProperty("fixed_ips")[0].GetProperty("ip_address").GetString());
        Assert.Equal("10.0.0.2", port.GetProperty("fixed_ips")[1].GetProperty("ip_address").GetString());
        port = await _line.JsonAsync("port", "set", "p", "--no-fixed-ip");
        Assert.Equal(0, port.GetProperty("fixed_ips").GetArrayLength());
    }

    [Fact]
    public async Task Several_are_deleted_together_or_not_at_all()
    {
        await _line.DoneAsync("network", "create", "one");
        await _line.DoneAsync("network", "create", "two");
        Assert.Contains("'three'", await _line.RefusedAsync(1, "network", "delete", "one", "three", "two"));
        Assert.Equal(2, (await _line.JsonAsync("network", "list")).GetArrayLength());
        await _line.DoneAsync("network", "delete", "one", "two");
        Assert.Equal(0, (await _line.JsonAsync("network", "list")).GetArrayLength());
    }

    [Fact]
    public async Task Before_there_is_an_inventory_reading_says_what_to_do_and_makes_none()
    {
        foreach (var noun in new[] { "network", "subnet", "router", "port", "instance" })
        {
            Assert.Equal(
                $"stackmeta: There is no inventory in {_line.Folder} yet; create a network, import a document, or name another folder with --data or a database with inventory.url.\n",
                await _line.RefusedAsync(1, noun, "list")
            );
        }
        Assert.Empty(Directory.GetFiles(_line.Folder));
    }

    [Fact]
    public async Task A_file_that_is_no_inventory_is_named()
    {
        _line.File("inventory.db", "something else, and long enough to be looked at");
        Assert.Equal(
            $"stackmeta: {_line.Folder}/inventory.db is not an inventory; move it away, or name another data folder.\n",
            await _line.RefusedAsync(1, "network", "list")
        );
    }

    [Theory]
    [InlineData("--mtu is 'x', and must be a whole number.", "network", "create", "n", "--mtu", "x")]
    [InlineData("Required argument 'NAME' missing", "network", "create")]
    [InlineData("Option '--cidr' is required", "subnet", "create", "--network", "n")]
    [InlineData(
        "--output is 'xml', and must be table, wide, value, json or yaml.",
        "network",
        "list",
        "--output",
        "xml"
    )]
    [InlineData(
        "--host-route has the key 'to'; known are destination, nexthop.",
        "subnet",
        "create",
        "--network",
        "n",
        "--cidr",
        "c",
        "--host-route",
        "to=x"
    )]
    [InlineData(
        "--fixed-ip is '10.0.0.1', and must be KEY=VALUE.",
        "port",
        "create",
        "--network",
        "n",
        "--fixed-ip",
        "10.0.0.1"
    )]
    [InlineData("--fixed-ip has the key 'ip' twice.", "port", "create", "--network", "n", "--fixed-ip", "ip=a,ip=b")]
    [InlineData("contradict each other", "port", "create", "--network", "n", "--fixed-ip", "ip=a", "--no-fixed-ip")]
    [InlineData("Nothing to change was named; see 'stackmeta port set --help'.", "port", "set", "p")]
    public async Task Wrong_command_lines_are_usage_errors_and_touch_nothing(string part, params string[] arguments)
    {
        Assert.Contains(part, await _line.RefusedAsync(ExitCodes.Usage, arguments));
        Assert.Empty(Directory.GetFiles(_line.Folder));
    }

    [Fact]
    public async Task All_that_is_refused_is_said_a_line_each()
    {
        var error = await _line.RefusedAsync(1, "network", "create", "a\nb", "--mtu", "1");
        Assert.Equal(
            "stackmeta: name: holds the control character U+000A at position 1; one line of text is taken.\n"
                + "stackmeta: mtu: 1 is not between 68 and 65535.\n",
            error
        );
    }

    [Theory]
    [InlineData("network")]
    [InlineData("subnet")]
    [InlineData("router")]
    [InlineData("port")]
    [InlineData("instance")]
    public async Task Every_verb_has_help_with_an_example(string noun)
    {
        foreach (var verb in new[] { "create", "list", "show", "set", "delete" })
        {
            Assert.Contains($"  stackmeta {noun} {verb}", await _line.DoneAsync(noun, verb, "--help"));
        }
    }
}
