using System.Collections.Immutable;
using System.Text;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>The files of a NoCloud seed.</summary>
public sealed class NoCloudSeedTests
{
    static Dictionary<string, string> Render(Instance instance, string? vendorData = null)
    {
        var context = new RenderContext
        {
            StaticVendorData = vendorData is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(vendorData),
        };
        Assert.Equal(Refusal.None, NoCloudSeed.Render(instance, context, new DocumentOptions(), out var files));
        return files.ToDictionary(file => file.Name, file => Encoding.UTF8.GetString(file.Content.Span));
    }

    static string? Network(params ImmutableArray<NetworkInterface> interfaces) =>
        Render(Fixtures.B with { NetworkInterfaces = interfaces }).GetValueOrDefault("network-config");

    [Fact]
    public void A_seed_tells_who_the_guest_is()
    {
        var files = Render(Fixtures.B);
        Assert.Equal(["meta-data", "network-config", "user-data"], files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            """
            instance-id: "6f6e2c1a-1111-4a4a-8b8b-000000000001"
            local-hostname: "web-1.novalocal"
            availability-zone: "nova"
            public-keys:
              - "ssh-ed25519 AAAAC3Nz test@host"

            """,
            files["meta-data"]
        );
        Assert.Equal("#!/bin/sh\necho hé\n", files["user-data"]);
    }

    [Fact]
    public void User_data_are_there_even_if_empty_since_cloud_init_wants_the_file()
    {
        Assert.Equal("", Render(Fixtures.B with { UserData = null })["user-data"]);
    }

    [Fact]
    public void A_guest_without_key_and_zone_is_told_neither()
    {
        var files = Render(Fixtures.B with { KeyName = null, AvailabilityZone = null });
        Assert.DoesNotContain("public-keys", files["meta-data"]);
        Assert.DoesNotContain("availability-zone", files["meta-data"]);
    }

    [Fact]
    public void An_interface_with_DHCP_asks()
    {
        Assert.Equal(
            """
            version: 2
            ethernets:
              eth0:
                match:
                  macaddress: "fa:16:3e:00:00:01"
                set-name: "eth0"
                dhcp4: true
                dhcp6: false

            """,
            Render(Fixtures.B)["network-config"]
        );
    }

    [Fact]
    public void Static_addresses_come_with_all_of_their_subnets_routes_and_servers()
    {
        var subnet4 = Fixtures.Subnet(4, "10.0.0.0/24", "10.0.0.5", "10.0.0.6") with
        {
            Gateway = "10.0.0.1",
            DnsServers = ["8.8.8.8", "8.8.4.4"],
            Routes = [new("192.168.0.0/16", "10.0.0.254"), new("0.0.0.0/0", "10.0.0.1"), new("172.16.0.0/12", null)],
        };
        var subnet6 = Fixtures.Subnet(6, "2001:db8::/64", "2001:db8::5") with
        {
            Gateway = "2001:db8::1",
            DnsServers = ["8.8.8.8", "2001:db8::53"],
        };
        var second = Fixtures.Interface(Fixtures.Subnet(4, "10.9.0.0/16", "10.9.0.9")) with
        {
            MacAddress = "FA:16:3E:00:00:02",
        };
        Assert.Equal(
            """
            version: 2
            ethernets:
              eth0:
                match:
                  macaddress: "fa:16:3e:00:00:01"
                set-name: "eth0"
                mtu: 1450
                dhcp4: false
                dhcp6: false
                accept-ra: false
                addresses:
                  - "10.0.0.5/24"
                  - "10.0.0.6/24"
                  - "2001:db8::5/64"
                gateway4: "10.0.0.1"
                gateway6: "2001:db8::1"
                routes:
                  - to: "192.168.0.0/16"
                    via: "10.0.0.254"
                nameservers:
                  addresses:
                    - "8.8.8.8"
                    - "8.8.4.4"
                    - "2001:db8::53"
              eth1:
                match:
                  macaddress: "fa:16:3e:00:00:02"
                set-name: "eth1"
                mtu: 1450
                dhcp4: false
                dhcp6: false
                addresses:
                  - "10.9.0.9/16"

            """,
            Network(Fixtures.Interface(subnet4, subnet6), second)
        );
    }

    [Theory]
    [InlineData("slaac", "dhcp6: false", "accept-ra: true")]
    [InlineData("dhcpv6-stateless", "dhcp6: false", "accept-ra: true")]
    [InlineData("dhcpv6-stateful", "dhcp6: true", "accept-ra: true")]
    public void IPv6_modes_are_left_to_router_and_server(string mode, string dhcp, string advertisements)
    {
        var subnet = Fixtures.Subnet(6, "2001:db8::/64", "2001:db8::5") with
        {
            Ipv6AddressMode = mode,
            Gateway = "2001:db8::1",
        };
        var network = Network(Fixtures.Interface(subnet))!;
        Assert.Contains(dhcp, network);
        Assert.Contains(advertisements, network);
        Assert.DoesNotContain("addresses", network);
        Assert.DoesNotContain("gateway", network);
    }

    [Fact]
    public void A_subnet_without_an_address_brings_no_route()
    {
        var network = Network(Fixtures.Interface(Fixtures.Subnet(4, "10.0.0.0/24") with { Gateway = "10.0.0.1" }))!;
        Assert.DoesNotContain("gateway", network);
    }

    [Fact]
    public void Without_a_network_nothing_is_said_of_it()
    {
        Assert.Null(Network());
        Assert.Null(Network(Fixtures.Interface()));
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("null", null)]
    [InlineData("\"\"", null)]
    [InlineData("{\"other\": 1}", null)]
    [InlineData("\"#cloud-config\\n{}\"", "#cloud-config\n{}")]
    [InlineData("{\"cloud-init\": \"#!/bin/sh\"}", "#!/bin/sh")]
    [InlineData("{\"cloud-init\": [\"#!/bin/sh\", \"x\"]}", "#cloud-config-archive\n[\"#!/bin/sh\", \"x\"]\n")]
    [InlineData("{\"cloud-init\": {\"a\": 1}}", null)]
    public void Vendor_data_are_what_cloud_init_would_take(string vendorData, string? expected) =>
        Assert.Equal(expected, Render(Fixtures.B, vendorData).GetValueOrDefault("vendor-data"));

    [Fact]
    public void Texts_are_quoted_so_that_YAML_gives_them_back()
    {
        var files = Render(Fixtures.B with { AvailabilityZone = "a\"b\\c\n\u2028\u0085: #é😀", KeyName = "" });
        Assert.EndsWith("availability-zone: \"a\\\"b\\\\c\\u000a\\u2028\\u0085: #é😀\"\n", files["meta-data"]);
    }

    public static TheoryData<Instance> Unreadable { get; } =
    [
        Fixtures.B with
        {
            Hostname = null,
        },
        Fixtures.B with
        {
            Unreadable = InstanceParts.UserData,
        },
        Fixtures.B with
        {
            Unreadable = InstanceParts.NetworkInterfaces,
        },
        Fixtures.B with
        {
            Unreadable = InstanceParts.KeyPair,
        },
        Fixtures.B with
        {
            NetworkInterfaces = [Fixtures.Interface(Fixtures.Subnet(4, "nonsense", "10.0.0.5"))],
        },
    ];

    [Theory]
    [MemberData(nameof(Unreadable))]
    public void A_part_that_cannot_be_read_refuses_the_seed(Instance instance)
    {
        var refusal = NoCloudSeed.Render(instance, default, new DocumentOptions(), out var files);
        Assert.Equal(Refusal.PartUnreadable, refusal);
        Assert.Empty(files);
    }
}
