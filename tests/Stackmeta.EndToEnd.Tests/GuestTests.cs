using System.Net;
using System.Text;
using Stackmeta.Tests.Support;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>The whole path in one process: namespace, listener, agent, API, store.</summary>
public sealed class ListenerGuestTests(TwoNetworks networks) : GuestTests(networks), IClassFixture<TwoNetworks>;

/// <summary>The same with a haproxy in each network: namespace, haproxy, unix socket, agent, API, store.</summary>
public sealed class HaproxyGuestTests(TwoNetworksWithHaproxy networks)
    : GuestTests(networks),
        IClassFixture<TwoNetworksWithHaproxy>;

/// <summary>What guests can and cannot do, whatever answers in their network's namespace.</summary>
public abstract class GuestTests(TwoNetworks networks)
{
    Guest Alpha => networks.Alpha;

    [Fact]
    public async Task The_lease_brings_the_route_to_the_metadata_address()
    {
        var lease = await Alpha.AcquireLeaseAsync();
        Assert.Equal(IPAddress.Parse(Alpha.Address), lease.Address);
        Assert.Contains(
            lease.Routes,
            route =>
                route.Destination.ToString() == "169.254.169.254/32"
                && route.NextHop.ToString() == TwoNetworks.DhcpServer
        );
    }

    [Fact]
    public async Task Each_guest_is_told_who_it_is()
    {
        Assert.Equal(Alpha.Instance.Id, await Alpha.UuidAsync());
        Assert.Equal(networks.Beta.Instance.Id, await networks.Beta.UuidAsync());
    }

    [Fact]
    public async Task The_same_address_on_two_networks_is_two_guests()
    {
        Assert.Equal(Alpha.Address, networks.Twin.Address);
        Assert.Equal(networks.Twin.Instance.Id, await networks.Twin.UuidAsync());
        Assert.Equal(Alpha.Instance.Id, await Alpha.UuidAsync());
    }

    [Theory]
    [InlineData("/openstack/latest/user_data")]
    [InlineData("/latest/user-data")]
    public async Task User_data_arrives_byte_for_byte(string path)
    {
        Assert.Equal(Alpha.Instance.UserData!.Value.ToArray(), await Alpha.GetAsync(path));
        Assert.Equal(TwoNetworks.BinaryUserData, await networks.Beta.GetAsync(path));
    }

    /// <summary>The requests of real cloud-init, recorded while it booted; headers and order as they were.</summary>
    [Theory]
    [InlineData("real-cloud-init-22.4-openstack")]
    [InlineData("real-cloud-init-22.4-openstack-behind-haproxy")]
    [InlineData("real-cloud-init-22.4-openstack-ipv6")]
    [InlineData("real-cloud-init-22.4-openstack-static-network")]
    [InlineData("real-cloud-init-22.4-openstack-no-user-data")]
    public async Task Recorded_requests_of_real_clients_get_the_same_statuses(string trace)
    {
        var requests = ClientTrace.Read(trace);
        // That trace was recorded of an instance without user data.
        var guest = trace.Contains("no-user-data") ? networks.Twin : Alpha;
        var answers = await guest.SendAsync(requests.Select(request => request.Text));
        Assert.All(
            requests.Zip(answers),
            pair => Assert.Equal((pair.First.Path, pair.First.Status), (pair.First.Path, pair.Second.Status))
        );
    }

    /// <summary>LP#1865036 and its relatives: who one is comes from where the connection arrived, whatever one writes.</summary>
    [Theory]
    [InlineData("X-Neutron-Network-ID: {other}")]
    [InlineData("X_Neutron_Network_ID: {other}")]
    [InlineData("x-neutron-network-id: {other}")]
    [InlineData("X-Neutron-Router-ID: {other}")]
    [InlineData("X_Neutron_Router_ID: {other}")]
    [InlineData("X-OVN-Network-ID: {other}")]
    [InlineData("X_OVN_Network_ID: {other}")]
    [InlineData("X-Forwarded-For: {beta}")]
    [InlineData("X_Forwarded_For: {beta}")]
    [InlineData("X-Forwarded-For: {beta}", "X-Forwarded-For: {beta}")]
    [InlineData("X-Instance-ID: {uuid}", "X-Tenant-ID: project-1", "X-Instance-ID-Signature: 00")]
    [InlineData("X_Instance_ID: {uuid}", "X_Tenant_ID: project-1", "X_Instance_ID_Signature: 00")]
    [InlineData("X-Metadata-Provider: p", "X-Metadata-Provider-Signature: 00")]
    [InlineData("Forwarded: for={beta}")]
    [InlineData("X-Real-IP: {beta}")]
    public async Task LP1865036_no_header_of_a_guest_changes_who_it_is(params string[] headers)
    {
        var answer = await Alpha.SendAsync(
            "GET",
            "/openstack/latest/meta_data.json",
            [
                .. headers.Select(header =>
                    header
                        .Replace("{other}", networks.Twin.Port.NetworkId)
                        .Replace("{beta}", networks.Beta.Address)
                        .Replace("{uuid}", networks.Beta.Instance.Id)
                ),
            ]
        );
        Assert.Equal(200, answer.Status);
        Assert.Contains(Alpha.Instance.Id, answer.Body);
    }

    [Fact]
    public async Task An_address_that_no_port_has_is_not_found()
    {
        await Shell.RunAsync("ip", "-n", Alpha.Namespace, "addr", "add", "10.0.0.120/26", "dev", "eth0");
        try
        {
            var result = await Alpha.RunAsync(
                "curl",
                "-sS",
                "--interface",
                "10.0.0.120",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                "http://169.254.169.254/openstack"
            );
            Assert.Equal("404", result.Output);
        }
        finally
        {
            await Shell.RunAsync("ip", "-n", Alpha.Namespace, "addr", "del", "10.0.0.120/26", "dev", "eth0");
        }
    }

    [Theory]
    [InlineData("/openstack//latest///user_data", 200)]
    [InlineData("/latest/../openstack/latest/user_data", 200)]
    [InlineData("/openstack/latest/./user_data", 200)]
    [InlineData("/%6fpenstack/latest/user_data", 200)]
    [InlineData("/openstack%2flatest%2fuser_data", 200)]
    [InlineData("/openstack/%2e%2e/openstack/latest/user_data", 200)]
    [InlineData("/openstack/latest/user_data?x=1", 200)]
    [InlineData("/openstack/latest/user_data/", 200)]
    [InlineData("http://169.254.169.254/openstack/latest/user_data", 200)]
    [InlineData("/../../etc/passwd", 404)]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd", 404)]
    [InlineData("/OPENSTACK", 404)]
    [InlineData("/nope", 404)]
    [InlineData("/openstack/latest/content", 404)]
    [InlineData("/%ff", 400)]
    public async Task Tricks_with_paths_lead_nowhere_else(string target, int status)
    {
        var answer = await Alpha.SendAsync("GET", target);
        Assert.Equal(status, answer.Status);
        if (status == 200)
        {
            Assert.Equal("#!/bin/sh\necho h\u00c3\u00a9\n", answer.Body);
        }
    }

    [Theory]
    [InlineData("PUT", "/openstack/latest/user_data", 200)]
    [InlineData("DELETE", "/latest/meta-data/hostname", 200)]
    [InlineData("HEAD", "/latest/meta-data/hostname", 200)]
    [InlineData("HEAD", "/nope", 404)]
    [InlineData("DELETE", "/openstack/latest/password", 400)]
    [InlineData("OPTIONS", "/nope", 200)]
    public async Task Any_method_is_answered_as_Nova_answers_it(string method, string target, int status) =>
        Assert.Equal(status, (await Alpha.SendAsync(method, target, "Content-Length: 0")).Status);

    [Fact]
    public async Task A_huge_header_is_refused_and_the_service_goes_on()
    {
        var answer = await Alpha.SendAsync("GET", "/openstack", "X-Big: " + new string('a', 100_000));
        Assert.InRange(answer.Status, 400, 431);
        Assert.Equal(Alpha.Instance.Id, await Alpha.UuidAsync());
    }

    [Fact]
    public async Task A_huge_body_is_refused_and_the_service_goes_on()
    {
        var body = Path.GetTempFileName();
        await File.WriteAllBytesAsync(body, new byte[30_000_000], TestContext.Current.CancellationToken);
        var result = await Alpha.RunAsync(
            "curl",
            "-sS",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "--data-binary",
            "@" + body,
            "http://169.254.169.254/openstack/latest/password"
        );
        File.Delete(body);
        Assert.Equal("413", result.Output);
        Assert.Equal(Alpha.Instance.Id, await Alpha.UuidAsync());
    }

    [Fact]
    public async Task A_password_is_taken_once_chunked_or_not_and_the_first_one_stays()
    {
        var twin = networks.Twin;
        var answers = await twin.SendAsync([
            "POST /openstack/latest/password HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfirs\r\n1\r\nt\r\n0\r\n\r\n",
            "POST /openstack/latest/password HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nsecond",
            "GET /openstack/latest/password HTTP/1.1\r\nHost: x\r\n\r\n",
        ]);
        Assert.Equal([200, 409, 200], answers.Select(answer => answer.Status));
        Assert.Equal("first", answers[2].Body);
    }

    /// <summary>Every TCP and UDP port of every address that the network's namespace has.</summary>
    [Fact]
    public async Task OSSN_0018_OSSN_0069_a_scan_from_the_guest_finds_only_metadata_DNS_and_DHCP()
    {
        var served = $"qdhcp-{Alpha.Port.NetworkId}";
        var addresses = await OpenPorts.AddressesOfAsync(served);
        // The kernel's own link-local address is the third.
        Assert.Equal(3, addresses.Length);
        var found = await OpenPorts.ScanAsync(Alpha, served, addresses);
        Assert.Equal(["tcp 169.254.169.254 80"], found.Where(one => !OpenPorts.IsOfDnsmasq(one)));
        Assert.Contains($"udp {TwoNetworks.DhcpServer} 67", found);
    }

    /// <summary>A record is kept for 15 seconds, but a change drops it at once.</summary>
    [Fact]
    public async Task What_a_command_changes_the_guest_is_told_at_once()
    {
        var beta = networks.Beta;
        Assert.Equal("beta.novalocal", Encoding.UTF8.GetString(await beta.GetAsync("/latest/meta-data/hostname")));
        await Shell.RunAsync(
            Checkout.Program,
            ["instance", "set", beta.Instance.Id, "--hostname", "renamed", .. networks.Program.Options]
        );
        for (var tries = 0; ; tries++)
        {
            if (Encoding.UTF8.GetString(await beta.GetAsync("/latest/meta-data/hostname")) == "renamed.novalocal")
            {
                return;
            }
            Assert.True(tries < 20, "The old name is still told.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>
    /// All or nothing: an address that is taken is named with its line and path, and nothing else of the document is taken.
    /// </summary>
    [Fact]
    public async Task An_import_with_an_address_that_is_taken_changes_nothing()
    {
        var document = $$"""
            {
              "stackmeta_inventory": 1,
              "networks": [ { "id": "11111111-1111-4111-8111-111111111111", "name": "imported" } ],
              "ports": [
                { "network_id": "{{Alpha.Port.NetworkId}}", "fixed_ips": [ { "ip_address": "{{Alpha.Address}}" } ] }
              ]
            }
            """;
        var result = await Shell.TryAsync(
            Checkout.Program,
            ["import", "-", .. networks.Program.Options],
            Encoding.UTF8.GetBytes(document)
        );
        Assert.Equal(ExitCodes.Failed, result.Code);
        Assert.Contains("line 5: ports[0].fixed_ips[0].ip_address", result.Error);
        Assert.Contains(Alpha.Address, result.Error);
        Assert.DoesNotContain(
            "imported",
            await Shell.RunAsync(Checkout.Program, ["network", "list", .. networks.Program.Options])
        );
        Assert.Equal(Alpha.Instance.Id, await Alpha.UuidAsync());
    }
}
