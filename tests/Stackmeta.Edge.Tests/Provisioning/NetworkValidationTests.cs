using System.Net;
using System.Net.NetworkInformation;

namespace Stackmeta.Edge.Tests;

/// <summary>What is refused before anything on the machine is touched, each with its reason.</summary>
public sealed class NetworkValidationTests
{
    static readonly EdgeSubnet Subnet = Networks.Subnet("10.0.0.0/24", "10.0.0.1", "10.0.0.2");

    public static TheoryData<string, EdgeNetwork> Faults =>
        new()
        {
            { "MTU 67 is not between", Networks.Isolated() with { Mtu = 67 } },
            { "MTU 65536 is not between", Networks.Isolated() with { Mtu = 65536 } },
            { "has no usable MAC", Networks.Isolated() with { DhcpPort = new(Guid.NewGuid(), PhysicalAddress.None) } },
            {
                "has no usable MAC",
                Networks.Isolated(Networks.Host(1) with { Mac = PhysicalAddress.Parse("01-00-5E-00-00-01") })
            },
            { "overlaps another one", Networks.Of([Subnet, Networks.Subnet("10.0.0.128/25", null, null)]) },
            { "overlaps another one", Networks.Of([Subnet, Subnet with { Id = Guid.NewGuid() }]) },
            {
                "DHCP address 10.0.1.2 is not in subnet",
                Networks.Of([Subnet with { DhcpAddress = IPAddress.Parse("10.0.1.2") }])
            },
            {
                "gateway_ip fe80::1 is of another family than 10.0.0.0/24",
                Networks.Of([Subnet with { Gateway = IPAddress.Parse("fe80::1") }])
            },
            {
                "dns_nameservers[0] :: is of another family than 10.0.0.0/24",
                Networks.Of([Subnet with { DnsServers = [IPAddress.IPv6Any] }])
            },
            {
                "host_routes[0].nexthop fe80::1 is of another family than 10.0.0.0/24",
                Networks.Of([
                    Subnet with
                    {
                        HostRoutes = [new(IPNetwork.Parse("10.1.0.0/16"), IPAddress.Parse("fe80::1"))],
                    },
                ])
            },
            {
                "gateway_ip fe80::a9fe:a9fe is the metadata service's address",
                Networks.Of([Networks.Subnet("2001:db8::/64", "fe80::a9fe:a9fe", "2001:db8::2")])
            },
            { "The DNS domain is not", Networks.Isolated() with { DnsDomain = "10" } },
            { "The DNS domain is not", Networks.Isolated() with { DnsDomain = "example.4" } },
            { "in none of the network's subnets", Networks.Of([Subnet], Networks.Host(1, "10.0.1.5")) },
            {
                "have the same address 10.0.0.5",
                Networks.Of([Subnet], Networks.Host(1, "10.0.0.5"), Networks.Host(2, "10.0.0.5"))
            },
            { "have the same address 10.0.0.2", Networks.Of([Subnet], Networks.Host(1, "10.0.0.2")) },
        };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void A_senseless_network_is_refused_with_its_reason(string reason, EdgeNetwork network) =>
        Assert.Contains(reason, NetworkValidation.Check(network));

    [Fact]
    public void A_network_whose_MTU_is_too_small_for_IPv6_goes_on_without_it() =>
        Assert.Equal(
            "The network has no IPv6: its MTU 1279 is less than 1280, which every link with an IPv6 subnet needs (RFC 8200 §5).",
            NetworkValidation
                .Require(
                    Networks.Of([Subnet, Networks.Subnet("2001:db8::/64", null, "2001:db8::2")]) with
                    {
                        Mtu = 1279,
                    }
                )
                .LeftOut
        );

    [Fact]
    public void A_network_of_both_families_passes() =>
        Assert.Null(
            NetworkValidation.Check(
                Networks.Of(
                    [Subnet, Networks.Subnet("2001:db8::/64", "fe80::1", "2001:db8::2")],
                    Networks.Host(1, "10.0.0.5", "2001:db8::5")
                )
            )
        );
}
