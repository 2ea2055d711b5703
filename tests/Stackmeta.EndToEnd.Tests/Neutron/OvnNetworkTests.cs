using System.Text.Json.Nodes;
using Stackmeta.Inventory;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>
/// A namespace of OVN's metadata agent, which is on each compute host and tells the network by a header of its own, <c>X-OVN-Network-ID</c>
/// (spec/neutron-metadata.md §1.1, §6.5).
/// </summary>
public sealed class OvnNetworkTests : IAsyncLifetime
{
    const string Header = "X-OVN-Network-ID";

    readonly string _networkId = Guid.NewGuid().ToString();
    readonly string _folder = RunningProgram.MakeFolder();
    readonly string _edgeFolder = RunningProgram.MakeFolder();
    RunningProgram? _edge;
    RunningProgram? _path;
    SqliteInventory? _inventory;
    PlainNetwork? _network;
    InstanceEntry _instance = new();

    public ValueTask InitializeAsync()
    {
        Requirements.Check();
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await (_network?.DisposeAsync() ?? default);
        _inventory?.Dispose();
        await (_edge?.DisposeAsync() ?? default);
        await (_path?.DisposeAsync() ?? default);
        Directory.Delete(_edgeFolder, recursive: true);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts agent and API, with an edge that is told how it finds namespaces, and makes the guest.</summary>
    async Task StartAsync(params string[] edge)
    {
        _path = await RunningProgram.StartAsync(_folder, null, edge);
        _inventory = _path.OpenInventory();
        (_, _instance, var mac) = await PlainGuests.CreateAsync(_inventory, "ovn", _networkId);
        _network = await PlainNetwork.CreateAsync("ovnmeta-", _networkId, mac);
    }

    [Fact]
    public async Task Followed_by_its_name_in_one_process_with_agent_and_API()
    {
        await StartAsync("--watch", "--set", $"edge.watch_only={_networkId}");
        await ExpectServedAsync();
    }

    [Fact]
    public async Task Followed_by_its_name_before_the_agents_socket()
    {
        var socket = Path.Combine(_folder, "metadata_proxy");
        await StartAsync("--watch", "--set", $"edge.watch_only={Guid.NewGuid()}", "--set", $"agent.socket={socket}");
        _edge = await RunningProgram.StartCommandAsync(
            _edgeFolder,
            "edge",
            "--watch",
            "--set",
            $"edge.watch_only={_networkId}",
            "--set",
            $"agent.socket={socket}"
        );
        await ExpectServedAsync();
    }

    [Fact]
    public async Task Told_of_by_the_haproxy_file_that_OVNs_agent_writes()
    {
        await StartAsync("--drop-in");
        var bin = Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(bin, "haproxy"), Checkout.Program);
        var haproxy = new HaproxyProcess(
            _networkId,
            _network!.Namespace,
            Path.Combine(_folder, "neutron"),
            bin,
            _folder
        );
        var started = await haproxy.StartAsync(
            ["bind 169.254.169.254:80", $"bind [fe80::a9fe:a9fe]:80 interface {_network.Tap}"],
            // OVN's file only adds its header and deletes none.
            [$"http-request add-header {Header} {_networkId}"]
        );
        Assert.Equal((0, ""), (started.Code, started.Error));
        try
        {
            await ExpectServedAsync();
        }
        finally
        {
            await haproxy.StopAsync();
        }
    }

    /// <summary>LP#1865036 too: whatever network a guest names, in whichever header, it is told who it is.</summary>
    async Task ExpectServedAsync()
    {
        for (var tries = 0; await UuidAsync(ipv6: false, "") is null; tries++)
        {
            Assert.True(tries < 100, "It is not answered.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        foreach (var name in (string[])[Header, "X_OVN_Network_ID", "X-Neutron-Network-ID", "X-Neutron-Router-ID"])
        {
            Assert.Equal(_instance.Id, await UuidAsync(ipv6: false, $"{name}: {Guid.Empty}\r\n"));
            Assert.Equal(_instance.Id, await UuidAsync(ipv6: true, $"{name}: {Guid.Empty}\r\n"));
        }
    }

    async Task<string?> UuidAsync(bool ipv6, string headers)
    {
        var answer = await _network!.AskAsync(ipv6, "/openstack/latest/meta_data.json", headers);
        return answer is { Status: 200 } ? JsonNode.Parse(answer.Body)!["uuid"]!.GetValue<string>() : null;
    }
}
