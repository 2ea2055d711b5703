using System.Text.Json;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>network_data.json: spec/nova-metadata-cases.md, E2 to E25.</summary>
public sealed class NetworkDataTests
{
    const string Latest = "/openstack/latest/network_data.json";

    static readonly InterfaceSubnet V4 = new()
    {
        Version = 4,
        Cidr = "10.10.0.0/24",
        Gateway = "10.10.0.1",
        DnsServers = ["1.2.3.4", "2.3.4.5"],
        Routes = [new("0.0.0.0/24", "192.168.1.1")],
        FixedIps = [new("10.10.0.2", []), new("10.10.0.3", [])],
    };

    static readonly InterfaceSubnet V6 = new()
    {
        Version = 6,
        Cidr = "fd00::/48",
        Gateway = "fd00::1",
        DnsServers = ["1:2:3:4::", "2:3:4:5::"],
        Routes = [new("::/48", "fd00::1:1")],
        FixedIps = [new("fd00::2", []), new("fd00::3", [])],
    };

    [Fact]
    public void E2_Every_version_has_it_as_plain_text()
    {
        var answer = new Guest(Fixtures.B).Ask("/openstack/2012-08-10/network_data.json");
        Assert.Equal("text/plain; charset=UTF-8", answer.ContentType);
        Assert.Equal(
            "{\"links\": [{\"id\": \"tapport-1\", \"vif_id\": \"port-1\", \"type\": \"ovs\", \"mtu\": null, "
                + "\"ethernet_mac_address\": \"fa:16:3e:00:00:01\"}], \"networks\": [{\"id\": \"network0\", \"type\": \"ipv4_dhcp\", "
                + "\"link\": \"tapport-1\", \"network_id\": \"net-1\"}], \"services\": [{\"type\": \"dns\", \"address\": \"9.9.9.9\"}]}",
            answer.Text
        );
    }

    [Fact]
    public void E3_No_interfaces_are_an_empty_object() => Assert.Equal("{}", new Guest(Fixtures.A).Get(Latest));

    [Fact]
    public void E4_E12_Static_subnets_are_shown_in_full()
    {
        var nic = Fixtures.Interface(V4, V6) with { Type = "ethernet", DeviceName = null };
        Assert.Equal(
            "{\"links\": [{\"id\": \"interface0\", \"vif_id\": \"port-1\", \"type\": \"phy\", \"mtu\": 1450, "
                + "\"ethernet_mac_address\": \"fa:16:3e:00:00:01\"}], "
                + "\"networks\": [{\"id\": \"network0\", \"type\": \"ipv4\", \"link\": \"interface0\", \"ip_address\": \"10.10.0.2\", "
                + "\"netmask\": \"255.255.255.0\", \"routes\": [{\"network\": \"0.0.0.0\", \"netmask\": \"0.0.0.0\", \"gateway\": \"10.10.0.1\"}, "
                + "{\"network\": \"0.0.0.0\", \"netmask\": \"255.255.255.0\", \"gateway\": \"192.168.1.1\"}], \"network_id\": \"net-1\", "
                + "\"services\": [{\"type\": \"dns\", \"address\": \"1.2.3.4\"}, {\"type\": \"dns\", \"address\": \"2.3.4.5\"}]}, "
                + "{\"id\": \"network1\", \"type\": \"ipv6\", \"link\": \"interface0\", \"ip_address\": \"fd00::2\", "
                + "\"netmask\": \"ffff:ffff:ffff::\", \"routes\": [{\"network\": \"::\", \"netmask\": \"::\", \"gateway\": \"fd00::1\"}, "
                + "{\"network\": \"::\", \"netmask\": \"ffff:ffff:ffff::\", \"gateway\": \"fd00::1:1\"}], \"network_id\": \"net-1\", "
                + "\"services\": [{\"type\": \"dns\", \"address\": \"1:2:3:4::\"}, {\"type\": \"dns\", \"address\": \"2:3:4:5::\"}]}], "
                + "\"services\": [{\"type\": \"dns\", \"address\": \"1.2.3.4\"}, {\"type\": \"dns\", \"address\": \"2.3.4.5\"}, "
                + "{\"type\": \"dns\", \"address\": \"1:2:3:4::\"}, {\"type\": \"dns\", \"address\": \"2:3:4:5::\"}]}",
            Get(nic)
        );
    }

    [Fact]
    public void E5_DHCP_subnets_are_shown_in_short()
    {
        var json = Read(V4 with { DhcpServer = "10.10.0.4" }, V6 with { DhcpServer = "fd00::4" });
        Assert.Equal(
            "{\"id\": \"network0\", \"type\": \"ipv4_dhcp\", \"link\": \"tapport-1\", \"network_id\": \"net-1\"}",
            json.GetProperty("networks")[0].GetRawText()
        );
        Assert.Equal(
            "{\"id\": \"network1\", \"type\": \"ipv6_dhcp\", \"link\": \"tapport-1\", \"network_id\": \"net-1\"}",
            json.GetProperty("networks")[1].GetRawText()
        );
        Assert.Equal(4, json.GetProperty("services").GetArrayLength());
    }

    [Theory]
    [InlineData("slaac")]
    [InlineData("dhcpv6-stateful")]
    [InlineData("dhcpv6-stateless")]
    public void E6_E7_E8_An_address_mode_goes_before_DHCP_and_is_shown_in_full(string mode)
    {
        var network = Read(V6 with { DhcpServer = "fd00::4", Ipv6AddressMode = mode }).GetProperty("networks")[0];
        Assert.Equal($"ipv6_{mode}", network.GetProperty("type").GetString());
        Assert.Equal("fd00::2", network.GetProperty("ip_address").GetString());
        Assert.Equal(2, network.GetProperty("services").GetArrayLength());
    }

    [Theory]
    [InlineData("bridge", "bridge")]
    [InlineData("dvs", "dvs")]
    [InlineData("hw_veb", "hw_veb")]
    [InlineData("hyperv", "hyperv")]
    [InlineData("ovs", "ovs")]
    [InlineData("tap", "tap")]
    [InlineData("vhostuser", "vhostuser")]
    [InlineData("vif", "vif")]
    [InlineData("macvtap", "phy")]
    [InlineData("hostdev_physical", "phy")]
    [InlineData("binding_failed", "phy")]
    [InlineData("OVS", "phy")]
    [InlineData("", "phy")]
    [InlineData(null, "phy")]
    public void E9_E10_E15_E16_Only_the_old_link_types_are_told(string? type, string told) =>
        Assert.Equal(told, Link(Fixtures.Interface(V4) with { Type = type }).GetProperty("type").GetString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void E11_Without_a_gateway_there_is_no_default_route(string? gateway) =>
        Assert.Equal("[]", Network(V4 with { Gateway = gateway, Routes = [] }).GetProperty("routes").GetRawText());

    [Fact]
    public void E13_E25_A_DNS_server_is_repeated_within_its_subnet_and_nowhere_else()
    {
        var first = Fixtures.Interface(
            V4 with
            {
                DnsServers = ["1.1.1.1", "1.1.1.1"],
            },
            V6 with
            {
                DnsServers = ["1.1.1.1"],
            }
        );
        var second = Fixtures.Interface(V4 with { DnsServers = ["9.9.9.9", "1.1.1.1"] }) with { DeviceName = null };
        var json = JsonDocument.Parse(Get(first, second)).RootElement;
        Assert.Equal(
            ["1.1.1.1", "1.1.1.1", "9.9.9.9"],
            json.GetProperty("services").EnumerateArray().Select(service => service.GetProperty("address").GetString()!)
        );
        Assert.Equal("network2", json.GetProperty("networks")[2].GetProperty("id").GetString());
        Assert.Equal("interface1", json.GetProperty("networks")[2].GetProperty("link").GetString());
    }

    [Fact]
    public void E14_Networks_are_numbered_as_they_are_shown()
    {
        var json = Read(V6);
        Assert.Equal(1, json.GetProperty("networks").GetArrayLength());
        Assert.Equal("network0", json.GetProperty("networks")[0].GetProperty("id").GetString());
        Assert.Equal("ipv6", json.GetProperty("networks")[0].GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("10.10.0.4", 9000, null, "null")]
    [InlineData(null, 9000, null, "9000")]
    [InlineData("", 9000, null, "9000")]
    [InlineData(null, null, null, "null")]
    [InlineData(null, 0, null, "0")]
    [InlineData(null, null, "1500", "\"1500\"")]
    public void E17_E18_The_MTU_is_told_where_no_DHCP_server_does(string? server, int? mtu, string? text, string shown)
    {
        var nic = Fixtures.Interface(V4, V6 with { DhcpServer = server });
        nic = nic with { Network = nic.Network! with { Mtu = mtu, MtuText = text } };
        Assert.Equal(shown, Link(nic).GetProperty("mtu").GetRawText());
    }

    [Theory]
    [InlineData(Compatibility.Zed, "ipv4")]
    [InlineData(Compatibility.Antelope, "ipv4_dhcp")]
    [InlineData(Compatibility.Latest, "ipv4_dhcp")]
    public void E20_Distributed_DHCP_is_DHCP_since_Antelope(Compatibility compatibility, string type)
    {
        var guest = new Guest(With(Fixtures.Interface(V4 with { DhcpEnabled = true })))
        {
            Options = new() { Compatibility = compatibility },
        };
        var json = JsonDocument.Parse(guest.Get(Latest)).RootElement;
        Assert.Equal(type, json.GetProperty("networks")[0].GetProperty("type").GetString());
        Assert.Equal(1450, json.GetProperty("links")[0].GetProperty("mtu").GetInt32());
    }

    [Fact]
    public void E21_Only_the_first_subnet_of_each_version_counts_even_without_addresses()
    {
        var json = Read(V4 with { FixedIps = [] }, V4);
        Assert.Equal(1, json.GetProperty("links").GetArrayLength());
        Assert.Equal("[]", json.GetProperty("networks").GetRawText());
        Assert.Equal("[]", json.GetProperty("services").GetRawText());
    }

    [Fact]
    public void E22_Only_the_first_address_of_a_subnet_is_shown()
    {
        Assert.Equal("10.10.0.2", Network(V4).GetProperty("ip_address").GetString());
        Assert.DoesNotContain("10.10.0.3", Get(Fixtures.Interface(V4)), StringComparison.Ordinal);
    }

    [Fact]
    public void E23_Interfaces_without_subnets_take_no_number()
    {
        var bare = Fixtures.Interface();
        var json = JsonDocument
            .Parse(Get(bare with { Network = null }, bare, Fixtures.Interface(V4) with { DeviceName = "" }))
            .RootElement;
        Assert.Equal("interface0", json.GetProperty("links")[0].GetProperty("id").GetString());
        Assert.Equal(1, json.GetProperty("links").GetArrayLength());
        Assert.Equal("interface0", json.GetProperty("networks")[0].GetProperty("link").GetString());

        Assert.Equal("{\"links\": [], \"networks\": [], \"services\": []}", Get(bare));
    }

    [Theory]
    [InlineData(4, "192.168.5.7/16", "192.168.0.0", "255.255.0.0")]
    [InlineData(4, "10.9.9.9", "10.9.9.9", "255.255.255.255")]
    [InlineData(4, "1.2.3.4/0", "0.0.0.0", "0.0.0.0")]
    [InlineData(4, "10.0.0.3/31", "10.0.0.2", "255.255.255.254")]
    [InlineData(6, "2001:db8:8000::5/33", "2001:db8:8000::", "ffff:ffff:8000::")]
    [InlineData(6, "2001:db8:0:1:1:1:1:1/128", "2001:db8:0:1:1:1:1:1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData(6, "2001:0:0:1:0:0:0:1/127", "2001:0:0:1::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe")]
    [InlineData(6, "::ffff:1.2.3.4/128", "::ffff:1.2.3.4", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData(6, "::1.2.3.4/128", "::1.2.3.4", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData(6, "fe80::5efe:a00:1/128", "fe80::5efe:a00:1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData(6, "::1/128", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData(6, "0:1::/16", "::", "ffff::")]
    public void E24_Routes_lose_their_host_bits(int version, string cidr, string network, string netmask)
    {
        var subnet = (version == 4 ? V4 : V6) with { Gateway = null, Routes = [new(cidr, "g")] };
        Assert.Equal(
            $"[{{\"network\": \"{network}\", \"netmask\": \"{netmask}\", \"gateway\": \"g\"}}]",
            Network(subnet).GetProperty("routes").GetRawText()
        );
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("fd00::/129")]
    [InlineData("nonsense")]
    [InlineData("")]
    public void A_subnet_that_cannot_be_read_refuses_this_document_alone(string cidr)
    {
        foreach (var subnet in (InterfaceSubnet[])[V4 with { Cidr = cidr }, V4 with { Routes = [new(cidr, "g")] }])
        {
            var guest = new Guest(With(Fixtures.Interface(V6, subnet)));
            Assert.Equal(Refusal.PartUnreadable, guest.Ask(Latest).Refusal);
            Assert.Equal(Refusal.None, guest.Ask("/openstack/latest/meta_data.json").Refusal);
            Assert.Equal("10.10.0.2", guest.Get("/latest/meta-data/local-ipv4"));
        }
        // What DHCP tells is not computed.
        Assert.Equal("ipv4_dhcp", Network(V4 with { Cidr = cidr, DhcpServer = "s" }).GetProperty("type").GetString());
    }

    static JsonElement Network(InterfaceSubnet subnet) => Read(subnet).GetProperty("networks")[0];

    static JsonElement Link(NetworkInterface nic) => JsonDocument.Parse(Get(nic)).RootElement.GetProperty("links")[0];

    static JsonElement Read(params InterfaceSubnet[] subnets) =>
        JsonDocument.Parse(Get(Fixtures.Interface([.. subnets]))).RootElement;

    static string Get(params NetworkInterface[] interfaces) => new Guest(With(interfaces)).Get(Latest);

    static Instance With(params NetworkInterface[] interfaces) =>
        Fixtures.B with
        {
            NetworkInterfaces = [.. interfaces],
        };
}
