using System.Net;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Networks;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Edge.Tests;

/// <summary>Rates and connections of one guest (spec/neutron-metadata.md §1.3; §8 cases 89 to 91).</summary>
public sealed class GuestLimitsTests
{
    readonly FakeTimeProvider _time = new();

    [Fact]
    public void Case_89_the_request_after_the_last_is_refused_for_IPv4_and_IPv6_alike()
    {
        var (limits, network) = Limits(baseLimit: 2, baseSeconds: 10, burstLimit: 2, burstSeconds: 10);
        Assert.Equal("yyn", Ask(limits, 3, network.Enter(Guest(1), out _)));
        Assert.Equal("yyn", Ask(limits, 3, network.Enter(GuestKey.Of(null, IPAddress.Parse("fe80::1%2")), out _)));
    }

    /// <summary>30 addresses once had 30 times the limit.</summary>
    [Fact]
    public void All_addresses_of_a_MAC_have_one_limit()
    {
        var (limits, network) = Limits(baseLimit: 2, baseSeconds: 10, burstLimit: 2, burstSeconds: 10);
        Assert.Equal("y", Ask(limits, 1, network.Enter(Guest(1, "fe80::1"), out _)));
        Assert.Equal("y", Ask(limits, 1, network.Enter(Guest(1, "fe80::2"), out _)));
        Assert.Equal("n", Ask(limits, 1, network.Enter(Guest(1, "10.0.0.5"), out _)));
        Assert.Equal("y", Ask(limits, 1, network.Enter(Guest(2, "fe80::1"), out _)));
    }

    [Fact]
    public void Case_90_the_burst_limit_refuses_within_its_window()
    {
        var (limits, network) = Limits(baseLimit: 10, baseSeconds: 60, burstLimit: 2, burstSeconds: 5);
        var guest = network.Enter(Guest(1), out _);
        Assert.Equal("yy", Ask(limits, 2, guest));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("yyn", Ask(limits, 3, guest));
    }

    [Fact]
    public void Case_91_the_base_limit_refuses_what_the_burst_limit_would_let_through()
    {
        var (limits, network) = Limits(baseLimit: 3, baseSeconds: 60, burstLimit: 2, burstSeconds: 5);
        var guest = network.Enter(Guest(1), out _);
        Assert.Equal("yy", Ask(limits, 2, guest));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("yn", Ask(limits, 2, guest));
    }

    /// <summary>haproxy counts them, so that a guest which keeps asking is never served again.</summary>
    [Fact]
    public void What_is_refused_is_not_counted()
    {
        var (limits, network) = Limits(baseLimit: 10, baseSeconds: 10, burstLimit: 10, burstSeconds: 10);
        var guest = network.Enter(Guest(1), out _);
        var served = 0;
        for (var half = 0; half < 80; half++)
        {
            served += Ask(limits, 1, guest) == "y" ? 1 : 0;
            _time.Advance(TimeSpan.FromSeconds(0.5));
        }
        Assert.Equal(40, served);
    }

    [Fact]
    public void A_refused_guest_is_told_when_to_ask_again_and_is_then_served()
    {
        var (limits, network) = Limits(baseLimit: 1, baseSeconds: 10, burstLimit: 1, burstSeconds: 5);
        var guest = network.Enter(Guest(1), out _)!;
        Assert.Equal("y", Ask(limits, 1, guest));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(limits.TryAsk(guest, out var wait));
        Assert.Equal(7, wait.TotalSeconds);
        _time.Advance(wait);
        Assert.Equal("y", Ask(limits, 1, guest));
    }

    [Fact]
    public void A_guest_that_comes_again_has_asked_already()
    {
        var (limits, network) = Limits(baseLimit: 1, baseSeconds: 10, burstLimit: 1, burstSeconds: 10);
        var first = network.Enter(Guest(1), out _)!;
        Assert.Equal("yn", Ask(limits, 2, first));
        first.Leave();
        Assert.Equal("n", Ask(limits, 1, network.Enter(Guest(1), out _)));
    }

    [Fact]
    public void The_same_address_in_another_network_is_another_guest()
    {
        var (limits, network) = Limits(baseLimit: 1, baseSeconds: 10, burstLimit: 1, burstSeconds: 10);
        Assert.Equal("yn", Ask(limits, 2, network.Enter(Guest(1), out _)));
        Assert.Equal("y", Ask(limits, 1, limits.Open().Enter(Guest(1), out _)));
    }

    [Fact]
    public void A_guest_has_so_many_connections()
    {
        var network = new GuestLimits(new() { MaxConnections = 2 }, static _ => 1000, _time).Open();
        var first = network.Enter(Guest(1, "10.0.0.5"), out _);
        Assert.NotNull(network.Enter(Guest(1, "fe80::9"), out _));
        Assert.Null(network.Enter(Guest(1, "fe80::8"), out var reason));
        Assert.Equal(Refusal.TooManyConnections, reason);
        first!.Leave();
        Assert.NotNull(network.Enter(Guest(1), out reason));
        Assert.Equal(Refusal.None, reason);
    }

    [Fact]
    public void Guests_without_connections_are_forgotten_when_they_are_many()
    {
        var network = new GuestLimits(new() { MaxConnections = 2 }, static _ => 100_000, _time).Open();
        for (var number = 0; number < NamespaceAccount.MostIdle + 100; number++)
        {
            network.Enter(Guest(number), out _)!.Leave();
        }
        Assert.Equal(NamespaceAccount.MostIdle, network.Count);
    }

    [Fact]
    public void A_guest_with_many_MACs_does_not_fill_the_memory()
    {
        var (limits, network) = Limits(baseLimit: 1, baseSeconds: 10, burstLimit: 1, burstSeconds: 10);
        var served = 0;
        for (var number = 0; number < NamespaceAccount.MostGuests + 100; number++)
        {
            var guest = network.Enter(Guest(number), out _)!;
            served += limits.TryAsk(guest, out _) ? 1 : 0;
            guest.Leave();
        }
        Assert.Equal(NamespaceAccount.MostGuests, network.Count);
        // Those beyond share one account.
        Assert.Equal(NamespaceAccount.MostGuests + 1, served);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(limits.TryAsk(network.Enter(Guest(-1), out _)!, out _));
        Assert.Equal(1, network.Count);
    }

    [Fact]
    public void Other_limits_hold_for_guests_that_are_known_already()
    {
        var (limits, network) = Limits(baseLimit: 1, baseSeconds: 10, burstLimit: 1, burstSeconds: 10);
        var guest = network.Enter(Guest(1), out _);
        Assert.Equal("yn", Ask(limits, 2, guest));
        limits.Change(
            new()
            {
                RateLimitEnabled = true,
                BaseQueryRateLimit = 2,
                BurstQueryRateLimit = 2,
            }
        );
        Assert.Equal("yyn", Ask(limits, 3, guest));
        limits.Change(new());
        Assert.False(limits.AreRatesLimited);
        Assert.Equal("y", Ask(limits, 1, guest));
    }

    (GuestLimits Limits, NamespaceAccount Network) Limits(
        int baseLimit,
        int baseSeconds,
        int burstLimit,
        int burstSeconds
    )
    {
        var limits = new GuestLimits(
            new()
            {
                RateLimitEnabled = true,
                BaseQueryRateLimit = baseLimit,
                BaseWindowDuration = TimeSpan.FromSeconds(baseSeconds),
                BurstQueryRateLimit = burstLimit,
                BurstWindowDuration = TimeSpan.FromSeconds(burstSeconds),
            },
            static _ => 100_000,
            _time
        );
        return (limits, limits.Open());
    }

    static string Ask(GuestLimits limits, int times, GuestAccount? guest) =>
        string.Concat(Enumerable.Range(0, times).Select(_ => limits.TryAsk(guest!, out TimeSpan _) ? 'y' : 'n'));

    static GuestKey Guest(int number, string address = "10.0.0.5") =>
        GuestKey.Of(EthernetAddress.Read([0xfa, 0x16, .. BitConverter.GetBytes(number)]), IPAddress.Parse(address));
}
