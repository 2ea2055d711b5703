namespace Stackmeta.Edge.Tests;

/// <summary>From what is to what is wanted (spec/neutron-metadata.md §2.1, §2.2; §8 case 112).</summary>
public sealed class LinkChangesTests
{
    static readonly EdgeNetwork Network = Networks.Isolated() with
    {
        Id = Guid.Parse("11111111-2222-3333-4444-555555555555"),
        DhcpPort = new(Guid.Parse("3b66c176-1989-4000-8000-000000000000"), Networks.Mac(0xd0)),
    };

    static readonly LinkPlan Plan = LinkPlan.For(Network, new(), hostHasIpv6: true, "mark");

    /// <summary>Everything as the plan wants it.</summary>
    static readonly LinkState Done = new()
    {
        Bridge = new()
        {
            Name = Plan.Bridge,
            Alias = "mark",
            Mtu = 1450,
            IsUp = true,
        },
        BridgeEnd = new()
        {
            Name = Plan.BridgeEnd,
            Alias = "mark",
            Mtu = 1450,
            IsUp = true,
            Master = Plan.Bridge,
        },
        Loopback = new()
        {
            Name = "lo",
            Alias = "mark",
            IsUp = true,
        },
        Tap = new()
        {
            Name = Plan.Tap,
            Mtu = 1450,
            IsUp = true,
            Mac = Plan.Mac,
            Addresses =
            [
                Address("10.0.0.66/26"),
                Address("169.254.169.254/32"),
                Address("fe80::f816:3eff:fe00:d0/64") with
                {
                    IsKernelsOwn = true,
                },
            ],
        },
        OtherLinks = 1,
        DefaultGateways = ["10.0.0.65"],
    };

    [Fact]
    public void From_nothing_a_network_is_made_as_Neutron_makes_it() =>
        Assert.Equal(
            [
                "ip link add name brq11111111-22 type bridge forward_delay 0 mcast_snooping 0",
                "ip link set dev brq11111111-22 alias mark",
                "ip link set dev brq11111111-22 mtu 1450",
                "sysctl -eqw net/ipv6/conf/brq11111111-22/disable_ipv6=1",
                "ip link set dev brq11111111-22 up",
                "ip netns add qdhcp-11111111-2222-3333-4444-555555555555",
                "ip -n qdhcp-11111111-2222-3333-4444-555555555555 link set dev lo alias mark",
                "ip netns exec qdhcp-11111111-2222-3333-4444-555555555555 sysctl -qw net.ipv4.conf.all.promote_secondaries=1 "
                    + "net.ipv4.ip_nonlocal_bind=1 net.ipv4.ip_forward=0 net.ipv6.conf.default.accept_ra=0",
                "ip -n qdhcp-11111111-2222-3333-4444-555555555555 link set dev lo up",
                "ip link add name vtp3b66c176-19 type veth peer name tap3b66c176-19 address fa:16:3e:00:00:d0 "
                    + "netns qdhcp-11111111-2222-3333-4444-555555555555",
                "ip link set dev vtp3b66c176-19 alias mark",
                "ip link set dev vtp3b66c176-19 mtu 1450",
                "sysctl -eqw net/ipv6/conf/vtp3b66c176-19/disable_ipv6=1",
                "ip -n qdhcp-11111111-2222-3333-4444-555555555555 link set dev tap3b66c176-19 mtu 1450",
                "ip link set dev vtp3b66c176-19 master brq11111111-22 up",
                "ip -n qdhcp-11111111-2222-3333-4444-555555555555 link set dev tap3b66c176-19 up",
                "ip -n qdhcp-11111111-2222-3333-4444-555555555555 addr add 10.0.0.66/26 brd + dev tap3b66c176-19",
                "ip -n qdhcp-11111111-2222-3333-4444-555555555555 addr add 169.254.169.254/32 dev tap3b66c176-19",
                "ip -n qdhcp-11111111-2222-3333-4444-555555555555 -4 route replace default via 10.0.0.65 dev tap3b66c176-19",
            ],
            Texts(LinkChanges.Of(Plan, LinkState.Nothing))
        );

    [Fact]
    public void A_repeated_run_changes_nothing() => Assert.Empty(LinkChanges.Of(Plan, Done));

    [Fact]
    public void Only_what_differs_is_changed()
    {
        var state = Done with
        {
            Tap = Done.Tap! with { Addresses = [Address("10.0.0.67/26"), Address("169.254.169.254/32")] },
            DefaultGateways = ["10.0.0.70"],
        };
        Assert.Equal(
            [
                "-4 route delete default via 10.0.0.70 dev tap3b66c176-19",
                "addr delete 10.0.0.67/26 dev tap3b66c176-19",
                "addr add 10.0.0.66/26 brd + dev tap3b66c176-19",
                "-4 route replace default via 10.0.0.65 dev tap3b66c176-19",
            ],
            Texts(LinkChanges.Of(Plan, state)).Select(text => text[$"ip -n {Plan.Namespace} ".Length..])
        );
    }

    [Fact]
    public void Another_DHCP_port_takes_the_place_of_the_old_one()
    {
        var changes = Texts(
                LinkChanges.Of(Plan, Done with { BridgeEnd = null, Tap = null, OldBridgeEnds = ["vtpold"] })
            )
            .ToList();
        Assert.Equal("ip link delete dev vtpold", changes[0]);
        Assert.StartsWith("ip link add name vtp3b66c176-19", changes[1]);
    }

    [Fact]
    public void A_gateway_outside_the_subnet_gets_a_route_on_the_link_first()
    {
        var network = Network with { Subnets = [Networks.Subnet("10.0.0.64/26", "192.0.2.1", "10.0.0.66")] };
        Assert.Equal(
            [
                $"ip -n {Plan.Namespace} -4 route replace 192.0.2.1 dev tap3b66c176-19 scope link",
                $"ip -n {Plan.Namespace} -4 route replace default via 192.0.2.1 dev tap3b66c176-19",
            ],
            Texts(LinkChanges.Of(LinkPlan.For(network, new(), true, "mark"), LinkState.Nothing)).TakeLast(2)
        );
    }

    [Theory]
    [InlineData(1450, true, true)]
    [InlineData(1450, false, false)]
    [InlineData(1279, true, false)]
    [InlineData(0, true, true)]
    public void LP2103417_the_IPv6_address_is_there_only_where_IPv6_is(int mtu, bool hostHasIpv6, bool expected)
    {
        var subnet = Networks.Subnet("2001:db8::/64", "fe80::1", "2001:db8::2");
        var plan = LinkPlan.For(Network with { Mtu = mtu, Subnets = [subnet] }, new(), hostHasIpv6, "mark");
        Assert.Equal(expected, plan.Addresses.Contains("fe80::a9fe:a9fe/128"));
        Assert.Equal(expected, plan.Addresses.Contains("2001:db8::2/64"));
        Assert.Equal(expected, plan.DefaultRoutes.Any());
    }

    [Fact]
    public void LP2074207_without_an_IPv6_subnet_there_is_no_IPv6_address() =>
        Assert.Equal(["10.0.0.66/26", "169.254.169.254/32"], Plan.Addresses);

    [Fact]
    public void Case_112_without_either_flag_there_is_no_metadata_address() =>
        Assert.Equal(
            ["10.0.0.66/26"],
            LinkPlan.For(Network, new() { EnableIsolatedMetadata = false }, hostHasIpv6: true, "mark").Addresses
        );

    [Theory]
    [InlineData(null)]
    [InlineData("somebody else")]
    public void What_others_made_is_refused_by_name_and_never_removed(string? alias)
    {
        var bridge = Done with { Bridge = Done.Bridge! with { Alias = alias } };
        Assert.Contains("bridge brq11111111-22", LinkChanges.FindForeign(Plan, bridge, interrupted: false));
        Assert.DoesNotContain(
            Texts(LinkChanges.Removal(Plan, bridge, false)),
            text => text.Contains("brq", StringComparison.Ordinal)
        );

        var @namespace = Done with { Loopback = Done.Loopback! with { Alias = alias } };
        Assert.Contains("namespace qdhcp-", LinkChanges.FindForeign(Plan, @namespace, interrupted: false));
        Assert.DoesNotContain(
            Texts(LinkChanges.Removal(Plan, @namespace, false)),
            text => text.Contains("netns", StringComparison.Ordinal)
        );
        Assert.NotNull(LinkChanges.FindForeign(Plan, @namespace, interrupted: true));
    }

    [Fact]
    public void What_an_interrupted_run_left_unmarked_is_taken_over()
    {
        var state = LinkState.Nothing with
        {
            Bridge = new() { Name = Plan.Bridge },
            Loopback = new() { Name = "lo" },
        };
        Assert.Null(LinkChanges.FindForeign(Plan, state, interrupted: true));
        Assert.NotNull(LinkChanges.FindForeign(Plan, state, interrupted: false));
        Assert.Equal(2, LinkChanges.Removal(Plan, state, interrupted: true).Count());
    }

    [Fact]
    public void Names_are_cut_as_Neutron_cuts_them()
    {
        Assert.Equal("tap3b66c176-19", DeviceNames.Tap(Network.DhcpPort.Id));
        Assert.Equal("qr-3b66c176-19", DeviceNames.RouterInterface(Network.DhcpPort.Id));
    }

    static LinkAddress Address(string cidr) => new(cidr, IsKernelsOwn: false, IsTentative: false, IsDuplicate: false);

    static IEnumerable<string> Texts(IEnumerable<Command> commands) => commands.Select(command => command.ToString());
}
