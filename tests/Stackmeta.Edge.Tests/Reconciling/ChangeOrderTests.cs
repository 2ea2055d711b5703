using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Stackmeta.Edge.Tests;

/// <summary>The order in which a network changes, and what happens to it when a step fails.</summary>
public sealed class ChangeOrderTests : IAsyncLifetime
{
    readonly FakeMachine _machine = new();
    readonly FakeTimeProvider _time = new();
    readonly NetworkProvisioner _provisioner;

    public ChangeOrderTests() =>
        _provisioner = new(_machine, _time, NullLogger.Instance) { Applied = _machine.Applied };

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _provisioner.DisposeAsync();

    static EdgeNetwork Network(params EdgeHost[] hosts) => Networks.Isolated(hosts);

    static EdgeHost Host(byte number, string address, string device) =>
        Networks.Host(number, address) with
        {
            DeviceId = device,
        };

    async Task WantAsync(params EdgeNetwork[] networks) =>
        await await _provisioner.WantAsync(new() { Networks = networks }, Cancellation);

    bool IsApplied(EdgeNetwork network, EdgeHost host) =>
        _machine.Applied.FindNetwork(network.Id) is { } applied
        && applied.TryFind(host.PortId, out var port)
        && port.Equals(AppliedPort.Of(host));

    EdgeNetworkStatus Status(EdgeNetwork network) =>
        _provisioner.Statuses.Single(status => status.NetworkId == network.Id);

    /// <summary>Lets the clock run until something is so.</summary>
    async Task EventuallyAsync(Func<bool> condition, string what)
    {
        for (var tries = 0; !condition(); tries++)
        {
            Assert.True(tries < 2000, $"Did not happen: {what}");
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(1, Cancellation);
        }
    }

    /// <summary>
    /// One import that swaps two guests' addresses: the ports that change are nobody's until rules hold and connections are ended.
    /// </summary>
    [Fact]
    public async Task S2_answers_follow_the_rules_and_the_end_of_connections()
    {
        var (alice, bob, carol) = (
            Host(1, "10.0.0.70", "alice"),
            Host(2, "10.0.0.71", "bob"),
            Host(3, "10.0.0.72", "carol")
        );
        var network = Network(alice, bob, carol);
        await WantAsync(network);
        var (alice2, bob2) = (alice with { Addresses = bob.Addresses }, bob with { Addresses = alice.Addresses });
        var seen = new List<(string Step, bool Old, bool New, bool Others)>();
        foreach (var step in (string[])["rules", "end", "serve"])
        {
            _machine.Before(
                step,
                () =>
                {
                    seen.Add(
                        (
                            step,
                            IsApplied(network, alice) || IsApplied(network, bob),
                            IsApplied(network, alice2) || IsApplied(network, bob2),
                            IsApplied(network, carol)
                        )
                    );
                    return Task.CompletedTask;
                }
            );
        }
        await WantAsync(network with { Hosts = [alice2, bob2, carol] });
        Assert.Equal([("rules", false, false, true), ("end", false, false, true), ("serve", false, true, true)], seen);
        var id = network.Id.ToString()[..4];
        Assert.Equal(
            [$"write1 {id}", $"rules {id}", $"end {id}", $"write3 {id}", $"serve {id}"],
            _machine.Steps.TakeLast(5)
        );
    }

    [Theory]
    [InlineData("rules")]
    [InlineData("end")]
    [InlineData("write1")]
    public async Task S2_a_step_that_fails_is_tried_again_and_meanwhile_nobody_is_answered_as_another(string step)
    {
        var (alice, bob) = (Host(1, "10.0.0.70", "alice"), Host(2, "10.0.0.71", "bob"));
        var network = Network(alice, bob);
        await WantAsync(network);
        _machine.Fail(step, "no room");
        // The address passes to another instance.
        var other = alice with
        {
            PortId = Guid.NewGuid(),
            DeviceId = "other",
        };
        var changed = network with { Hosts = [other, bob] };
        await WantAsync(changed);
        Assert.Equal(
            (EdgeNetworkHealth.Degraded, "no room", true),
            (Status(network).Health, Status(network).Reason, Status(network).IsRetried)
        );
        Assert.False(IsApplied(network, alice) || IsApplied(network, other));
        Assert.True(IsApplied(network, bob));
        var attempts = _machine.Steps.Length;
        await EventuallyAsync(() => _machine.Steps.Length > attempts + 3, "it is tried again");
        Assert.False(IsApplied(network, alice) || IsApplied(network, other));

        _machine.Fail(step, null);
        await EventuallyAsync(() => IsApplied(network, other), "it succeeds");
        await EventuallyAsync(() => Status(network).Health == EdgeNetworkHealth.Serving, "it is well");
    }

    [Fact]
    public async Task Something_newer_is_tried_at_once()
    {
        var alice = Host(1, "10.0.0.70", "alice");
        var network = Network(alice);
        _machine.Fail("rules", "no room");
        await WantAsync(network);
        Assert.Equal(EdgeNetworkHealth.Failed, Status(network).Health);
        _machine.Fail("rules", null);
        // The clock stands still: no pause ends.
        var moved = alice with
        {
            Addresses = [IPAddress.Parse("10.0.0.80")],
        };
        await WantAsync(network with { Hosts = [moved] });
        Assert.True(IsApplied(network, moved));
        Assert.Equal(EdgeNetworkHealth.Serving, Status(network).Health);
    }

    /// <summary>Rules that failed may hold all the same: a return to what was before is a change like any other.</summary>
    [Fact]
    public async Task A_change_that_is_taken_back_while_its_rules_failed_is_applied_as_well()
    {
        var alice = Host(1, "10.0.0.70", "alice");
        var network = Network(alice);
        await WantAsync(network);
        var moved = network with { Hosts = [alice with { Addresses = [IPAddress.Parse("10.0.0.80")] }] };
        _machine.Before(
            "rules",
            () =>
            {
                // It did what it was told, and could not say so.
                _machine.InForce[network.Id] = AppliedNetwork.Of(moved);
                throw new EdgeException("killed");
            }
        );
        await WantAsync(moved);
        Assert.False(IsApplied(network, alice));
        await WantAsync(network);
        Assert.False(IsApplied(network, alice));
        _machine.Before("rules", null);
        await EventuallyAsync(() => IsApplied(network, alice), "it is applied");
        Assert.True(_machine.InForce[network.Id].IsSameAs(AppliedNetwork.Of(network)));
    }

    [Fact]
    public async Task One_network_that_fails_or_hangs_holds_up_no_other()
    {
        var (bad, good) = (Network(Host(1, "10.0.0.70", "a")), Network(Host(1, "10.0.0.70", "b")));
        var hanging = new TaskCompletionSource();
        var failing = Enumerable.Range(0, 40).Select(_ => Network()).ToArray();
        foreach (var network in failing)
        {
            _machine.Fail($"rules {network.Id}", "broken");
        }
        _machine.Before($"rules {bad.Id}", () => hanging.Task);
        _ = await _provisioner.WantAsync(new() { Networks = [bad, .. failing] }, Cancellation);
        var tried = await _provisioner.WantAsync(new() { Networks = [bad, .. failing, good] }, Cancellation);
        await EventuallyAsync(() => IsApplied(good, good.Hosts[0]), "the other one is applied");
        Assert.False(tried.IsCompleted && IsApplied(bad, bad.Hosts[0]));
        hanging.SetResult();
        await EventuallyAsync(() => IsApplied(bad, bad.Hosts[0]), "it goes on");
    }

    /// <summary>DHCP and links may take seconds, during which another change comes.</summary>
    [Fact]
    public async Task Rules_do_not_wait_for_the_rest_of_an_earlier_change()
    {
        var alice = Host(1, "10.0.0.70", "alice");
        var network = Network(alice);
        var slow = new TaskCompletionSource();
        _machine.Before("serve", () => slow.Task);
        _ = await _provisioner.WantAsync(new() { Networks = [network] }, Cancellation);
        await EventuallyAsync(() => IsApplied(network, alice), "the first is applied");
        var moved = alice with { Addresses = [IPAddress.Parse("10.0.0.80")] };
        _ = await _provisioner.WantAsync(new() { Networks = [network with { Hosts = [moved] }] }, Cancellation);
        await EventuallyAsync(() => IsApplied(network, moved), "the second is applied");
        slow.SetResult();
        await EventuallyAsync(() => Status(network).Health == EdgeNetworkHealth.Serving, "all is served");
    }

    [Fact]
    public async Task A_network_that_changes_touches_no_other_one()
    {
        var (one, other) = (Network(Host(1, "10.0.0.70", "a")), Network(Host(1, "10.0.0.70", "b")));
        await WantAsync(one, other);
        var before = _machine.Steps.Length;
        // As it is read anew.
        var same = other with
        {
            Hosts = [other.Hosts[0] with { Addresses = [IPAddress.Parse("10.0.0.70")] }],
        };
        await WantAsync(one with { Hosts = [] }, same);
        var done = _machine.Steps[before..];
        Assert.NotEmpty(done);
        Assert.DoesNotContain(done, step => step.EndsWith(other.Id.ToString()[..4], StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_an_earlier_edge_left_holds_until_the_first_pass_takes_it_away()
    {
        var (alice, bob) = (Host(1, "10.0.0.70", "alice"), Host(2, "10.0.0.71", "bob"));
        var network = Network(alice, bob);
        _machine.Left[network.Id] = AppliedNetwork.Of(network);
        var moved = alice with { Addresses = [IPAddress.Parse("10.0.0.80")] };
        _machine.Fail("rules", "not yet");
        await WantAsync(network with { Hosts = [moved, bob] });
        Assert.False(IsApplied(network, alice) || IsApplied(network, moved));
        Assert.True(IsApplied(network, bob));
    }

    [Fact]
    public async Task A_network_that_cannot_be_removed_is_tried_again_and_one_that_is_wanted_again_is_made_anew()
    {
        var network = Network(Host(1, "10.0.0.70", "a"));
        await WantAsync(network);
        _machine.Fail("remove", "busy");
        await WantAsync();
        Assert.False(IsApplied(network, network.Hosts[0]));
        Assert.Equal("busy", Status(network).Reason);
        _machine.Fail("remove", null);
        await EventuallyAsync(() => _provisioner.Statuses.Count == 0, "it is gone");

        await WantAsync(network);
        _machine.Fail("remove", "busy");
        await WantAsync();
        var other = network with { Hosts = [Host(1, "10.0.0.70", "b")] };
        await WantAsync(other);
        Assert.True(IsApplied(other, other.Hosts[0]));
        Assert.Equal(EdgeNetworkHealth.Serving, Status(other).Health);
    }

    [Fact]
    public async Task What_cannot_be_told_stays_as_it_is()
    {
        var (known, unknown) = (Network(Host(1, "10.0.0.70", "a")), Network(Host(1, "10.0.0.70", "b")));
        await WantAsync(known, unknown);
        await await _provisioner.WantAsync(
            new()
            {
                Networks = [known],
                UnknownNetworks = new Dictionary<Guid, string> { [unknown.Id] = "subnet x cannot be understood" },
            },
            Cancellation
        );
        Assert.True(IsApplied(unknown, unknown.Hosts[0]));
        Assert.Equal(
            (EdgeNetworkHealth.Degraded, "subnet x cannot be understood"),
            (Status(unknown).Health, Status(unknown).Reason)
        );
        await WantAsync(known, unknown);
        Assert.Equal(EdgeNetworkHealth.Serving, Status(unknown).Health);
    }

    [Fact]
    public async Task A_host_that_is_impossible_is_left_out_and_named()
    {
        var (good, bad) = (Host(1, "10.0.0.70", "a"), Host(2, "10.9.0.1", "b"));
        var network = Network(good, bad);
        await WantAsync(network);
        Assert.True(IsApplied(network, good));
        Assert.False(IsApplied(network, bad));
        Assert.Equal(
            (EdgeNetworkHealth.Degraded, $"Address 10.9.0.1 of port {bad.PortId} is in none of the network's subnets."),
            (Status(network).Health, Status(network).Reason)
        );
    }

    /// <summary>Two networks may have the same addresses: which one a router's guest is of, its interface says.</summary>
    [Fact]
    public async Task A_router_is_on_a_network_only_while_its_interface_is_there()
    {
        var (one, other) = (Network(Host(1, "10.0.0.70", "a")), Network(Host(1, "10.0.0.70", "b")));
        var port = new EdgeRouterPort(Guid.NewGuid(), Networks.Mac(9), one.Id, 0, []);
        var router = new EdgeRouter(Guid.NewGuid(), [port]);
        async Task WantRouterAsync(EdgeRouter wanted) =>
            await await _provisioner.WantAsync(new() { Networks = [one, other], Routers = [wanted] }, Cancellation);
        await WantRouterAsync(router);
        bool IsOn(EdgeNetwork network) => _machine.Applied.FindRouter(router.Id)!.IsOn(network.Id);
        Assert.True(IsOn(one));

        var seen = new List<(bool, bool)>();
        foreach (var step in (string[])["links", $"end {router.Id}"])
        {
            _machine.Before(
                step,
                () =>
                {
                    seen.Add((IsOn(one), IsOn(other)));
                    return Task.CompletedTask;
                }
            );
        }
        await WantRouterAsync(router with { Ports = [port with { NetworkId = other.Id }] });
        Assert.Equal([(false, false), (false, false)], seen);
        Assert.Equal((false, true), (IsOn(one), IsOn(other)));
    }

    /// <summary>Connections through a router are of the network's guests too.</summary>
    [Fact]
    public async Task Connections_through_routers_end_as_well()
    {
        var alice = Host(1, "10.0.0.70", "alice");
        var network = Network(alice);
        var router = new EdgeRouter(
            Guid.NewGuid(),
            [new(Guid.NewGuid(), Networks.Mac(9), network.Id, 0, ImmutableArray<EdgeRouterAddress>.Empty)]
        );
        await await _provisioner.WantAsync(new() { Networks = [network], Routers = [router] }, Cancellation);
        var mac = AppliedPort.Of(alice).Mac;
        FakeConnection Open(EdgeScope scope, string peer)
        {
            var one = new FakeConnection(scope, IPAddress.Parse(peer), mac, alice.PortId, alice.DeviceId);
            _machine.Connections[one] = true;
            return one;
        }
        var direct = Open(EdgeScope.Network(network.Id), "10.0.0.70");
        var routed = Open(EdgeScope.Router(router.Id), "10.0.0.70");
        var private6 = Open(EdgeScope.Network(network.Id), "fe80::1234");
        await await _provisioner.WantAsync(
            new() { Networks = [network with { Hosts = [alice with { DeviceId = "bob" }] }], Routers = [router] },
            Cancellation
        );
        Assert.DoesNotContain(direct, _machine.Connections.Keys);
        Assert.DoesNotContain(routed, _machine.Connections.Keys);
        Assert.DoesNotContain(private6, _machine.Connections.Keys);
    }
}
