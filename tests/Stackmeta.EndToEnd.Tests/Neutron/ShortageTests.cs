using System.Text.Json.Nodes;
using Stackmeta.Inventory;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>
/// A process that may open no further file or socket for a while, as when a guest has taken all its descriptors: it cannot look, and takes
/// nothing for gone. When the shortage is over everything is as before, and nothing had to be started again.
/// </summary>
public sealed class ShortageTests : IAsyncLifetime
{
    readonly string _folder = RunningProgram.MakeFolder();
    readonly List<HaproxyProcess> _processes = [];
    readonly List<PlainNetwork> _networks = [];
    RunningProgram? _path;
    SqliteInventory? _inventory;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Requirements.Check();
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.StopAsync();
        }
        foreach (var network in _networks)
        {
            await network.DisposeAsync();
        }
        _inventory?.Dispose();
        await (_path?.DisposeAsync() ?? default);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_drop_in_edge_goes_on_with_all_that_it_was_told()
    {
        await StartAsync("--drop-in");
        var (id, instance, network) = await CreateAsync("served");
        await StartHaproxyAsync(id, network);
        Assert.Equal(instance, await UuidAsync(network));
        var records = Directory.GetFiles(DropIns, "*.json");
        Assert.Single(records);

        await LimitAsync("0:");
        await UntilAsync(() => Said("stands for haproxy is there"), "it is said that a process cannot be looked at");
        // The listener is there, and takes the connection as soon as there is a descriptor for it.
        var waiting = UuidAsync(network);
        Assert.Contains("169.254.169.254:80", await ListenersAsync(network), StringComparison.Ordinal);
        Assert.Equal(records, Directory.GetFiles(DropIns, "*.json"));
        Assert.DoesNotContain("No longer listens", _path!.Said, StringComparison.Ordinal);

        await LimitAsync("4096:");
        Assert.Equal(instance, await waiting);
        Assert.Equal(instance, await UuidAsync(network));
        Assert.Equal(records, Directory.GetFiles(DropIns, "*.json"));
        await UntilReadyAsync();

        // And another process is told apart from one that could not be looked at.
        await _processes[0].StopAsync();
        await UntilAsync(() => Directory.GetFiles(DropIns, "*.json").Length == 0, "its record goes when it ends");
    }

    [Fact]
    public async Task A_namespace_that_appears_meanwhile_is_served_once_there_are_descriptors()
    {
        var (early, later) = ($"{Guid.NewGuid()}", $"{Guid.NewGuid()}");
        await StartAsync("--watch", "--set", $"edge.watch_only={early},{later}");
        var (_, first, served) = await CreateAsync("served", early);
        await UntilAsync(async () => await UuidAsync(served) == first, "the first network is served");

        await LimitAsync("0:");
        var (_, second, late) = await CreateAsync("late", later);
        await UntilAsync(
            () => Said($"Cannot listen for network {late.Namespace[6..]}", "namespaces failed"),
            "it is said"
        );
        Assert.DoesNotContain("No longer listens", _path!.Said, StringComparison.Ordinal);
        Assert.Contains("169.254.169.254:80", await ListenersAsync(served), StringComparison.Ordinal);

        await LimitAsync("4096:");
        await UntilAsync(async () => await UuidAsync(late) == second, "the network is served that appeared meanwhile");
        Assert.Equal(first, await UuidAsync(served));
        await UntilReadyAsync();
    }

    [Fact]
    public async Task Networks_of_our_own_are_as_before_after_it()
    {
        await StartAsync();
        var network = (await TwoNetworks.CreateNetworkAsync(_inventory!, "own")).Id;
        await using var guest = await Guest.CreateAsync(
            _inventory!,
            network,
            new InstanceEntry { Name = "guest", ProjectId = "project-1" }
        );
        await guest.AcquireLeaseAsync();
        Assert.Equal(guest.Instance.Id, await guest.UuidAsync());

        await LimitAsync("0:");
        var added = (await TwoNetworks.CreateNetworkAsync(_inventory!, "added")).Id;
        await UntilAsync(
            () =>
                _path!.Said.Contains("descriptors", StringComparison.OrdinalIgnoreCase)
                || _path.Said.Contains("open files", StringComparison.OrdinalIgnoreCase)
                || _path.Said.Contains("unable to open", StringComparison.OrdinalIgnoreCase),
            "it is said that the network cannot be made"
        );

        await LimitAsync("4096:");
        await UntilAsync(
            async () =>
                (await ListenersAsync($"qdhcp-{added}")).Contains("169.254.169.254:80", StringComparison.Ordinal),
            "the network is made that was added meanwhile"
        );
        Assert.Equal(guest.Instance.Id, await guest.UuidAsync());
        await UntilReadyAsync();
    }

    string DropIns => Path.Combine(_folder, "haproxy");

    bool Said(params string[] any) => any.Any(text => _path!.Said.Contains(text, StringComparison.Ordinal));

    async Task StartAsync(params string[] options)
    {
        _path = await RunningProgram.StartAsync(_folder, null, options);
        _inventory = _path.OpenInventory();
    }

    async Task<(string Id, string Instance, PlainNetwork Network)> CreateAsync(string name, string networkId = "")
    {
        var (id, instance, mac) = await PlainGuests.CreateAsync(_inventory!, name, networkId);
        var network = await PlainNetwork.CreateAsync("qdhcp-", id, mac);
        _networks.Add(network);
        return (id, instance.Id, network);
    }

    async Task StartHaproxyAsync(string id, PlainNetwork network)
    {
        var bin = Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(bin, "haproxy"), Checkout.Program);
        var haproxy = new HaproxyProcess(id, network.Namespace, Path.Combine(_folder, "neutron"), bin, _folder);
        _processes.Add(haproxy);
        var started = await haproxy.StartAsync(
            ["bind 169.254.169.254:80"],
            "X-Neutron-Network-ID",
            "X-Neutron-Router-ID"
        );
        Assert.Equal((0, ""), (started.Code, started.Error));
    }

    /// <summary>Sets the soft limit of descriptors of the program (prlimit(1)); those that are open stay open.</summary>
    Task<string> LimitAsync(string soft) =>
        Shell.RunAsync("prlimit", "--pid", $"{_path!.ProcessId}", $"--nofile={soft}");

    static async Task<string?> UuidAsync(PlainNetwork network)
    {
        var answer = await network.AskAsync(ipv6: false, "/openstack/latest/meta_data.json");
        return answer is { Status: 200 } ? JsonNode.Parse(answer.Body)!["uuid"]!.GetValue<string>() : null;
    }

    static Task<string> ListenersAsync(PlainNetwork network) => ListenersAsync(network.Namespace);

    static async Task<string> ListenersAsync(string @namespace) =>
        (await Shell.TryAsync("ip", ["netns", "exec", @namespace, "ss", "-Hltn", "sport = :80"])).Output;

    Task UntilReadyAsync() =>
        UntilAsync(
            async () =>
            {
                var socket = Directory.GetFiles(_folder, "admin*.sock", SearchOption.AllDirectories).Single();
                var answer = await Shell.TryAsync(
                    "curl",
                    ["-sS", "--max-time", "10", "--unix-socket", socket, "http://x/readyz"]
                );
                return answer.Output.Contains("+ tasks", StringComparison.Ordinal)
                    && !answer.Output.Contains("\n- ", StringComparison.Ordinal)
                    && !answer.Output.StartsWith("- ", StringComparison.Ordinal);
            },
            "the process is ready"
        );

    Task UntilAsync(Func<bool> isSo, string what) => UntilAsync(() => Task.FromResult(isSo()), what);

    async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        for (var tries = 0; !await isSo(); tries++)
        {
            Assert.True(tries < 600, $"{what}: never. {_path!.Said}");
            await Task.Delay(100, Cancellation);
        }
    }
}
