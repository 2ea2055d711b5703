using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Agent.Tests;

/// <summary>A network whose guests all ask at once is asked for as a whole (spec/neutron-metadata.md §4.4).</summary>
public sealed class WakingNetworksTests
{
    readonly FakeTimeProvider _time = new();
    readonly Directory _directory = new();
    readonly PortCache _cache;

    public WakingNetworksTests() => _cache = new(_directory, new AgentOptions().Ports, _time);

    [Fact]
    public async Task A_thousand_guests_at_once_cost_two_wholes_and_each_gets_its_own()
    {
        _directory.Fill(1000);
        var asking = Ask(0, 1000);
        _directory.Open();
        await AssertAnswers(asking, 0);
        Assert.Equal(WakingNetworks.AtOnce, _directory.Single);
        // The first is asked for at once, for who came before it; the others came while it was under way.
        Assert.Equal(2, _directory.Wholes);
    }

    [Fact]
    public async Task Who_asks_after_a_whole_costs_nothing()
    {
        _directory.Fill(1000);
        var asking = Ask(0, 20);
        _directory.Open();
        await Task.WhenAll(asking);
        await AssertAnswers(Ask(20, 980), 20);
        Assert.Equal((WakingNetworks.AtOnce, 2), (_directory.Single, _directory.Wholes));
        // What came along is no fresher than what was asked for.
        _time.Advance(TimeSpan.FromSeconds(10));
        await Task.WhenAll(Ask(500, 1));
        Assert.Equal(WakingNetworks.AtOnce + 1, _directory.Single);
    }

    [Fact]
    public async Task Few_guests_at_once_are_asked_for_alone()
    {
        _directory.Fill(1000);
        var asking = Ask(0, WakingNetworks.AtOnce);
        _directory.Open();
        await AssertAnswers(asking, 0);
        Assert.Equal(0, _directory.Wholes);
    }

    [Fact]
    public async Task Guests_of_other_networks_are_no_part_of_it()
    {
        _directory.Fill(8);
        var asking = Ask(0, WakingNetworks.AtOnce);
        var other = _cache.FindAsync(new(TestAgent.Router1, Address(1)), default).AsTask();
        _directory.Open();
        await Task.WhenAll(asking);
        Assert.Equal(Refusal.PortNotFound, (await other).Refusal);
        Assert.Equal(0, _directory.Wholes);
    }

    [Fact]
    public async Task Strangers_among_a_thousand_are_nobody()
    {
        _directory.Fill(500);
        var asking = Ask(0, 1000);
        _directory.Open();
        var answers = await Task.WhenAll(asking);
        Assert.All(answers[..500], answer => Assert.NotNull(answer.Port));
        Assert.All(answers[500..], answer => Assert.Equal(Refusal.PortNotFound, answer.Refusal));
    }

    [Fact]
    public async Task LP1868867_a_whole_that_is_older_than_a_question_does_not_answer_it()
    {
        _directory.Fill(100);
        var before = Ask(0, 20);
        // The whole is under way and has seen the old owner already.
        _directory.Give(50, "new-owner");
        var after = Ask(50, 1);
        _directory.Open();
        await Task.WhenAll(before);
        Assert.Equal("new-owner", (await after[0]).Port!.DeviceId);
        Assert.Equal("new-owner", (await Ask(50, 1)[0]).Port!.DeviceId);
    }

    [Fact]
    public async Task LP1868867_what_changed_while_a_whole_was_under_way_is_not_kept_of_it()
    {
        _directory.Fill(100);
        var before = Ask(0, 20);
        _directory.Give(50, "new-owner");
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _cache.ForgetNetwork("net-1");
        _directory.Open();
        await Task.WhenAll(before);
        Assert.Equal("new-owner", (await Ask(50, 1)[0]).Port!.DeviceId);
    }

    [Fact]
    public async Task A_network_that_cannot_be_listed_is_asked_for_alone_for_a_while()
    {
        _directory.Fill(1000);
        _directory.CannotList = true;
        var asking = Ask(0, 500);
        _directory.Open();
        await AssertAnswers(asking, 0);
        Assert.Equal((500, 1), (_directory.Single, _directory.Wholes));
        await AssertAnswers(Ask(500, 100), 500);
        Assert.Equal((600, 1), (_directory.Single, _directory.Wholes));

        _time.Advance(TimeSpan.FromSeconds(11));
        _directory.CannotList = false;
        _directory.Close();
        asking = Ask(0, 500);
        _directory.Open();
        await AssertAnswers(asking, 0);
        Assert.Equal(3, _directory.Wholes);
    }

    [Fact]
    public async Task A_directory_that_is_down_makes_nobody_wait_for_a_whole_for_ever()
    {
        _directory.CannotList = true;
        _directory.Trouble = Refusal.PortDirectoryUnavailable;
        var asking = Ask(0, 50);
        _directory.Open();
        // Each waits until patience ends.
        for (var i = 0; i < 200 && !asking.All(task => task.IsCompleted); i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1);
        }
        Assert.All(await Task.WhenAll(asking), a => Assert.Equal(Refusal.PortDirectoryUnavailable, a.Refusal));
    }

    [Fact]
    public async Task One_who_goes_away_takes_nobody_along()
    {
        _directory.Fill(100);
        using var gone = new CancellationTokenSource();
        var first = Ask(0, WakingNetworks.AtOnce);
        var leaves = _cache.FindAsync(new(TestAgent.Net1, Address(20)), gone.Token).AsTask();
        var stays = Ask(21, 10);
        await gone.CancelAsync();
        _directory.Open();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        await AssertAnswers(stays, 21);
        await AssertAnswers(first, 0);
    }

    Task<PortAnswer>[] Ask(int from, int count) =>
        [
            .. Enumerable
                .Range(from, count)
                .Select(i => _cache.FindAsync(new(TestAgent.Net1, Address(i)), default).AsTask()),
        ];

    static async Task AssertAnswers(Task<PortAnswer>[] asking, int from) =>
        Assert.Equal(
            asking.Select((_, i) => $"inst-{from + i}"),
            (await Task.WhenAll(asking).WaitAsync(TimeSpan.FromSeconds(20))).Select(answer => answer.Port?.DeviceId)
        );

    static GuestAddress Address(int i) =>
        GuestAddress.TryFrom(IPAddress.Parse($"10.1.{i / 250}.{i % 250}"), out var address)
            ? address
            : throw new FormatException();

    /// <summary>Ports of one network; every question reads them at once and is answered when the gate opens.</summary>
    sealed class Directory : INetworkPortDirectory
    {
        readonly ConcurrentDictionary<GuestAddress, PortAnswer> _ports = new();
        TaskCompletionSource _gate = new();
        int _single;
        int _wholes;

        public int Single => _single;
        public int Wholes => _wholes;
        public bool CannotList { get; set; }
        public Refusal Trouble { get; set; }

        public void Fill(int count)
        {
            for (var i = 0; i < count; i++)
            {
                Give(i, $"inst-{i}");
            }
        }

        public void Give(int i, string device) => _ports[Address(i)] = new Port($"port-{i}", "net-1", device, "p");

        public void Open() => _gate.TrySetResult();

        public void Close() => _gate = new();

        public async ValueTask<PortAnswer> FindPortAsync(
            NetworkScope scope,
            GuestAddress address,
            CancellationToken cancellationToken
        )
        {
            Interlocked.Increment(ref _single);
            var answer =
                Trouble != Refusal.None ? Trouble
                : scope == TestAgent.Net1 && _ports.TryGetValue(address, out var port) ? port
                : Refusal.PortNotFound;
            await _gate.Task.WaitAsync(cancellationToken);
            return answer;
        }

        public async ValueTask<IReadOnlyDictionary<GuestAddress, PortAnswer>?> FindPortsAsync(
            NetworkScope scope,
            CancellationToken cancellationToken
        )
        {
            Interlocked.Increment(ref _wholes);
            var ports = CannotList ? null : _ports.ToDictionary();
            await _gate.Task.WaitAsync(cancellationToken);
            return ports;
        }
    }
}
