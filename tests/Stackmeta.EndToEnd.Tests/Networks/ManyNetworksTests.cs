using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Stackmeta.Inventory;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>One process for all networks of a host; every guest has the same address.</summary>
public sealed class ManyNetworksTests : IAsyncLifetime
{
    const string Document = "/openstack/latest/meta_data.json";

    readonly string _folder = RunningProgram.MakeFolder();
    readonly ConcurrentBag<PlainNetwork> _networks = [];

    /// <summary>Chosen before the start: the edge must take no namespace that another test, or this host, has.</summary>
    readonly string[] _ids = [.. Enumerable.Range(0, 200).Select(_ => Guid.NewGuid().ToString())];
    RunningProgram? _path;
    SqliteInventory? _inventory;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Requirements.Check();
        _path = await StartAsync();
        _inventory = _path.OpenInventory();
    }

    public async ValueTask DisposeAsync()
    {
        await Parallel.ForEachAsync(
            _networks,
            CancellationToken.None,
            async (network, _) => await network.DisposeAsync()
        );
        _inventory?.Dispose();
        await (_path?.DisposeAsync() ?? default);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Two_hundred_guests_of_one_address_each_get_their_own_answer_over_IPv4_and_IPv6()
    {
        var guests = await CreateAsync(200);
        await Parallel.ForEachAsync(guests, Cancellation, async (guest, _) => await ServedAsync(guest));
        var answers = await Task.WhenAll(
            guests
                .SelectMany(guest => new[] { (guest, IsIpv6: false), (guest, IsIpv6: true) })
                .Select(async ask => (ask.guest.InstanceId, Told: await UuidAsync(ask.guest.Network, ask.IsIpv6)))
        );
        Assert.Equal(2 * guests.Count, answers.Length);
        Assert.All(answers, answer => Assert.Equal(answer.InstanceId, answer.Told));
    }

    /// <summary>Half of the networks come and go while all guests ask without a pause.</summary>
    [Fact]
    public async Task Networks_that_come_and_go_under_load_give_no_wrong_answer_and_leave_nothing()
    {
        var guests = await CreateAsync(20);
        await Parallel.ForEachAsync(guests, Cancellation, async (guest, _) => await ServedAsync(guest));
        // Each network keeps a socket by which guests' MACs are asked for, from the first one on that asks over IPv6.
        foreach (var guest in guests)
        {
            Assert.Equal(guest.InstanceId, await UuidAsync(guest.Network, ipv6: true));
        }
        var sockets = Sockets();
        var staying = guests.Take(10).ToList();
        var changing = guests.Skip(10).ToList();
        using var done = new CancellationTokenSource();
        var asking = guests.Select(guest => AskUntilAsync(guest, done.Token)).ToList();

        var random = new Random(20);
        for (var round = 0; round < 30; round++)
        {
            var index = random.Next(changing.Count);
            var before = changing[index];
            await before.Network.DisposeAsync();
            var again = await PlainNetwork.CreateAsync("qdhcp-", before.NetworkId, before.Mac);
            _networks.Add(again);
            changing[index] = before with { Network = again };
        }
        await done.CancelAsync();
        var counts = await Task.WhenAll(asking);
        Assert.All(counts.Take(staying.Count), count => Assert.True(count.Right > 0 && count.Unanswered == 0));
        Assert.All(counts, count => Assert.Equal(0, count.Wrong));

        foreach (var guest in changing)
        {
            await ServedAsync(guest);
            Assert.Equal(guest.InstanceId, await UuidAsync(guest.Network, ipv6: true));
        }
        await EventuallyAsync(() => Task.FromResult(Sockets() <= sockets), "no socket is left over");

        // Whoever still had a socket there would keep the namespace, and so the guest's cable, alive.
        foreach (var guest in guests)
        {
            await Shell.TryAsync("ip", ["netns", "delete", $"qdhcp-{guest.NetworkId}"]);
            await EventuallyAsync(async () => !await guest.Network.HasCableAsync(), "the namespace is gone");
        }
    }

    [Fact]
    public async Task An_edge_that_is_killed_under_load_serves_all_again()
    {
        var guests = await CreateAsync(20);
        await Parallel.ForEachAsync(guests, Cancellation, async (guest, _) => await ServedAsync(guest));
        using var done = new CancellationTokenSource();
        var asking = guests.Select(guest => AskUntilAsync(guest, done.Token)).ToList();
        for (var round = 0; round < 2; round++)
        {
            await _path!.KillAsync();
            await _path.DisposeAsync();
            _path = await StartAsync();
            await Parallel.ForEachAsync(guests, Cancellation, async (guest, _) => await ServedAsync(guest));
        }
        await done.CancelAsync();
        Assert.All(await Task.WhenAll(asking), count => Assert.Equal((0, true), (count.Wrong, count.Right > 0)));
    }

    /// <summary>By counts: of each guest five requests are answered, the first being the one that found it served.</summary>
    [Fact]
    public async Task LP1989199_a_guest_at_its_limit_takes_nothing_from_its_neighbours()
    {
        await _path!.DisposeAsync();
        _path = await StartAsync(
            "--set",
            "edge.rate_limit_enabled=true",
            "--set",
            "edge.base_query_rate_limit=5",
            "--set",
            "edge.base_window_duration=600",
            "--set",
            "edge.burst_query_rate_limit=5",
            "--set",
            "edge.burst_window_duration=600"
        );
        var guests = await CreateAsync(3);
        foreach (var guest in guests)
        {
            await EventuallyAsync(
                async () => await guest.Network.AskAsync(ipv6: false, "/nothing") is not null,
                "it is served"
            );
        }
        var greedy = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(_ => guests[0].Network.AskAsync(ipv6: false, Document))
        );
        Assert.Equal(4, greedy.Count(answer => answer?.Status == 200));
        Assert.Equal(96, greedy.Count(answer => answer?.Status == 429));
        Assert.All(
            greedy.Where(answer => answer!.Status == 429),
            answer => Assert.Contains("Retry-After: ", answer!.Head)
        );
        foreach (var guest in guests.Skip(1))
        {
            for (var request = 0; request < 4; request++)
            {
                Assert.Equal(guest.InstanceId, await UuidAsync(guest.Network, ipv6: false));
            }
            Assert.Null(await UuidAsync(guest.Network, ipv6: false));
        }
    }

    Task<RunningProgram> StartAsync(params string[] more) =>
        RunningProgram.StartAsync(
            _folder,
            null,
            [
                "--watch",
                "--set",
                $"edge.watch_only={string.Join(',', _ids)}",
                // Descriptors are counted, and connections to an API come and go as they like.
                "--set",
                "agent.api=in-process",
                .. more,
            ]
        );

    async Task<List<PlainGuest>> CreateAsync(int count)
    {
        var wanted = new List<(string NetworkId, string InstanceId, string Mac)>();
        for (var number = 0; number < count; number++)
        {
            var (network, instance, mac) = await PlainGuests.CreateAsync(_inventory!, $"net-{number}", _ids[number]);
            wanted.Add((network, instance.Id, mac));
        }
        var guests = new ConcurrentBag<PlainGuest>();
        await Parallel.ForEachAsync(
            wanted,
            Cancellation,
            async (one, _) =>
            {
                var network = await PlainNetwork.CreateAsync("qdhcp-", one.NetworkId, one.Mac);
                _networks.Add(network);
                guests.Add(new(one.NetworkId, one.InstanceId, one.Mac, network));
            }
        );
        return [.. guests];
    }

    static Task ServedAsync(PlainGuest guest) =>
        EventuallyAsync(async () => await UuidAsync(guest.Network, ipv6: false) == guest.InstanceId, "it is served");

    /// <summary>Asks again and again. What is not answered is no wrong answer: the network may just be going.</summary>
    static async Task<(int Right, int Wrong, int Unanswered)> AskUntilAsync(PlainGuest guest, CancellationToken stop)
    {
        var (right, wrong, unanswered) = (0, 0, 0);
        for (var ipv6 = false; !stop.IsCancellationRequested; ipv6 = !ipv6)
        {
            var answer = await guest.Network.AskAsync(ipv6, Document);
            if (answer is not { Status: 200 })
            {
                unanswered++;
                await Task.Delay(10, CancellationToken.None);
            }
            else if (answer.Body.Contains(guest.InstanceId, StringComparison.Ordinal))
            {
                right++;
            }
            else
            {
                wrong++;
            }
        }
        return (right, wrong, unanswered);
    }

    static async Task<string?> UuidAsync(PlainNetwork network, bool ipv6) =>
        await network.AskAsync(ipv6, Document) is { Status: 200 } answer
            ? JsonNode.Parse(answer.Body)!["uuid"]!.GetValue<string>()
            : null;

    /// <summary>Sockets only: files of the store are opened as load asks for more readers.</summary>
    int Sockets()
    {
        var count = 0;
        foreach (var descriptor in Directory.EnumerateFileSystemEntries($"/proc/{_path!.ProcessId}/fd"))
        {
            try
            {
                count +=
                    new FileInfo(descriptor).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true
                        ? 1
                        : 0;
            }
            catch (IOException)
            {
                // Closed since it was listed.
            }
        }
        return count;
    }

    static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        for (var tries = 0; !await condition(); tries++)
        {
            Assert.True(tries < 400, $"Did not happen: {what}");
            await Task.Delay(50, Cancellation);
        }
    }

    sealed record PlainGuest(string NetworkId, string InstanceId, string Mac, PlainNetwork Network);
}
