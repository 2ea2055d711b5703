namespace Stackmeta.Edge;

/// <summary>The commands that lead from what is to what is wanted. None when they are the same.</summary>
static class LinkChanges
{
    /// <summary>What must not be touched, because it has the name but not the mark.</summary>
    /// <param name="interrupted">An earlier run stopped between making a thing and marking it; then an empty unmarked one is its.</param>
    /// <returns>One sentence naming the thing, or null.</returns>
    public static string? FindForeign(LinkPlan plan, LinkState state, bool interrupted) =>
        state.Loopback is { } loopback && !OwnsNamespace(plan, state, interrupted)
            ? Foreign("namespace", plan.Namespace, loopback.Alias)
        : state.Bridge is { } bridge && !Owns(plan, bridge, interrupted) ? Foreign("bridge", plan.Bridge, bridge.Alias)
        : state.BridgeEnd is { } end && !Owns(plan, end, interrupted) ? Foreign("interface", plan.BridgeEnd, end.Alias)
        : null;

    /// <summary>The commands in the order that they must run. <see cref="FindForeign"/> must have found nothing.</summary>
    public static IEnumerable<Command> Of(LinkPlan plan, LinkState state)
    {
        return [.. Bridge(plan, state), .. Namespace(plan, state), .. OfPair(plan, state)];
    }

    /// <summary>The part of them that concerns one interface: the pair, its addresses, the routes over it.</summary>
    public static IEnumerable<Command> OfPair(LinkPlan plan, LinkState state) =>
        [.. Pair(plan, state), .. OldRoutes(plan, state), .. Addresses(plan, state), .. Routes(plan, state)];

    /// <summary>The commands that remove what is there, as far as it is ours (<see cref="FindForeign"/>).</summary>
    public static IEnumerable<Command> Removal(LinkPlan plan, LinkState state, bool interrupted)
    {
        // Before the namespace: the kernel takes namespaces down later, in its own time, and the names must be free now.
        string[] end = Owns(plan, state.BridgeEnd, interrupted) ? [plan.BridgeEnd] : [];
        foreach (var name in end.Concat(state.OldBridgeEnds))
        {
            yield return Command.Ip(null, "link", "delete", "dev", name);
        }
        if (OwnsNamespace(plan, state, interrupted))
        {
            yield return Command.Ip(null, "netns", "delete", plan.Namespace);
        }
        if (Owns(plan, state.Bridge, interrupted))
        {
            yield return Command.Ip(null, "link", "delete", "dev", plan.Bridge);
        }
    }

    static bool Owns(LinkPlan plan, LinkInfo? link, bool interrupted) =>
        link is not null && (link.Alias == plan.Mark || (interrupted && link.Alias is null));

    static bool OwnsNamespace(LinkPlan plan, LinkState state, bool interrupted) =>
        state.Loopback?.Alias == plan.Mark || Owns(plan, state.Loopback, interrupted && state.OtherLinks == 0);

    static IEnumerable<Command> Bridge(LinkPlan plan, LinkState state)
    {
        var bridge = state.Bridge;
        if (bridge is null)
        {
            // No delay before a new port forwards, and no snooping: nobody here asks for multicast groups, and IPv6's
            // neighbour discovery would be dropped.
            yield return Command.Ip(
                null,
                "link",
                "add",
                "name",
                plan.Bridge,
                "type",
                "bridge",
                "forward_delay",
                "0",
                "mcast_snooping",
                "0"
            );
        }
        if (bridge?.Alias != plan.Mark)
        {
            yield return Command.Ip(null, "link", "set", "dev", plan.Bridge, "alias", plan.Mark);
        }
        if (plan.Mtu > 0 && bridge?.Mtu != plan.Mtu)
        {
            yield return Command.Ip(null, "link", "set", "dev", plan.Bridge, "mtu", $"{plan.Mtu}");
        }
        if (plan.HostHasIpv6 && NeedsNoIpv6(plan, bridge))
        {
            yield return NoIpv6(plan.Bridge);
        }
        if (bridge is not { IsUp: true })
        {
            yield return Command.Ip(null, "link", "set", "dev", plan.Bridge, "up");
        }
    }

    static IEnumerable<Command> Namespace(LinkPlan plan, LinkState state)
    {
        if (state.Loopback is null)
        {
            yield return Command.Ip(null, "netns", "add", plan.Namespace);
        }
        if (state.Loopback?.Alias != plan.Mark)
        {
            yield return Command.Ip(plan.Namespace, "link", "set", "dev", "lo", "alias", plan.Mark);
            // A new namespace copies the host's IPv4 settings, forwarding included; a DHCP namespace is no router.
            string[] ipv4 =
            [
                "net.ipv4.conf.all.promote_secondaries=1",
                "net.ipv4.ip_nonlocal_bind=1",
                "net.ipv4.ip_forward=0",
            ];
            string[] ipv6 = plan.HostHasIpv6 ? ["net.ipv6.conf.default.accept_ra=0"] : [];
            yield return new("ip", ["netns", "exec", plan.Namespace, "sysctl", "-qw", .. ipv4, .. ipv6]);
        }
        if (state.Loopback is not { IsUp: true })
        {
            yield return Command.Ip(plan.Namespace, "link", "set", "dev", "lo", "up");
        }
    }

    static IEnumerable<Command> Pair(LinkPlan plan, LinkState state)
    {
        foreach (var old in state.OldBridgeEnds)
        {
            yield return Command.Ip(null, "link", "delete", "dev", old);
        }
        var (tap, end) = Kept(plan, state);
        if (tap is null)
        {
            if (state.BridgeEnd is not null)
            {
                yield return Command.Ip(null, "link", "delete", "dev", plan.BridgeEnd);
            }
            string[] inside = ["peer", "name", plan.Tap, "address", plan.Mac, "netns", plan.Namespace];
            yield return Command.Ip(null, ["link", "add", "name", plan.BridgeEnd, "type", "veth", .. inside]);
        }
        if (end?.Alias != plan.Mark)
        {
            yield return Command.Ip(null, "link", "set", "dev", plan.BridgeEnd, "alias", plan.Mark);
        }
        if (plan.Mtu > 0 && end?.Mtu != plan.Mtu)
        {
            yield return Command.Ip(null, "link", "set", "dev", plan.BridgeEnd, "mtu", $"{plan.Mtu}");
        }
        if (plan.HostHasIpv6 && NeedsNoIpv6(plan, end))
        {
            yield return NoIpv6(plan.BridgeEnd);
        }
        if (plan.Mtu > 0 && tap?.Mtu != plan.Mtu)
        {
            yield return Command.Ip(plan.Namespace, "link", "set", "dev", plan.Tap, "mtu", $"{plan.Mtu}");
        }
        if (end is not { IsUp: true } || end.Master != plan.Bridge)
        {
            yield return Command.Ip(null, "link", "set", "dev", plan.BridgeEnd, "master", plan.Bridge, "up");
        }
        if (tap is not { IsUp: true })
        {
            yield return Command.Ip(plan.Namespace, "link", "set", "dev", plan.Tap, "up");
        }
    }

    static IEnumerable<Command> Addresses(LinkPlan plan, LinkState state)
    {
        var present = Kept(plan, state).Tap?.Addresses ?? [];
        foreach (var address in present)
        {
            if (!address.IsKernelsOwn && !plan.Addresses.Contains(address.Cidr))
            {
                yield return Command.Ip(plan.Namespace, "addr", "delete", address.Cidr, "dev", plan.Tap);
            }
        }
        foreach (var wanted in plan.Addresses)
        {
            if (!present.Any(address => address.Cidr == wanted))
            {
                string[] broadcast =
                    wanted.Contains(':') || wanted.EndsWith("/32", StringComparison.Ordinal) ? [] : ["brd", "+"];
                yield return Command.Ip(plan.Namespace, ["addr", "add", wanted, .. broadcast, "dev", plan.Tap]);
            }
        }
    }

    static IEnumerable<Command> OldRoutes(LinkPlan plan, LinkState state)
    {
        if (Kept(plan, state).Tap is null)
        {
            // They went with their interface.
            yield break;
        }
        foreach (var gateway in state.DefaultGateways.Where(gateway => !IsWanted(plan, gateway)))
        {
            var family = gateway.Contains(':') ? "-6" : "-4";
            yield return Command.Ip(
                plan.Namespace,
                family,
                "route",
                "delete",
                "default",
                "via",
                gateway,
                "dev",
                plan.Tap
            );
        }
    }

    static IEnumerable<Command> Routes(LinkPlan plan, LinkState state)
    {
        // A route may go with an address, so none is trusted when an address changes.
        var present = Addresses(plan, state).Any() ? [] : state.DefaultGateways;
        foreach (var route in plan.DefaultRoutes.Where(route => !present.Contains(route.Gateway.ToString())))
        {
            var gateway = route.Gateway.ToString();
            if (route.OnLinkFirst)
            {
                yield return Command.Ip(
                    plan.Namespace,
                    route.Family,
                    "route",
                    "replace",
                    gateway,
                    "dev",
                    plan.Tap,
                    "scope",
                    "link"
                );
            }
            yield return Command.Ip(
                plan.Namespace,
                route.Family,
                "route",
                "replace",
                "default",
                "via",
                gateway,
                "dev",
                plan.Tap
            );
        }
    }

    static bool IsWanted(LinkPlan plan, string gateway) =>
        plan.DefaultRoutes.Any(route => route.Gateway.ToString() == gateway);

    /// <summary>The pair of interfaces if it can stay: both ends are there and the MAC is right.</summary>
    public static (LinkInfo? Tap, LinkInfo? End) Kept(LinkPlan plan, LinkState state) =>
        state is { Tap: { } tap, BridgeEnd: { } end } && tap.Mac == plan.Mac ? (tap, end) : (null, null);

    /// <summary>New, or with an MTU that was too small for IPv6: then the kernel had forgotten that it is to be off.</summary>
    static bool NeedsNoIpv6(LinkPlan plan, LinkInfo? link) =>
        link?.Alias != plan.Mark || (plan.Mtu > 0 && link.Mtu != plan.Mtu);

    /// <summary>The host itself has no business on a guest's network, a link-local address included (OSSN-0018, OSSN-0069).</summary>
    /// <remarks>An interface whose MTU is too small for IPv6 does not have the setting (<c>-e</c>).</remarks>
    public static Command NoIpv6(string device) => new("sysctl", "-eqw", $"net/ipv6/conf/{device}/disable_ipv6=1");

    /// <summary>The sentence about a thing of another program.</summary>
    public static string Foreign(string kind, string name, string? alias) =>
        alias is null
            ? $"The {kind} {name} exists already and was not made here; it is left alone."
            : $"The {kind} {name} belongs to another program ({alias}); it is left alone.";
}
