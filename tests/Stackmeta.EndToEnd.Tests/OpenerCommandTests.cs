using System.Text.Json.Nodes;
using Stackmeta.Inventory;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>
/// A host whose networks are Neutron's: <c>stackmeta opener</c> has the rights, and <c>stackmeta edge</c> is an ordinary user's
/// (docs/few-rights.md).
/// </summary>
public sealed class OpenerCommandTests : IAsyncLifetime
{
    const string User = "nobody";

    readonly string _networkId = Guid.NewGuid().ToString();
    readonly string _pathFolder = RunningProgram.MakeFolder();
    readonly string _openerFolder = RunningProgram.MakeFolder();
    readonly string _edgeFolder = RunningProgram.MakeFolder();
    readonly List<RunningProgram> _programs = [];
    SqliteInventory? _inventory;
    PlainNetwork? _network;
    InstanceEntry _instance = new();

    string AgentSocket => Path.Combine(_pathFolder, "metadata_proxy");

    string OpenerSocket => Path.Combine(_openerFolder, "opener.sock");

    /// <summary>Agent and API, which know the guest and serve no namespace.</summary>
    public async ValueTask InitializeAsync()
    {
        Requirements.Check();
        await Shell.RunAsync("chown", User, _edgeFolder);
        var path = await RunningProgram.StartAsync(
            _pathFolder,
            null,
            "--watch",
            "--set",
            $"edge.watch_only={Guid.NewGuid()}",
            // The edge is another process, and another user's.
            "--set",
            $"agent.socket={AgentSocket}",
            "--set",
            "agent.socket_mode=all"
        );
        _programs.Add(path);
        _inventory = path.OpenInventory();
        (_, _instance, var mac) = await PlainGuests.CreateAsync(_inventory, "opener", _networkId);
        _network = await PlainNetwork.CreateAsync("qdhcp-", _networkId, mac);
    }

    public async ValueTask DisposeAsync()
    {
        await (_network?.DisposeAsync() ?? default);
        _inventory?.Dispose();
        foreach (var program in _programs.AsEnumerable().Reverse())
        {
            await program.DisposeAsync();
        }
        foreach (var folder in (string[])[_edgeFolder, _openerFolder, _pathFolder])
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    async Task<RunningProgram> StartOpenerAsync()
    {
        var opener = await RunningProgram.StartCommandAsync(
            _openerFolder,
            "opener",
            "--set",
            $"edge.user={User}",
            "--set",
            $"edge.opener={OpenerSocket}"
        );
        _programs.Add(opener);
        return opener;
    }

    async Task<RunningProgram> StartEdgeAsync()
    {
        var edge = await RunningProgram.StartCommandAsAsync(
            User,
            _edgeFolder,
            "edge",
            "--watch",
            "--set",
            $"edge.watch_only={_networkId}",
            "--set",
            $"edge.opener={OpenerSocket}",
            "--set",
            $"agent.socket={AgentSocket}"
        );
        _programs.Add(edge);
        return edge;
    }

    [Fact]
    public async Task An_ordinary_users_edge_serves_by_the_openers_sockets_and_either_may_be_killed()
    {
        var opener = await StartOpenerAsync();
        var edge = await StartEdgeAsync();
        await ServedAsync();
        var status = await File.ReadAllTextAsync(
            $"/proc/{edge.ProcessId}/status",
            TestContext.Current.CancellationToken
        );
        Assert.Contains("CapEff:\t0000000000000000", status);
        Assert.Contains("NoNewPrivs:\t1", status);

        await edge.KillAsync();
        // Nobody accepts, and nobody is refused: the connection waits in the kernel.
        var waiting = UuidAsync(ipv6: false);
        await StartEdgeAsync();
        Assert.Equal(_instance.Id, await waiting);
        await ServedAsync();

        await opener.KillAsync();
        Assert.Equal(_instance.Id, await UuidAsync(ipv6: false));
        await StartOpenerAsync();
        await ServedAsync();
    }

    async Task ServedAsync()
    {
        foreach (var ipv6 in (bool[])[false, true])
        {
            for (var tries = 0; await UuidAsync(ipv6) is var told && told != _instance.Id; tries++)
            {
                Assert.True(tries < 100, $"Told: {told}");
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }

    async Task<string?> UuidAsync(bool ipv6)
    {
        var answer = await _network!.AskAsync(ipv6, "/openstack/latest/meta_data.json");
        return answer is { Status: 200 } ? JsonNode.Parse(answer.Body)!["uuid"]!.GetValue<string>() : null;
    }
}
