using System.Text.Json.Nodes;
using Stackmeta.Inventory;

namespace Stackmeta.EndToEnd.Tests;

/// <summary><c>stackmeta haproxy</c> under the name of haproxy, driven as Neutron's agents drive that.</summary>
public sealed class HaproxyDropInTests : IAsyncLifetime
{
    const string Network = "X-Neutron-Network-ID";
    const string Router = "X-Neutron-Router-ID";

    readonly string _folder = RunningProgram.MakeFolder();
    readonly List<HaproxyProcess> _processes = [];
    RunningProgram? _path;
    SqliteInventory? _inventory;
    PlainNetwork? _network;
    InstanceEntry _instance = new();
    string _networkId = "";

    string State => Path.Combine(_folder, "neutron");

    string Bin => Path.Combine(_folder, "bin");

    /// <summary>Edge, agent and API in one process; a network with a guest; the link in PATH.</summary>
    public async ValueTask InitializeAsync()
    {
        Requirements.Check();
        Directory.CreateDirectory(Bin);
        File.CreateSymbolicLink(Path.Combine(Bin, "haproxy"), Checkout.Program);
        _path = await RunningProgram.StartAsync(_folder, null, "--drop-in");
        _inventory = _path.OpenInventory();
        (_networkId, _instance, var mac) = await PlainGuests.CreateAsync(_inventory, "drop-in");
        _network = await PlainNetwork.CreateAsync("qdhcp-", _networkId, mac);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.StopAsync();
        }
        await (_network?.DisposeAsync() ?? default);
        _inventory?.Dispose();
        await (_path?.DisposeAsync() ?? default);
        Directory.Delete(_folder, recursive: true);
    }

    HaproxyProcess Process(string uuid)
    {
        var process = new HaproxyProcess(uuid, _network!.Namespace, State, Bin, _folder);
        _processes.Add(process);
        return process;
    }

    async Task<string?> UuidAsync(bool ipv6 = false)
    {
        var answer = await _network!.AskAsync(ipv6, "/openstack/latest/meta_data.json");
        return answer is { Status: 200 } ? JsonNode.Parse(answer.Body)!["uuid"]!.GetValue<string>() : null;
    }

    [Fact]
    public async Task The_guest_is_answered_as_long_as_the_process_lives()
    {
        var haproxy = Process(_networkId);
        string[] binds = ["bind 169.254.169.254:80", $"bind [fe80::a9fe:a9fe]:80 interface {_network!.Tap}"];
        var started = await haproxy.StartAsync(binds, Network, Router);
        Assert.Equal((0, "", ""), (started.Code, started.Output, started.Error));
        Assert.Equal(_instance.Id, await UuidAsync());
        Assert.Equal(_instance.Id, await UuidAsync(ipv6: true));

        await haproxy.StopAsync();
        for (var tries = 0; await UuidAsync() is not null; tries++)
        {
            Assert.True(tries < 100, "It is still answered.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>LP#2079996: another text in the file is an end and a start; so is an agent's restart.</summary>
    [Fact]
    public async Task It_may_be_ended_and_started_again_at_once()
    {
        var haproxy = Process(_networkId);
        for (var round = 0; round < 5; round++)
        {
            var started = await haproxy.StartAsync(["bind 169.254.169.254:80"], Network, Router);
            Assert.Equal((0, ""), (started.Code, started.Error));
            Assert.Equal(_instance.Id, await UuidAsync());
            await haproxy.StopAsync();
        }
    }

    /// <summary>The monitor asks whether the process lives; it must outlive the edge, which goes on with it when it comes back.</summary>
    [Fact]
    public async Task A_killed_edge_goes_on_with_it()
    {
        var haproxy = Process(_networkId);
        await haproxy.StartAsync(["bind 169.254.169.254:80"], Network, Router);
        await _path!.KillAsync();
        Assert.True(haproxy.IsActive);
        await _path.DisposeAsync();
        _path = await RunningProgram.StartAsync(_folder, null, "--drop-in");
        for (var tries = 0; await UuidAsync() != _instance.Id; tries++)
        {
            Assert.True(tries < 100, "It is not answered again.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_router_is_told_by_the_other_header()
    {
        var router = (await _inventory!.Routers.CreateAsync(new RouterEntry { Name = "r" })).Value!;
        var subnet = await _inventory.Subnets.ListAsync(TestContext.Current.CancellationToken).FirstAsync();
        var port = await _inventory.Ports.CreateAsync(
            new PortEntry
            {
                NetworkId = _networkId,
                DeviceId = router.Id,
                DeviceOwner = DeviceOwners.RouterInterface,
                FixedIps = [new FixedIpEntry { SubnetId = subnet.Id, IpAddress = "" }],
            }
        );
        Assert.False(port.IsRefused);
        // As in metadata network mode: a router's id in a DHCP namespace.
        var started = await Process(router.Id).StartAsync(["bind 169.254.169.254:80"], Router, Network);
        Assert.Equal((0, ""), (started.Code, started.Error));
        Assert.Equal(_instance.Id, await UuidAsync());
    }

    [Fact]
    public async Task Without_an_edge_it_ends_with_1_and_says_what_to_start()
    {
        await _path!.StopAsync();
        var haproxy = Process(_networkId);
        var started = await haproxy.StartAsync(["bind 169.254.169.254:80"], Network, Router);
        Assert.Equal(1, started.Code);
        Assert.Contains("stackmeta edge --drop-in", started.Error);
        Assert.False(haproxy.IsActive);
    }

    [Fact]
    public async Task Another_haproxy_configuration_is_refused()
    {
        var file = Path.Combine(_folder, "haproxy.cfg");
        await File.WriteAllTextAsync(
            file,
            "frontend web\n  bind *:443\n  default_backend b\n",
            TestContext.Current.CancellationToken
        );
        var result = await Shell.TryAsync(Path.Combine(Bin, "haproxy"), ["-f", file, "-D"]);
        Assert.Equal(1, result.Code);
        Assert.Contains("names neither a network nor a router", result.Error);
    }
}
