using System.Net;

namespace Stackmeta.Edge.Tests;

/// <summary>dnsmasq's command line (spec/neutron-metadata.md §2.4).</summary>
public sealed class DnsmasqArgumentsTests
{
    static readonly NetworkFiles Files = new("/run/x/networks", Guid.Empty);

    [Fact]
    public void It_is_Neutrons_but_in_the_foreground()
    {
        var network = Networks.Isolated();
        var directory = Files.Directory;
        Assert.Equal(
            [
                "--keep-in-foreground",
                "--log-facility=-",
                "--pid-file",
                "--no-hosts",
                "--no-resolv",
                $"--dhcp-hostsfile={directory}/host",
                $"--addn-hosts={directory}/addn_hosts",
                $"--dhcp-optsfile={directory}/opts",
                $"--dhcp-leasefile={directory}/leases",
                "--dhcp-match=set:ipxe,175",
                "--dhcp-userclass=set:ipxe6,iPXE",
                "--dhcp-match=set:long-messages,57",
                "--dhcp-match=set:short-messages,57,02:40",
                "--local-service",
                "--bind-dynamic",
                $"--interface={DeviceNames.Tap(network.DhcpPort.Id)}",
                "--dhcp-range=set:subnet-dddddddd-dddd-dddd-dddd-dddddddddddd,10.0.0.64,static,255.255.255.192,86400s",
                "--dhcp-option-force=option:mtu,1450",
                "--dhcp-lease-max=64",
                "--domain=openstacklocal",
                "--conf-file=/dev/null",
            ],
            DnsmasqArguments.For(network, new(), Files)
        );
    }

    [Theory]
    [InlineData(Ipv6AddressMode.None, false, "static")]
    [InlineData(Ipv6AddressMode.Dhcpv6Stateful, false, "static")]
    [InlineData(Ipv6AddressMode.Dhcpv6Stateless, false, "static")]
    [InlineData(Ipv6AddressMode.Slaac, false, null)]
    [InlineData(Ipv6AddressMode.Dhcpv6Stateful, true, "static")]
    [InlineData(Ipv6AddressMode.Dhcpv6Stateless, true, "ra-stateless")]
    [InlineData(Ipv6AddressMode.Slaac, true, "ra-only")]
    public void An_IPv6_range_follows_the_address_mode(Ipv6AddressMode mode, bool advertise, string? expected)
    {
        var subnet = Networks.Subnet("2001:db8::/64", null, "2001:db8::2") with { Ipv6AddressMode = mode };
        var arguments = DnsmasqArguments.For(
            Networks.Of([subnet]) with
            {
                RouterAdvertisements = advertise,
            },
            new(),
            Files
        );
        var range = expected is null
            ? []
            : (string[])[$"--dhcp-range=set:subnet-{subnet.Id},2001:db8::,{expected},64,86400s"];
        Assert.Equal(range, arguments.Where(argument => argument.StartsWith("--dhcp-range", StringComparison.Ordinal)));
        Assert.Equal(advertise, arguments.Contains("--enable-ra"));
    }

    [Fact]
    public void Settings_show_in_the_arguments()
    {
        var options = new EdgeOptions
        {
            DhcpLeaseDuration = -1,
            DnsmasqLeaseMax = 10,
            DnsmasqDnsServers = [IPAddress.Parse("192.0.2.53")],
        };
        var arguments = DnsmasqArguments.For(Networks.Isolated() with { DnsDomain = "", Mtu = 0 }, options, Files);
        Assert.Contains("--server=192.0.2.53", arguments);
        Assert.Contains("--dhcp-lease-max=10", arguments);
        Assert.Contains(arguments, argument => argument.EndsWith(",infinite", StringComparison.Ordinal));
        Assert.DoesNotContain(arguments, argument => argument.StartsWith("--domain", StringComparison.Ordinal));
        Assert.DoesNotContain(arguments, argument => argument.Contains("mtu", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_an_address_of_ours_there_is_nothing_to_serve() =>
        Assert.False(DnsmasqArguments.IsNeeded(Networks.Of([Networks.Subnet("10.0.0.0/24", "10.0.0.1", null)])));
}
