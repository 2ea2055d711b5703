using System.Net;

namespace Stackmeta.Edge.Tests;

/// <summary>What the real dnsmasq makes of the options file, for clients that ask for option 121, 249 or both.</summary>
public sealed class ClasslessRouteOfferTests
{
    const byte Router = 3;

    const byte HostName = 12;
    const byte LeaseTime = 51;

    /// <summary>RFC 3442.</summary>
    const byte Routes = 121;

    /// <summary>The same in the number that Windows asked for before there was one (MS-DHCPE §2.2.8).</summary>
    const byte MicrosoftRoutes = 249;

    [Fact]
    public async Task Without_a_router_both_options_lead_to_the_DHCP_server() =>
        await AssertOfferedAsync(
            subnet => subnet,
            // 169.254.169.254/32 by 10.0.0.66; the default route by 10.0.0.65.
            [32, 169, 254, 169, 254, 10, 0, 0, 66, 0, 10, 0, 0, 65]
        );

    [Fact]
    public async Task With_a_router_both_options_lead_to_it() =>
        await AssertOfferedAsync(
            subnet => subnet with { GatewayIsRouter = true },
            [32, 169, 254, 169, 254, 10, 0, 0, 65, 0, 10, 0, 0, 65]
        );

    [Fact]
    public async Task Host_routes_of_any_length_are_in_both_options() =>
        await AssertOfferedAsync(
            subnet =>
                subnet with
                {
                    HostRoutes =
                    [
                        new(IPNetwork.Parse("10.128.0.0/9"), IPAddress.Parse("10.0.0.67")),
                        new(IPNetwork.Parse("192.0.2.0/24"), IPAddress.Parse("10.0.0.68")),
                    ],
                },
            [
                .. (byte[])[9, 10, 128, 10, 0, 0, 67],
                .. (byte[])[24, 192, 0, 2, 10, 0, 0, 68],
                .. (byte[])[32, 169, 254, 169, 254, 10, 0, 0, 66],
                .. (byte[])[0, 10, 0, 0, 65],
            ]
        );

    [Fact]
    public async Task Of_more_host_routes_than_fit_the_routes_to_metadata_and_gateway_are_offered_all_the_same()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var host = Networks.Host(1, "10.0.0.70") with { HostName = new string('h', 63) };
        var network = Networks.Isolated(host);
        var subnet = network.Subnets[0] with
        {
            HostRoutes =
            [
                .. Enumerable
                    .Range(0, 40)
                    .Select(i => new EdgeHostRoute(IPNetwork.Parse($"192.0.{i}.0/24"), IPAddress.Parse("10.0.0.67"))),
            ],
            DnsServers = [.. Enumerable.Range(1, 6).Select(i => IPAddress.Parse($"9.9.9.{i}"))],
        };
        network = network with { Subnets = [subnet] };
        var status = Assert.Single(await rig.Provisioner.ApplyAsync([network], TestContext.Current.CancellationToken));
        Assert.Contains("are not told the routes to 192.0.30.0/24, 192.0.31.0/24", status.Reason);
        var guest = await rig.AttachAsync(network, host);

        // As dhclient asks, which does not say that it takes longer messages.
        var offer = await DhcpQuestion.AskAsync(guest, host.Mac, 1, 28, 2, Routes, 15, 6, 12, Router, 26);
        Assert.Contains(Routes, offer);
        Assert.Equal([32, 169, 254, 169, 254, 10, 0, 0, 66, 0, 10, 0, 0, 65], offer[Routes][^14..]);
        Assert.Equal([24, 192, 0, 0, 10, 0, 0, 67], offer[Routes][..8]);
        // As udhcpc asks, and as Windows, systemd and dhcpcd do.
        offer = await DhcpQuestion.AskAsync(guest, host.Mac, [57, 2, 0x02, 0x40], 1, Routes, 15, 6, 12, Router, 26);
        Assert.Equal([32, 169, 254, 169, 254, 10, 0, 0, 66, 0, 10, 0, 0, 65], offer[Routes][^14..]);
        offer = await DhcpQuestion.AskAsync(guest, host.Mac, [57, 2, 0x05, 0xc0], 1, Routes, 15, 6, 12, Router, 26);
        Assert.Equal(254, offer[Routes].Length);
        Assert.Equal([32, 169, 254, 169, 254, 10, 0, 0, 66, 0, 10, 0, 0, 65], offer[Routes][^14..]);
    }

    [Theory]
    [InlineData("ignore")]
    [InlineData("10")]
    [InlineData("1h")]
    [InlineData("infinite")]
    [InlineData("10.0.0.5")]
    [InlineData("web")]
    public async Task Without_a_domain_a_host_name_is_read_as_a_host_name(string name)
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var host = Networks.Host(1, "10.0.0.70") with { HostName = name };
        var network = Networks.Isolated(host) with { DnsDomain = "" };
        await rig.ApplyAsync(network);
        var guest = await rig.AttachAsync(network, host);

        var offer = await DhcpQuestion.AskAsync(guest, host.Mac, HostName);
        Assert.Equal(name.Split('.')[0], System.Text.Encoding.ASCII.GetString(offer[HostName]));
        // The lease time of the options, and not one that the name was taken for.
        Assert.Equal([0, 1, 0x51, 0x80], offer[LeaseTime]);
    }

    /// <summary>The smallest subnets have no room for a gateway or for any guest, and a network may have an MTU below IPv6's.</summary>
    [Theory]
    [InlineData("10.0.0.70/31", "10.0.0.71", 1450)]
    [InlineData("10.0.0.64/30", "10.0.0.65", 1000)]
    public async Task A_small_subnet_or_MTU_is_served(string cidr, string server, int mtu)
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var host = Networks.Host(1, cidr == "10.0.0.64/30" ? "10.0.0.66" : "10.0.0.70");
        var network = Networks.Of([Networks.Subnet(cidr, null, server)], host) with { Mtu = mtu };
        await rig.ApplyAsync(network);
        var guest = await rig.AttachAsync(network, host);
        var offer = await DhcpQuestion.AskAsync(guest, host.Mac, Routes);
        Assert.Equal([32, 169, 254, 169, 254, .. IPAddress.Parse(server).GetAddressBytes()], offer[Routes]);
    }

    static async Task AssertOfferedAsync(Func<EdgeSubnet, EdgeSubnet> change, byte[] expected)
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var host = Networks.Host(1, "10.0.0.70");
        var network = Networks.Isolated(host);
        network = network with { Subnets = [change(network.Subnets[0])] };
        await rig.ApplyAsync(network);
        var guest = await rig.AttachAsync(network, host);

        var microsoft = await DhcpQuestion.AskAsync(guest, host.Mac, Router, MicrosoftRoutes);
        Assert.Equal(expected, microsoft[MicrosoftRoutes]);
        Assert.DoesNotContain(Routes, microsoft);

        var standard = await DhcpQuestion.AskAsync(guest, host.Mac, Router, Routes);
        Assert.Equal(expected, standard[Routes]);
        Assert.DoesNotContain(MicrosoftRoutes, standard);

        var both = await DhcpQuestion.AskAsync(guest, host.Mac, Routes, MicrosoftRoutes);
        Assert.Equal(expected, both[Routes]);
        Assert.Equal(expected, both[MicrosoftRoutes]);
    }
}
