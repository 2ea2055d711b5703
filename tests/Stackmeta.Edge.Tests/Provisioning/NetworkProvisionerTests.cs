using System.Globalization;
using System.Net;

namespace Stackmeta.Edge.Tests;

/// <summary>Real namespaces, dnsmasq, haproxy and DHCP clients.</summary>
public sealed class NetworkProvisionerTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Proxy.Haproxy)]
    [InlineData(Proxy.Listeners)]
    public async Task A_guest_gets_its_lease_its_route_and_its_answer(Proxy proxy)
    {
        await using var rig = await EdgeRig.StartAsync(proxy);
        var host = Networks.Host(1, "10.0.0.70") with { HostName = "web" };
        var network = Networks.Isolated(host, Networks.Host(2, "10.0.0.71"));
        await rig.ApplyAsync(network);
        var guest = await rig.AttachAsync(network, host);

        var lease = await guest.AcquireLeaseAsync(Cancellation);
        Assert.Equal(("10.0.0.70", 26), (lease.Address.ToString(), lease.PrefixLength));
        Assert.Equal(
            ["169.254.169.254/32 10.0.0.66", "0.0.0.0/0 10.0.0.65"],
            lease.Routes.Select(route => $"{route.Destination} {route.NextHop}")
        );
        Assert.Equal(
            (1450, "web", "openstacklocal", "10.0.0.66"),
            (lease.Mtu, lease.HostName, lease.DomainName, lease.Server?.ToString())
        );
        Assert.Equal("10.0.0.66", Assert.Single(lease.DnsServers).ToString());

        var routes = await guest.RunAsync("ip", ["route"], Cancellation);
        Assert.Contains("169.254.169.254 via 10.0.0.66 dev eth0", routes.Output);
        var resolver = await guest.RunAsync("cat", ["/etc/resolv.conf"], Cancellation);
        Assert.Equal("nameserver 10.0.0.66\n", resolver.Output);

        Assert.Equal("GET /openstack", await EdgeRig.CurlAsync(guest, "http://169.254.169.254/openstack"));
        var headers = Assert.Single(rig.Agent.Requests);
        Assert.Equal(network.Id.ToString(), headers["X-Neutron-Network-ID"]);
        Assert.Equal("10.0.0.70", headers["X-Forwarded-For"]);
    }

    /// <summary>What a guest writes about itself does not arrive, in no mixture of hyphens and underscores.</summary>
    [Theory]
    [InlineData(Proxy.Haproxy)]
    [InlineData(Proxy.Listeners)]
    public async Task LP1865036_spoofed_identity_headers_do_not_pass_the_proxy(Proxy proxy)
    {
        await using var rig = await EdgeRig.StartAsync(proxy);
        var host = Networks.Host(1, "10.0.0.70");
        var network = Networks.Isolated(host);
        await rig.ApplyAsync(network);
        var guest = await rig.AttachAsync(network, host);
        await guest.AcquireLeaseAsync(Cancellation);

        string[] names =
        [
            "X-Neutron-Network-ID",
            "X-Neutron-Router-ID",
            "X-OVN-Network-ID",
            "X-Forwarded-For",
            "X-Instance-ID",
            "X-Instance-ID-Signature",
            "X-Tenant-ID",
            "X-Metadata-Provider",
            "X-Metadata-Provider-Signature",
        ];
        var spellings = names.SelectMany(name =>
            (string[])[name, name.Replace('-', '_'), name.ToLowerInvariant(), MixSpelling(name)]
        );
        var arguments = spellings.SelectMany(name => (string[])["-H", $"{name}: spoofed"]);
        await EdgeRig.CurlAsync(
            guest,
            "http://169.254.169.254/",
            [
                .. arguments,
                "-H",
                "X-Aws-Ec2-Metadata-Token: kept",
                "-H",
                "Connection: x-forwarded-for, x-neutron-network-id",
            ]
        );

        var headers = Assert.Single(rig.Agent.Requests);
        Assert.DoesNotContain(headers, header => header.Value.Contains("spoofed", StringComparison.Ordinal));
        Assert.Equal("kept", headers["X-Aws-Ec2-Metadata-Token"]);
        Assert.Equal(
            (network.Id.ToString(), "10.0.0.70"),
            (headers["X-Neutron-Network-ID"], headers["X-Forwarded-For"])
        );
    }

    [Fact]
    public async Task A_new_port_is_served_by_the_same_dnsmasq_and_a_moved_address_at_once()
    {
        await using var rig = await EdgeRig.StartAsync();
        var first = Networks.Host(1, "10.0.0.70");
        var network = Networks.Isolated(first);
        await rig.ApplyAsync(network);
        var (dnsmasq, haproxy) = (rig.FindProcess("dnsmasq"), rig.FindProcess("haproxy"));
        await (await rig.AttachAsync(network, first)).AcquireLeaseAsync(Cancellation);

        await rig.ApplyAsync(network);
        var second = Networks.Host(2, "10.0.0.71");
        var moved = Networks.Host(3, "10.0.0.70");
        await rig.ApplyAsync(network with { Hosts = [second, moved] });
        Assert.Equal(
            "10.0.0.71",
            (await (await rig.AttachAsync(network, second)).AcquireLeaseAsync(Cancellation)).Address.ToString()
        );
        Assert.Equal(
            "10.0.0.70",
            (await (await rig.AttachAsync(network, moved)).AcquireLeaseAsync(Cancellation)).Address.ToString()
        );
        Assert.Equal((dnsmasq, haproxy), (rig.FindProcess("dnsmasq"), rig.FindProcess("haproxy")));
    }

    [Theory]
    [InlineData(Proxy.Haproxy)]
    [InlineData(Proxy.Listeners)]
    public async Task After_a_stop_nothing_is_left(Proxy proxy)
    {
        await using var rig = await EdgeRig.StartAsync(proxy);
        var network = Networks.Isolated(Networks.Host(1, "10.0.0.70"));
        await rig.ApplyAsync(network);
        Assert.True((await rig.FindTracesAsync(network)).Count >= 5);
        await rig.Provisioner.StopAsync(Cancellation);
        Assert.Empty(await rig.FindTracesAsync(network));
    }

    [Fact]
    public async Task A_network_that_is_no_longer_wanted_goes_and_the_others_stay()
    {
        await using var rig = await EdgeRig.StartAsync();
        var (kept, gone) = (Networks.Isolated(), Networks.Isolated());
        await rig.ApplyAsync(kept, gone);
        await rig.ApplyAsync(kept);
        Assert.DoesNotContain(
            await rig.FindTracesAsync(gone),
            trace => trace.Contains(gone.Id.ToString(), StringComparison.Ordinal)
        );
        Assert.Equal(EdgeNetworkHealth.Serving, Assert.Single(rig.Provisioner.Statuses).Health);
    }

    [Theory]
    [InlineData("dnsmasq")]
    [InlineData("haproxy")]
    public async Task A_process_that_is_killed_comes_back_and_both_are_told(string program)
    {
        await using var rig = await EdgeRig.StartAsync();
        var network = Networks.Isolated();
        await rig.ApplyAsync(network);
        rig.Announced.Clear();
        var killed = rig.FindProcess(program);
        _ = Libc.Kill(killed, Libc.SigKill);
        await EdgeRig.EventuallyAsync(() => rig.Announced.Count == 2, "broken and back");
        Assert.Equal(
            [EdgeNetworkHealth.Degraded, EdgeNetworkHealth.Serving],
            rig.Announced.Select(status => status.Health)
        );
        Assert.Equal($"{program} ended with signal 9", rig.Announced.First().Reason);
        Assert.NotEqual(killed, rig.FindProcess(program));
    }

    [Fact]
    public async Task Processes_run_as_ordinary_users_with_few_capabilities()
    {
        await using var rig = await EdgeRig.StartAsync();
        await rig.ApplyAsync(Networks.Isolated());
        foreach (
            var (program, capabilities) in ((string, ulong)[])
                [("haproxy", 1 << 10), ("dnsmasq", 1 << 10 | 1 << 12 | 1 << 13)]
        )
        {
            var status = await File.ReadAllLinesAsync($"/proc/{rig.FindProcess(program)}/status", Cancellation);
            string Field(string name) =>
                status.Single(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split('\t')[1];
            Assert.NotEqual("0", Field("Uid"));
            Assert.Equal("1", Field("NoNewPrivs"));
            Assert.Equal(
                capabilities,
                ulong.Parse(Field("CapBnd"), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            );
        }
    }

    [Fact]
    public async Task What_others_made_is_left_alone_and_the_other_networks_are_served()
    {
        await using var rig = await EdgeRig.StartAsync();
        var (foreign, ours) = (Networks.Isolated(), Networks.Isolated());
        var name = DeviceNames.DhcpNamespace(foreign.Id);
        await Command.Ip(null, "netns", "add", name).RunAsync(Cancellation);
        try
        {
            var statuses = await rig.Provisioner.ApplyAsync([foreign, ours], Cancellation);
            Assert.Equal(
                [EdgeNetworkHealth.Failed, EdgeNetworkHealth.Serving],
                statuses.Select(status => status.Health)
            );
            Assert.Equal(
                $"The namespace {name} exists already and was not made here; it is left alone.",
                statuses[0].Reason
            );
            await rig.Provisioner.StopAsync(Cancellation);
            Assert.True(File.Exists(NetworkNamespace.PathOf(name)));
        }
        finally
        {
            await Command.Ip(null, "netns", "delete", name).RunAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_second_edge_on_the_same_directory_is_refused()
    {
        await using var rig = await EdgeRig.StartAsync();
        await rig.ApplyAsync();
        await using var second = rig.Open();
        var error = await Assert.ThrowsAsync<EdgeException>(() => second.ApplyAsync([], Cancellation));
        Assert.Contains("Another stackmeta keeps the networks", error.Message);
    }

    [Fact]
    public async Task Without_the_rights_it_says_what_to_run()
    {
        Machine.RequireRoot();
        string[] keep =
        [
            EntryPoint.Keep,
            $"/tmp/stackmeta-edge-{Guid.NewGuid():N}",
            "/none",
            $"{Guid.NewGuid()}",
            $"{Guid.NewGuid()}",
        ];
        string[] arguments = ["--bounding-set=-all", "--inh-caps=-all", Environment.ProcessPath!, .. keep];
        var result = await new Command("setpriv", arguments).CaptureAsync(Cancellation);
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith(
            "Networks need CAP_NET_ADMIN and CAP_SYS_ADMIN to be made: run as root, for example: sudo ",
            result.Output
        );
    }

    [Fact]
    public async Task A_directory_that_others_may_not_pass_is_refused_because_dnsmasq_could_not_read_there()
    {
        Machine.RequireRoot();
        var closed = Directory.CreateTempSubdirectory("stackmeta-edge-");
        var options = new EdgeOptions { RunDirectory = Path.Combine(closed.FullName, "run") };
        await using var provisioner = new NetworkProvisioner(
            options,
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<NetworkProvisioner>.Instance
        );
        var error = await Assert.ThrowsAsync<EdgeException>(() => provisioner.ApplyAsync([], Cancellation));
        Assert.Contains($"{closed.FullName} does not let other users pass", error.Message);
        closed.Delete(recursive: true);
    }

    [Theory]
    [InlineData(Proxy.Haproxy)]
    [InlineData(Proxy.Listeners)]
    public async Task A_namespace_that_somebody_deletes_is_made_again(Proxy proxy)
    {
        await using var rig = await EdgeRig.StartAsync(proxy);
        var host = Networks.Host(1, "10.0.0.70");
        var network = Networks.Isolated(host);
        await rig.ApplyAsync(network);
        await Command.Ip(null, "netns", "delete", DeviceNames.DhcpNamespace(network.Id)).RunAsync(Cancellation);
        await rig.ApplyAsync(network);
        var guest = await rig.AttachAsync(network, host);
        await guest.AcquireLeaseAsync(Cancellation);
        Assert.Equal("GET /", await EdgeRig.CurlAsync(guest, "http://169.254.169.254/"));
    }

    /// <summary>As <c>umount -l</c> leaves it: a file of mode 000 that <c>ip netns add</c> stumbles over.</summary>
    [Theory]
    [InlineData(Proxy.Haproxy)]
    [InlineData(Proxy.Listeners)]
    public async Task A_namespace_that_somebody_unmounts_is_made_again(Proxy proxy)
    {
        await using var rig = await EdgeRig.StartAsync(proxy);
        var host = Networks.Host(1, "10.0.0.70");
        var network = Networks.Isolated(host);
        await rig.ApplyAsync(network);
        await UnmountAsync(network);
        await rig.ApplyAsync(network);
        var guest = await rig.AttachAsync(network, host);
        await guest.AcquireLeaseAsync(Cancellation);
        Assert.Equal("GET /", await EdgeRig.CurlAsync(guest, "http://169.254.169.254/"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_namespace_that_somebody_unmounts_leaves_nothing_behind(bool isNextStart)
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var network = Networks.Isolated();
        await rig.ApplyAsync(network);
        await UnmountAsync(network);
        if (isNextStart)
        {
            await rig.Provisioner.DisposeAsync();
            rig.Provisioner = rig.Open();
            await rig.ApplyAsync();
        }
        await rig.Provisioner.StopAsync(Cancellation);
        Assert.Empty(await rig.FindTracesAsync(network));
    }

    [Fact]
    public async Task An_empty_name_of_another_program_is_left_alone()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var network = Networks.Isolated();
        var path = NetworkNamespace.PathOf(DeviceNames.DhcpNamespace(network.Id));
        Directory.CreateDirectory(NetworkNamespace.Directory);
        await File.WriteAllTextAsync(path, "", Cancellation);
        try
        {
            var status = Assert.Single(await rig.Provisioner.ApplyAsync([network], Cancellation));
            Assert.Equal(EdgeNetworkHealth.Failed, status.Health);
            await rig.Provisioner.StopAsync(Cancellation);
            Assert.True(File.Exists(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    static async Task UnmountAsync(EdgeNetwork network)
    {
        var path = NetworkNamespace.PathOf(DeviceNames.DhcpNamespace(network.Id));
        await new Command("umount", ["-l", path]).RunAsync(Cancellation);
        Assert.True(File.Exists(path));
    }

    [Theory]
    [InlineData(Proxy.Haproxy)]
    [InlineData(Proxy.Listeners)]
    public async Task Over_IPv6_the_link_local_address_answers(Proxy proxy)
    {
        await using var rig = await EdgeRig.StartAsync(proxy);
        Assert.SkipUnless(LinkProvisioner.HostHasIpv6(), "The kernel has no IPv6.");
        var subnet = Networks.Subnet("2001:db8::/64", null, "2001:db8::2") with
        {
            Ipv6AddressMode = Ipv6AddressMode.Slaac,
        };
        var host = Networks.Host(1, "2001:db8::f816:3eff:fe00:1");
        var network = Networks.Of([subnet], host) with { RouterAdvertisements = true };
        await rig.ApplyAsync(network);
        var guest = await rig.AttachAsync(network, host);
        await EventuallyShowsAsync(guest, "fe80::f816:3eff:fe00:1/64");
        Assert.Equal("GET /", await EdgeRig.CurlAsync(guest, "http://[fe80::a9fe:a9fe%25eth0]/"));
        Assert.StartsWith("fe80::f816:3eff:fe00:1", Assert.Single(rig.Agent.Requests)["X-Forwarded-For"]);
        // By SLAAC it has made itself the address that the port has.
        await EventuallyShowsAsync(guest, "2001:db8::f816:3eff:fe00:1/64");
    }

    /// <summary>RFC 8415 §18.2.6: the address is the guest's own doing, and only the rest is asked for.</summary>
    [Fact]
    public async Task A_stateless_guest_makes_its_address_and_is_told_of_name_servers_by_DHCPv6()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        Assert.SkipUnless(LinkProvisioner.HostHasIpv6(), "The kernel has no IPv6.");
        var subnet = Networks.Subnet("2001:db8::/64", null, "2001:db8::2") with
        {
            Ipv6AddressMode = Ipv6AddressMode.Dhcpv6Stateless,
            DnsServers = [IPAddress.Parse("2001:db8::53")],
        };
        var host = Networks.Host(1, "2001:db8::f816:3eff:fe00:1");
        var network = Networks.Of([subnet], host) with { RouterAdvertisements = true };
        await rig.ApplyAsync(network);
        var guest = await rig.AttachAsync(network, host);
        await EventuallyShowsAsync(guest, "2001:db8::f816:3eff:fe00:1/64");
        var folder = Directory.CreateTempSubdirectory("stackmeta-dhcpv6-");
        try
        {
            var (script, told) = (Path.Combine(folder.FullName, "script"), Path.Combine(folder.FullName, "told"));
            await File.WriteAllTextAsync(script, $"#!/bin/sh\nenv >>{told}\n", Cancellation);
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            string[] files =
            [
                "-lf",
                Path.Combine(folder.FullName, "leases"),
                "-pf",
                Path.Combine(folder.FullName, "pid"),
            ];
            var asked = await guest.RunAsync(
                "dhclient",
                ["-6", "-S", "-1", "-sf", script, .. files, GuestNamespace.Device],
                Cancellation
            );
            Assert.True(asked.ExitCode == 0, asked.Error);
            Assert.Contains("new_dhcp6_name_servers=2001:db8::53\n", await File.ReadAllTextAsync(told, Cancellation));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Waits for an address that the guest may use.</summary>
    static async Task EventuallyShowsAsync(GuestNamespace guest, string address)
    {
        string[] arguments = ["-6", "addr", "show", "dev", GuestNamespace.Device, "-tentative"];
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (
                (await guest.RunAsync("ip", arguments, Cancellation)).Output.Contains(address, StringComparison.Ordinal)
            )
            {
                return;
            }
            await Task.Delay(100, Cancellation);
        }
        Assert.Fail($"The guest has no address {address} after 10 s.");
    }

    /// <summary>The first hyphen as an underscore, the others as they are.</summary>
    static string MixSpelling(string name) => $"{name[..1]}_{name[2..]}";
}
