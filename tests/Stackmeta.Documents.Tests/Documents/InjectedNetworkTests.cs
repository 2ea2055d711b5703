using System.Buffers;
using System.Collections.Immutable;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>The injected network configuration: spec/nova-metadata-cases.md, F1 to F9.</summary>
public sealed class InjectedNetworkTests
{
    const string Path = "/openstack/content/0000";

    const string Head = """
        # Injected by Nova on instance boot
        #
        # This file describes the network interfaces available on your system
        # and how to activate them. For more information, see interfaces(5).

        # The loopback network interface
        auto lo
        iface lo inet loopback

        """;

    const string Ipv4 = """

        auto eth0
        iface eth0 inet static
            hwaddress ether fa:16:3e:00:00:01
            address 10.0.0.5
            netmask 255.255.255.0
            broadcast 10.0.0.255
            gateway 10.0.0.1
            dns-nameservers 8.8.8.8 8.8.4.4

        """;

    const string Ipv6 = """
        iface eth0 inet6 static
            hwaddress ether fa:16:3e:00:00:01
            address 2001:db8::5
            netmask 64
            gateway 2001:db8::1
            dns-nameservers 2001:db8::53

        """;

    static readonly InterfaceSubnet V4 = Fixtures.Subnet(4, "10.0.0.0/24", "10.0.0.5") with
    {
        Gateway = "10.0.0.1",
        DnsServers = ["8.8.8.8", "8.8.4.4"],
    };

    static readonly InterfaceSubnet V6 = Fixtures.Subnet(6, "2001:db8::/64", "2001:db8::5") with
    {
        Gateway = "2001:db8::1",
        DnsServers = ["2001:db8::53"],
    };

    [Fact]
    public void F1_A_DHCP_server_leaves_nothing_to_inject()
    {
        Missing(Injected(V4 with { DhcpServer = "10.0.0.2" }));
        Missing(Injected(V4, V6 with { DhcpServer = "2001:db8::2" }));
        Missing(Injected(V4 with { DhcpServer = "" }));
        Missing(Fixtures.Interface(V4));
    }

    [Fact]
    public void F2_F4_Static_addresses_become_stanzas()
    {
        Assert.Equal(Head + Ipv4, Get(Injected(V4)));
        Assert.Equal(Head + Ipv4 + Ipv6, Get(Injected(V6, V4)));
        // Distributed DHCP is not looked at.
        Assert.Equal(Head + Ipv4, Get(Injected(V4 with { DhcpEnabled = true })));
    }

    [Fact]
    public void F3_What_is_not_there_has_no_line()
    {
        Assert.DoesNotContain("gateway", Get(Injected(V4 with { Gateway = null })), StringComparison.Ordinal);
        Assert.DoesNotContain("gateway", Get(Injected(V4 with { Gateway = "" })), StringComparison.Ordinal);
        Assert.DoesNotContain("dns", Get(Injected(V4 with { DnsServers = [] })), StringComparison.Ordinal);
    }

    [Fact]
    public void F5_An_interface_of_IPv6_alone_has_one_stanza() =>
        Assert.Equal(Head + "\nauto eth0\n" + Ipv6, Get(Injected(V4 with { FixedIps = [] }, V6)));

    [Fact]
    public void F6_Nothing_to_inject_is_not_found()
    {
        Missing(Injected());
        Missing(Injected() with { Network = null });
        // An interface without addresses is still brought up.
        Assert.Equal(Head + "\nauto eth0\n", Get(Injected(V4 with { FixedIps = [] })));
    }

    [Fact]
    public void F7_F8_Interfaces_are_numbered_with_those_that_are_passed_over()
    {
        Assert.Contains("\n\nauto eth1\n", Get(Injected(V4), Injected(V6)), StringComparison.Ordinal);
        var second = Get(Injected(V4 with { DhcpServer = "s" }), Injected(), Injected(V4));
        Assert.Contains("auto eth1\n", second, StringComparison.Ordinal);
        Assert.DoesNotContain("eth0", second, StringComparison.Ordinal);
        Assert.DoesNotContain("eth2", second, StringComparison.Ordinal);
    }

    [Fact]
    public void F9_Another_template_is_used_instead_or_none()
    {
        var instance = With([Injected(V4)]);
        var other = new Guest(instance) { Options = new() { NetworkTemplate = new NamesOnly() } };
        Assert.Equal("eth0 255.255.255.0 10.0.0.255", other.Get(Path));

        var none = new Guest(instance) { Options = new() { NetworkTemplate = null } };
        Assert.Equal(Refusal.PathNotFound, none.Ask(Path).Refusal);
        Assert.DoesNotContain("network_config", none.Get("/openstack/latest/meta_data.json"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.4/31")]
    [InlineData("10.0.0.5/32")]
    public void A_subnet_without_a_broadcast_address_has_Pythons_None(string cidr) =>
        Assert.Contains("    broadcast None\n", Get(Injected(V4 with { Cidr = cidr })), StringComparison.Ordinal);

    [Fact]
    public void The_content_is_named_in_meta_data()
    {
        var json = new Guest(With([Injected(V4)])).Get("/openstack/2012-08-10/meta_data.json");
        Assert.Contains(
            "\"b\": \"2\"}, \"network_config\": {\"name\": \"network_config\", \"content_path\": \"/content/0000\"}, \"public_keys\": ",
            json,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("/openstack/content/0001")]
    [InlineData("/openstack/content/0")]
    [InlineData("/openstack/latest/content/0000")]
    public void There_is_no_other_content(string target) =>
        Assert.Equal(Refusal.PathNotFound, new Guest(With([Injected(V4)])).Ask(target).Refusal);

    [Fact]
    public void A_subnet_that_cannot_be_read_refuses_the_content() =>
        Assert.Equal(Refusal.PartUnreadable, new Guest(With([Injected(V4 with { Cidr = "x" })])).Ask(Path).Refusal);

    static NetworkInterface Injected(params ImmutableArray<InterfaceSubnet> subnets)
    {
        var nic = Fixtures.Interface(subnets);
        return nic with { Network = nic.Network! with { Injected = true } };
    }

    static void Missing(params NetworkInterface[] interfaces) =>
        Assert.Equal(Refusal.PathNotFound, new Guest(With(interfaces)).Ask(Path).Refusal);

    static string Get(params NetworkInterface[] interfaces) => new Guest(With(interfaces)).Get(Path);

    static Instance With(NetworkInterface[] interfaces) => Fixtures.B with { NetworkInterfaces = [.. interfaces] };

    /// <summary>A template of an operator's own.</summary>
    sealed class NamesOnly : NetworkTemplate
    {
        public override void Render(ImmutableArray<InjectedInterface> interfaces, IBufferWriter<byte> output)
        {
            foreach (var nic in interfaces)
            {
                output.Write(
                    System.Text.Encoding.UTF8.GetBytes($"{nic.Name} {nic.Ipv4!.Netmask} {nic.Ipv4.Broadcast}")
                );
            }
        }
    }
}
