namespace Stackmeta.Edge.Tests;

/// <summary>Two guests that are held to their ports, and the metadata: the whole way, with the kernel's own IPv4 and IPv6.</summary>
public sealed class SecuredGuestTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_honest_guest_is_answered_and_one_with_anothers_address_is_not()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        Assert.SkipUnless(LinkProvisioner.HostHasIpv6(), "The kernel has no IPv6.");
        var network = Networks.Of(
            [
                Networks.Subnet("10.0.0.64/26", "10.0.0.65", "10.0.0.66"),
                Networks.Subnet("2001:db8::/64", null, "2001:db8::2") with
                {
                    Id = Guid.NewGuid(),
                },
            ],
            Networks.Host(1, "10.0.0.70"),
            Networks.Host(2, "10.0.0.71")
        );
        await rig.ApplyAsync(network);
        var victim = await AttachAsync(rig, network, network.Hosts[0]);
        var forger = await AttachAsync(rig, network, network.Hosts[1]);
        foreach (var guest in (GuestNamespace[])[victim, forger])
        {
            await guest.AcquireLeaseAsync(Cancellation);
            await EdgeRig.CurlAsync(guest, "http://169.254.169.254/");
        }
        Assert.Equal(["10.0.0.70", "10.0.0.71"], AskersOf(rig));

        // Another's IPv4 address, while that guest is silent.
        await Ip(victim, "link", "set", "dev", "eth0", "down");
        await Ip(forger, "-4", "addr", "flush", "dev", "eth0");
        await Ip(forger, "addr", "add", "10.0.0.70/26", "dev", "eth0");
        await Ip(forger, "route", "replace", "169.254.169.254", "via", "10.0.0.66", "dev", "eth0");
        await IsNotAnsweredAsync(forger, "http://169.254.169.254/");

        // Its own private link-local address, and then the one that the other's MAC makes.
        await HaveOnlyAsync(forger, "fe80::94ee:3c1a:70d2:9b05");
        await EdgeRig.CurlAsync(forger, "http://[fe80::a9fe:a9fe%25eth0]/");
        Assert.Equal("fe80::f816:3eff:fe00:2", AskersOf(rig)[2].Split('%')[0]);
        await HaveOnlyAsync(forger, "fe80::f816:3eff:fe00:1");
        await IsNotAnsweredAsync(forger, "http://[fe80::a9fe:a9fe%25eth0]/");
        Assert.Equal(3, AskersOf(rig).Length);
    }

    /// <summary>
    /// More connections half open than the listener's backlog has places: the kernel would keep no SYN of anybody's, and a guest is not
    /// known whose link-local address does not tell its MAC.
    /// </summary>
    [Fact]
    public async Task A_flood_of_SYNs_leaves_the_others_known()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        Assert.SkipUnless(LinkProvisioner.HostHasIpv6(), "The kernel has no IPv6.");
        var network = Networks.Of(
            [
                Networks.Subnet("10.0.0.64/26", "10.0.0.65", "10.0.0.66"),
                Networks.Subnet("2001:db8::/64", null, "2001:db8::2") with
                {
                    Id = Guid.NewGuid(),
                },
            ],
            Networks.Host(1, "10.0.0.70"),
            Networks.Host(2, "10.0.0.71")
        );
        await rig.ApplyAsync(network);
        var neighbour = await AttachAsync(rig, network, network.Hosts[0]);
        await HaveOnlyAsync(neighbour, "fe80::94ee:3c1a:70d2:9b05");
        await using var attacker = await Cable.CreateAsync();
        await PortAttachment.AttachAsync(
            network.Id,
            network.Hosts[1].PortId,
            attacker.Device,
            _ => Task.FromResult(network),
            Cancellation
        );
        await attacker.ForwardsAsync();
        const int MoreThanTheBacklog = 6000;
        await attacker.SendAsync([
            .. Enumerable
                .Range(1, MoreThanTheBacklog)
                .Select(port =>
                    (
                        "SYN",
                        Frames.At(
                            network.DhcpPort.Mac,
                            Frames.WholeSyn(
                                network.Hosts[1].Mac,
                                "10.0.0.71",
                                "169.254.169.254",
                                (ushort)port,
                                MetadataAddress.Port
                            )
                        )
                    )
                ),
        ]);
        await EdgeRig.CurlAsync(neighbour, "http://[fe80::a9fe:a9fe%25eth0]/");
        Assert.Equal("fe80::f816:3eff:fe00:1", AskersOf(rig)[0].Split('%')[0]);
        Assert.Equal("0", await CookiesAsync(DeviceNames.DhcpNamespace(network.Id)));
    }

    /// <summary>
    /// How often the kernel has answered with a SYN cookie there, by the namespace's own counters (proc_pid_net of the kernel's
    /// documentation).
    /// </summary>
    static async Task<string> CookiesAsync(string @namespace)
    {
        var lines = (
            await new Command("ip", "netns", "exec", @namespace, "cat", "/proc/net/netstat").RunAsync(Cancellation)
        ).Split('\n');
        var (names, values) = (lines[0].Split(' '), lines[1].Split(' '));
        return values[Array.IndexOf(names, "TCPReqQFullDoCookies")];
    }

    static string[] AskersOf(EdgeRig rig) => [.. rig.Agent.Requests.Select(request => request["X-Forwarded-For"])];

    static async Task<GuestNamespace> AttachAsync(EdgeRig rig, EdgeNetwork network, EdgeHost host)
    {
        var guest = await rig.AttachAsync(network, host);
        var device = DeviceNames.Tap(host.PortId);
        // As an interface that somebody else made.
        await Command.Ip(null, "link", "set", "dev", device, "alias", "").RunAsync(Cancellation);
        await PortAttachment.AttachAsync(network.Id, host.PortId, device, _ => Task.FromResult(network), Cancellation);
        return guest;
    }

    static async Task HaveOnlyAsync(GuestNamespace guest, string linkLocal)
    {
        await Ip(guest, "-6", "addr", "flush", "dev", "eth0");
        await Ip(guest, "addr", "add", $"{linkLocal}/64", "dev", "eth0", "nodad");
    }

    static async Task IsNotAnsweredAsync(GuestNamespace guest, string url)
    {
        var result = await guest.RunAsync("curl", ["-sS", "--max-time", "2", url], Cancellation);
        Assert.NotEqual(0, result.ExitCode);
    }

    static Task<string> Ip(GuestNamespace guest, params string[] arguments) =>
        Command.Ip(guest.Name, arguments).RunAsync(Cancellation);
}
