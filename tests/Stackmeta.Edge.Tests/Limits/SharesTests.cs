using System.Net;
using CsCheck;
using Stackmeta.Core.Networks;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Edge.Tests;

/// <summary>That no guest and no network takes what the others need, whatever they do.</summary>
public sealed class SharesTests
{
    const int MostGuestConnections = 128;

    /// <summary>Guests come and go in several networks, as any attackers among them like.</summary>
    [Fact]
    public void Whoever_has_nothing_gets_in_while_its_network_has_room_and_nothing_is_lost() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[40, 2000], Steps)
            .Sample(
                (networks, capacity, steps) =>
                {
                    var limits = new GuestLimits(Options, _ => capacity, TimeProvider.System);
                    var world = new World(limits, networks);
                    foreach (var step in steps)
                    {
                        world.Take(step);
                        world.Check(capacity, networks);
                    }
                    world.LeaveAll();
                    Assert.Equal(0, limits.Held);
                    Assert.Equal(capacity / 2 / networks * networks, capacity - limits.FreeInPool);
                },
                iter: 2000
            );

    /// <summary>Networks come and go too.</summary>
    [Fact]
    public void Never_more_than_there_are_while_networks_come_and_go() =>
        Gen.Select(Gen.Int[40, 2000], Steps)
            .Sample(
                (capacity, steps) =>
                {
                    var limits = new GuestLimits(Options, networks => capacity - networks, TimeProvider.System);
                    var world = new World(limits, 1);
                    foreach (var (step, number) in steps.Select(static (step, number) => (step, number)))
                    {
                        world.Take(step);
                        if (number % 7 == 0)
                        {
                            world.AddOrRemoveNetwork(step.Network);
                        }
                        Assert.InRange(limits.Held, 0, capacity);
                        Assert.Equal(world.Open, limits.Held);
                    }
                    world.LeaveAll();
                    Assert.Equal(0, limits.Held);
                    // Whatever came and went, the pool is whole again.
                    Assert.Equal(world.PoolOf(limits.Capacity), limits.FreeInPool);
                },
                iter: 2000
            );

    [Theory]
    [InlineData(19_000)]
    [InlineData(1_000)]
    [InlineData(300)]
    public void One_guest_leaves_room_for_all_others(int capacity)
    {
        var limits = new GuestLimits(Options, _ => capacity, TimeProvider.System);
        var (own, other) = (limits.Open(), limits.Open());
        Assert.InRange(Fill(own, _ => Guest(1)), 1, Math.Max(1, capacity / 17));
        Assert.NotNull(own.Enter(Guest(2), out _));
        Assert.NotNull(other.Enter(Guest(1), out _));
    }

    /// <summary>Allowed address pairs, or a tenant with so many guests.</summary>
    [Theory]
    [InlineData(19_000)]
    [InlineData(1_000)]
    public void As_do_180_of_them(int capacity)
    {
        var limits = new GuestLimits(Options, _ => capacity, TimeProvider.System);
        var (own, other) = (limits.Open(), limits.Open());
        Fill(own, turn => Guest(turn % 180));
        for (var one = 0; one < 10; one++)
        {
            Assert.NotNull(own.Enter(Guest(1000 + one), out _));
            Assert.NotNull(other.Enter(Guest(one), out _));
        }
    }

    /// <summary>Beside many that take all they get, a sixteenth of what is left is less than what a few requests at once take.</summary>
    [Fact]
    public void A_guest_that_asks_little_may_ask_more_than_once_at_a_time()
    {
        var limits = new GuestLimits(Options, _ => 300, TimeProvider.System);
        var own = limits.Open();
        Fill(own, turn => Guest(turn % 60));
        for (var connections = 0; connections < 2; connections++)
        {
            Assert.NotNull(own.Enter(Guest(1000), out _));
        }
    }

    /// <summary>A network of guests that may have any MAC: nothing is promised within it, and all to the others.</summary>
    [Fact]
    public void Nor_does_a_network_take_anothers_share()
    {
        const int Capacity = 1000;
        var limits = new GuestLimits(Options, _ => Capacity, TimeProvider.System);
        NamespaceAccount[] networks = [.. Enumerable.Range(0, 5).Select(_ => limits.Open())];
        Fill(networks[0], Guest);
        Fill(networks[1], Guest);
        foreach (var network in networks[2..])
        {
            Assert.InRange(Fill(network, Guest), Capacity / 2 / networks.Length, Capacity);
        }
        Assert.Null(networks[0].Enter(Guest(-1), out var reason));
        Assert.Equal(Refusal.NetworkConnectionsTaken, reason);
    }

    [Fact]
    public void Guests_without_a_MAC_take_a_fifth_together_and_leave_room_among_themselves()
    {
        const int Capacity = 1000;
        var limits = new GuestLimits(Options, _ => Capacity, TimeProvider.System);
        var network = limits.Open();
        GuestKey Address(int number) => GuestKey.Of(null, new IPAddress(0x0a00_0000 + number));
        Assert.InRange(Fill(network, _ => Address(1)), 1, Capacity / 4 / 16);
        Assert.NotNull(network.Enter(Address(2), out _));
        Assert.InRange(Fill(network, turn => Address(turn % 180)), 1, Capacity / 5);
        Assert.NotNull(network.Enter(Guest(1), out _));
        Fill(network, Address);
        Assert.Null(network.Enter(Address(-1), out var reason));
        Assert.Equal(Refusal.UnidentifiedConnectionsTaken, reason);
        Assert.NotNull(network.Enter(Guest(2), out _));
    }

    [Fact]
    public void A_network_that_is_gone_gives_its_share_back()
    {
        var limits = new GuestLimits(Options, _ => 100, TimeProvider.System);
        var (first, second) = (limits.Open(), limits.Open());
        var taken = first.Enter(Guest(1), out _)!;
        limits.Close(first);
        taken.Leave();
        Assert.Equal(50, limits.FreeInPool);
        Assert.True(Fill(second, Guest) > 60);
    }

    static GuestLimitOptions Options => new() { MaxConnections = MostGuestConnections };

    /// <summary>Who comes until it is turned away for good: what one has taken.</summary>
    static int Fill(NamespaceAccount network, Func<int, GuestKey> next)
    {
        var taken = 0;
        for (var turn = 0; turn < 30_000; turn++)
        {
            taken += network.Enter(next(turn), out _) is null ? 0 : 1;
        }
        return taken;
    }

    static GuestKey Guest(int number) =>
        GuestKey.Of(EthernetAddress.Read([0xfa, 0x16, .. BitConverter.GetBytes(number)]), IPAddress.Any);

    static Gen<Step[]> Steps =>
        Gen.Select(
            Gen.Int[0, 4],
            Gen.Int[0, 30],
            Gen.Int[1, 200],
            Gen.Int[0, 3],
            static (network, guest, times, kind) => new Step(network, guest, times, kind)
        ).Array[1, 60];

    /// <param name="Kind">0 leaves, 3 comes without a MAC, else comes.</param>
    sealed record Step(int Network, int Guest, int Times, int Kind);

    sealed class World(GuestLimits limits, int networks)
    {
        readonly List<NamespaceAccount> _networks = [.. Enumerable.Range(0, networks).Select(_ => limits.Open())];
        readonly List<GuestAccount> _open = [];

        public int Open => _open.Count;

        public void Take(Step step)
        {
            var network = _networks[step.Network % _networks.Count];
            for (var turn = 0; turn < step.Times; turn++)
            {
                if (step.Kind == 0)
                {
                    if (_open.FindIndex(one => one.Namespace == network) is >= 0 and var found)
                    {
                        _open[found].Leave();
                        _open.RemoveAt(found);
                    }
                    continue;
                }
                var key = step.Kind == 3 ? GuestKey.Of(null, new IPAddress(step.Guest)) : Guest(step.Guest);
                if (network.Enter(key, out var reason) is { } account)
                {
                    _open.Add(account);
                }
                Assert.Equal(reason == Refusal.None, _open.Count > 0 && _open[^1].Key == key && reason == Refusal.None);
            }
        }

        public void Check(int capacity, int count)
        {
            Assert.InRange(limits.Held, 0, capacity);
            Assert.Equal(Open, limits.Held);
            Assert.All(_networks, network => Assert.Equal(_open.Count(one => one.Namespace == network), network.Held));
            Assert.All(
                _open.GroupBy(static one => one),
                static one => Assert.InRange(one.Count(), 1, MostGuestConnections)
            );
            foreach (var network in _networks)
            {
                // Within its share nobody is without room, whatever the others have.
                var hasRoom = network.Held < capacity / 2 / count || limits.FreeInPool > 0;
                var newcomer = network.Enter(Guest(int.MaxValue), out _);
                if (network.Held <= capacity / 2 / count)
                {
                    Assert.True(newcomer is not null, $"{network.Held} of {capacity} held");
                }
                Assert.True(hasRoom || newcomer is null);
                newcomer?.Leave();
            }
        }

        public void AddOrRemoveNetwork(int which)
        {
            if (which < 3 || _networks.Count == 1)
            {
                _networks.Add(limits.Open());
                return;
            }
            limits.Close(_networks[0]);
            _networks.RemoveAt(0);
        }

        public int PoolOf(int capacity) => capacity - (capacity / 2 / _networks.Count * _networks.Count);

        public void LeaveAll()
        {
            _open.ForEach(static one => one.Leave());
            _open.Clear();
        }
    }
}
