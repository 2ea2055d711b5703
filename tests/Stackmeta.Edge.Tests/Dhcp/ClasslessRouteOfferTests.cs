using System.Net;

namespace Stackmeta.Edge.Tests;

/// <summary>What the real dnsmasq makes of the options file, for clients that ask for option 121, 249 or both.</summary>
public sealed class ClasslessRouteOfferTests
{
    const byte Router = 3;

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
