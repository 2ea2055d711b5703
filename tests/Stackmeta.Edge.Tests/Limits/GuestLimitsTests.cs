using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace Stackmeta.Edge.Tests;

/// <summary>Rates and connections of one guest (spec/neutron-metadata.md §1.3; §8 cases 89 to 91).</summary>
public sealed class GuestLimitsTests
{
    static readonly EdgeScope Scope = EdgeScope.Network(Guid.NewGuid());
    static readonly IPAddress Guest = IPAddress.Parse("10.0.0.5");

    readonly FakeTimeProvider _time = new();

    [Fact]
    public void Case_89_the_request_after_the_last_is_refused_for_IPv4_and_IPv6_alike()
    {
        var limits = Limits(baseLimit: 2, baseSeconds: 10, burstLimit: 2, burstSeconds: 10);
        Assert.Equal("yyn", Ask(limits, 3));
        Assert.Equal("yyn", Ask(limits, 3, IPAddress.Parse("fe80::1%2")));
    }

    [Fact]
    public void Case_90_the_burst_limit_refuses_within_its_window()
    {
        var limits = Limits(baseLimit: 10, baseSeconds: 60, burstLimit: 2, burstSeconds: 5);
        Assert.Equal("yy", Ask(limits, 2));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("yyn", Ask(limits, 3));
    }

    [Fact]
    public void Case_91_the_base_limit_refuses_what_the_burst_limit_would_let_through()
    {
        var limits = Limits(baseLimit: 3, baseSeconds: 60, burstLimit: 2, burstSeconds: 5);
        Assert.Equal("yy", Ask(limits, 2));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("yn", Ask(limits, 2));
    }

    /// <summary>haproxy counts them, so that a guest which keeps asking is never served again.</summary>
    [Fact]
    public void What_is_refused_is_not_counted()
    {
        var limits = Limits(baseLimit: 10, baseSeconds: 10, burstLimit: 10, burstSeconds: 10);
        var served = 0;
        for (var half = 0; half < 80; half++)
        {
            served += Ask(limits, 1) == "y" ? 1 : 0;
            _time.Advance(TimeSpan.FromSeconds(0.5));
        }
        Assert.Equal(40, served);
    }

    [Fact]
    public void A_refused_guest_is_told_when_to_ask_again_and_is_then_served()
    {
        var limits = Limits(baseLimit: 1, baseSeconds: 10, burstLimit: 1, burstSeconds: 5);
        Assert.Equal("y", Ask(limits, 1));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(limits.TryAsk(Scope, Guest, out var wait));
        Assert.Equal(7, wait.TotalSeconds);
        _time.Advance(wait);
        Assert.Equal("y", Ask(limits, 1));
    }

    [Fact]
    public void The_same_address_in_another_network_is_another_guest()
    {
        var limits = Limits(baseLimit: 1, baseSeconds: 10, burstLimit: 1, burstSeconds: 10);
        Assert.Equal("yn", Ask(limits, 2));
        Assert.True(limits.TryAsk(EdgeScope.Network(Guid.NewGuid()), Guest, out _));
        Assert.True(limits.TryAsk(Scope with { Kind = EdgeScopeKind.Router }, Guest, out _));
    }

    [Fact]
    public void A_guest_has_so_many_connections()
    {
        var limits = new GuestLimits(new() { MaxConnections = 2 }, _time);
        var first = limits.Enter(Scope, Guest);
        var second = limits.Enter(Scope, Guest);
        Assert.Null(limits.Enter(Scope, Guest));
        limits.Leave(Scope, Guest, first!);
        var third = limits.Enter(Scope, Guest);
        Assert.NotNull(third);
    }

    [Fact]
    public void Guests_without_connections_are_forgotten_when_they_are_many()
    {
        var limits = new GuestLimits(new() { MaxConnections = 2 }, _time);
        for (var number = 0; number < GuestLimits.MostIdle + 100; number++)
        {
            var guest = new IPAddress([10, 0, (byte)(number >> 8), (byte)number]);
            limits.Leave(Scope, guest, limits.Enter(Scope, guest)!);
        }
        Assert.Equal(GuestLimits.MostIdle, limits.Count);
    }

    [Fact]
    public void A_guest_with_many_addresses_does_not_fill_the_memory()
    {
        var limits = Limits(baseLimit: 1, baseSeconds: 10, burstLimit: 1, burstSeconds: 10);
        var served = 0;
        for (var number = 0; number < GuestLimits.MostGuests + 100; number++)
        {
            var address = new IPAddress([
                0xfe,
                0x80,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                .. BitConverter.GetBytes(number)[..3],
            ]);
            served += limits.TryAsk(Scope, address, out _) ? 1 : 0;
        }
        Assert.Equal(GuestLimits.MostGuests, limits.Count);
        // Those beyond share one account.
        Assert.Equal(GuestLimits.MostGuests + 1, served);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(limits.TryAsk(Scope, Guest, out _));
        Assert.Equal(1, limits.Count);
    }

    GuestLimits Limits(int baseLimit, int baseSeconds, int burstLimit, int burstSeconds) =>
        new(
            new()
            {
                RateLimitEnabled = true,
                BaseQueryRateLimit = baseLimit,
                BaseWindowDuration = TimeSpan.FromSeconds(baseSeconds),
                BurstQueryRateLimit = burstLimit,
                BurstWindowDuration = TimeSpan.FromSeconds(burstSeconds),
            },
            _time
        );

    static string Ask(GuestLimits limits, int times, IPAddress? guest = null) =>
        string.Concat(
            Enumerable.Range(0, times).Select(_ => limits.TryAsk(Scope, guest ?? Guest, out TimeSpan _) ? 'y' : 'n')
        );

    [Fact]
    public void Other_limits_hold_for_guests_that_are_known_already()
    {
        var guest = IPAddress.Parse("10.0.0.9");
        var limits = new GuestLimits(
            new()
            {
                RateLimitEnabled = true,
                BaseQueryRateLimit = 1,
                BurstQueryRateLimit = 1,
            },
            _time
        );
        var scope = EdgeScope.Network(Guid.NewGuid());
        Assert.True(limits.TryAsk(scope, guest, out _));
        Assert.False(limits.TryAsk(scope, guest, out _));
        limits.Change(
            new()
            {
                RateLimitEnabled = true,
                BaseQueryRateLimit = 2,
                BurstQueryRateLimit = 2,
            }
        );
        Assert.True(limits.TryAsk(scope, guest, out _));
        Assert.True(limits.TryAsk(scope, guest, out _));
        Assert.False(limits.TryAsk(scope, guest, out _));
        limits.Change(new());
        Assert.False(limits.AreRatesLimited);
        Assert.True(limits.TryAsk(scope, guest, out _));
    }
}
