using System.Globalization;

namespace Stackmeta.Edge.Tests;

/// <summary>One process listening in real namespaces.</summary>
public sealed class NamespaceListenersTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Guests_of_the_same_address_are_told_apart_by_where_they_ask()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        EdgeNetwork[] networks =
        [
            .. Enumerable.Range(0, 5).Select(_ => Networks.Isolated(Networks.Host(1, "10.0.0.70"))),
        ];
        await rig.ApplyAsync(networks);
        foreach (var network in networks)
        {
            var guest = await rig.AttachAsync(network, network.Hosts[0]);
            await guest.AcquireLeaseAsync(Cancellation);
            await EdgeRig.CurlAsync(guest, "http://169.254.169.254/");
        }
        Assert.Equal(
            networks.Select(network => $"{network.Id}"),
            rig.Agent.Requests.Select(request => request["X-Neutron-Network-ID"])
        );
        Assert.All(rig.Agent.Requests, request => Assert.Equal("10.0.0.70", request["X-Forwarded-For"]));
    }

    /// <summary>What cloud-init 24.2 and later with an older Python send over IPv6 (spec/guest-clients.md, fact 5).</summary>
    [Fact]
    public async Task A_Host_header_with_a_zone_is_answered()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var (network, guest) = await rig.AttachOneAsync();
        Assert.Equal(
            "GET /a",
            await EdgeRig.CurlAsync(guest, "http://169.254.169.254/a", "-H", "Host: [fe80::a9fe:a9fe%eth0]")
        );
        Assert.Equal(network.Id.ToString(), Assert.Single(rig.Agent.Requests)["X-Neutron-Network-ID"]);
    }

    [Fact]
    public async Task Target_method_and_body_arrive_as_they_were_sent()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var (_, guest) = await rig.AttachOneAsync();
        Assert.Equal(
            "GET /a/../b/%2e%2E//c%2fd",
            await EdgeRig.CurlAsync(guest, "http://169.254.169.254/a/../b/%2e%2E//c%2fd?x=%41&y", "--path-as-is")
        );
        Assert.Equal("?x=%41&y", rig.Agent.LastQuery);
        Assert.Equal(
            "POST /p",
            await EdgeRig.CurlAsync(guest, "http://169.254.169.254/p", "--data-binary", "secret\n+")
        );
        Assert.Equal("secret\n+", rig.Agent.LastBody);
        Assert.Equal(
            "POST /p",
            await EdgeRig.CurlAsync(
                guest,
                "http://169.254.169.254/p",
                "-H",
                "Transfer-Encoding: chunked",
                "--data-binary",
                "piecewise"
            )
        );
        Assert.Equal("piecewise", rig.Agent.LastBody);
    }

    [Theory]
    [InlineData("414", "http://169.254.169.254/{0}", 40_000)]
    [InlineData("431", "http://169.254.169.254/", 70_000)]
    [InlineData("413", "http://169.254.169.254/", 0)]
    public async Task What_is_too_large_is_refused(string status, string url, int size)
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var (_, guest) = await rig.AttachOneAsync();
        string[] more =
            status == "431" ? ["-H", $"X-Long: {new string('a', size)}"]
            : status == "413" ? ["-d", new string('a', 70_000)]
            : [];
        var target = string.Format(CultureInfo.InvariantCulture, url, new string('a', size));
        Assert.Equal(
            status,
            await EdgeRig.CurlAsync(guest, target, ["-o", "/dev/null", "-w", "%{http_code}", .. more])
        );
        Assert.Empty(rig.Agent.Requests);
    }

    [Fact]
    public async Task LP1989199_a_guest_that_asks_too_often_is_told_when_to_come_back()
    {
        var limits = new GuestLimitOptions
        {
            RateLimitEnabled = true,
            BaseQueryRateLimit = 2,
            BaseWindowDuration = TimeSpan.FromMinutes(1),
        };
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners, new() { Limits = limits });
        var (_, guest) = await rig.AttachOneAsync();
        const string Form = "%{http_code} %header{retry-after}\n";
        string[] three =
        [
            "-o",
            "/dev/null",
            "-o",
            "/dev/null",
            "-o",
            "/dev/null",
            "-w",
            Form,
            "http://169.254.169.254/",
            "http://169.254.169.254/",
        ];
        Assert.Equal(
            ["200 ", "200 ", "429 60"],
            (await EdgeRig.CurlAsync(guest, "http://169.254.169.254/", three)).Split(
                '\n',
                StringSplitOptions.RemoveEmptyEntries
            )
        );
        Assert.Equal(2, rig.Agent.Requests.Count);
    }

    [Fact]
    public async Task LP1989199_a_guest_with_too_many_connections_is_turned_away()
    {
        await using var rig = await EdgeRig.StartAsync(
            Proxy.Listeners,
            new() { Limits = new() { MaxConnections = 2 } }
        );
        var (_, guest) = await rig.AttachOneAsync();
        const string Script =
            "exec 3<>/dev/tcp/169.254.169.254/80 4<>/dev/tcp/169.254.169.254/80; sleep 0.2; curl -sS -o /dev/null -w '%{http_code} ' http://169.254.169.254/; "
            + "exec 3<&- 4<&-; sleep 0.5; curl -sS -o /dev/null -w '%{http_code}' http://169.254.169.254/";
        Assert.Equal("429 200", (await guest.RunAsync("bash", ["-c", Script], Cancellation)).Output);
    }

    /// <summary>Sockets and connections keep a namespace alive after its name is gone.</summary>
    [Fact]
    public async Task A_namespace_that_is_removed_really_goes_though_a_guest_is_connected()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var (network, guest) = await rig.AttachOneAsync();
        var asking = guest.RunAsync(
            "bash",
            ["-c", "exec 3<>/dev/tcp/169.254.169.254/80; echo connected; cat <&3"],
            Cancellation
        );
        await Task.Delay(300, Cancellation);
        await Command.Ip(null, "netns", "delete", DeviceNames.DhcpNamespace(network.Id)).RunAsync(Cancellation);
        await rig.ApplyAsync();
        Assert.Equal("connected\n", (await asking).Output);
        await EdgeRig.EventuallyAsync(
            () => !HostLink.Exists(DeviceNames.BridgeEnd(network.DhcpPort.Id)),
            "the kernel takes the namespace down"
        );
        Assert.Empty(rig.Server!.Listeners.Namespaces);
    }

    [Fact]
    public async Task An_agent_that_is_restarted_is_waited_for()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var (_, guest) = await rig.AttachOneAsync();
        File.Move(rig.Agent.Path, rig.Agent.Path + ".away");
        var asking = EdgeRig.CurlAsync(guest, "http://169.254.169.254/waits");
        await Task.Delay(500, Cancellation);
        File.Move(rig.Agent.Path + ".away", rig.Agent.Path);
        Assert.Equal("GET /waits", await asking);
    }

    [Fact]
    public async Task A_port_that_another_program_has_is_a_clear_failure_and_harms_no_other_network()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        var (taken, fine) = (Networks.Isolated(), Networks.Isolated());
        var name = DeviceNames.DhcpNamespace(taken.Id);
        await rig.ApplyAsync(taken);
        await rig.Server!.Listeners.RemoveAsync(name);
        using var other = ListeningSocket.Open(name, new(MetadataAddress.Ipv4, MetadataAddress.Port));
        var statuses = await rig.Provisioner.ApplyAsync([taken, fine], Cancellation);
        // It was made before, and its guests have their leases.
        Assert.Equal([EdgeNetworkHealth.Degraded, EdgeNetworkHealth.Serving], statuses.Select(status => status.Health));
        Assert.Equal($"another program listens on 169.254.169.254:80 in {name}", statuses[0].Reason);
    }
}
