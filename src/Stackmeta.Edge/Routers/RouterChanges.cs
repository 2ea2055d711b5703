using System.Net.Sockets;
using Stackmeta.Core.Networks;

namespace Stackmeta.Edge;

/// <summary>The commands that lead from a router's state to what is wanted (spec/neutron-metadata.md §2.1, §2.2).</summary>
static class RouterChanges
{
    /// <summary>What must not be touched, because it has the name but not the mark.</summary>
    public static string? FindForeign(EdgeRouter router, RouterState state, string mark, bool interrupted)
    {
        var name = DeviceNames.RouterNamespace(router.Id);
        if (
            state.Loopback is { } loopback
            && loopback.Alias != mark
            && !(interrupted && loopback.Alias is null && state.Inside.Count == 0)
        )
        {
            return LinkChanges.Foreign("namespace", name, loopback.Alias);
        }
        foreach (var end in router.Ports.Select(port => DeviceNames.Tap(port.PortId)))
        {
            if (
                state.Outside.TryGetValue(end, out var link)
                && link.Alias != mark
                && !(interrupted && link.Alias is null)
            )
            {
                return LinkChanges.Foreign("interface", end, link.Alias);
            }
        }
        return null;
    }

    /// <summary>The commands for the namespace and the interfaces that are no longer wanted, which run first.</summary>
    public static IEnumerable<Command> OfNamespace(EdgeRouter router, RouterState state, string mark, bool hostHasIpv6)
    {
        var name = DeviceNames.RouterNamespace(router.Id);
        var wanted = router.Ports.Select(port => DeviceNames.Tap(port.PortId)).ToHashSet();
        return
        [
            .. Namespace(name, state.Loopback, mark, hostHasIpv6),
            .. state
                .Outside.Values.Where(link => link.Alias == mark && !wanted.Contains(link.Name))
                .Select(link => Command.Ip(null, "link", "delete", "dev", link.Name)),
        ];
    }

    /// <summary>The commands for one interface, in the order that they must run.</summary>
    public static IEnumerable<Command> OfInterface(
        EdgeRouter router,
        EdgeRouterPort port,
        RouterState state,
        string mark,
        bool hostHasIpv6
    )
    {
        var plan = PlanOf(port, DeviceNames.RouterNamespace(router.Id), mark, hostHasIpv6);
        var present = LinkState.Nothing with
        {
            BridgeEnd = state.Outside.GetValueOrDefault(plan.BridgeEnd),
            Tap = state.Inside.FirstOrDefault(link => link.Name == plan.Tap),
        };
        return LinkChanges.OfPair(plan, present);
    }

    /// <summary>The commands that remove what carries the mark.</summary>
    public static IEnumerable<Command> Removal(Guid router, RouterState state, string mark) =>
        [
            .. state
                .Outside.Values.Where(link => link.Alias == mark)
                .Select(link => Command.Ip(null, "link", "delete", "dev", link.Name)),
            .. state.Loopback?.Alias == mark
                ? [Command.Ip(null, "netns", "delete", DeviceNames.RouterNamespace(router))]
                : (Command[])[],
        ];

    static IEnumerable<Command> Namespace(string name, LinkInfo? loopback, string mark, bool hostHasIpv6)
    {
        if (loopback is null)
        {
            yield return Command.Ip(null, "netns", "add", name);
        }
        if (loopback?.Alias != mark)
        {
            yield return Command.Ip(name, "link", "set", "dev", "lo", "alias", mark);
            string[] ipv4 =
            [
                "net.ipv4.ip_forward=1",
                "net.ipv4.conf.all.promote_secondaries=1",
                "net.ipv4.conf.all.arp_ignore=1",
                "net.ipv4.conf.all.arp_announce=2",
            ];
            string[] ipv6 = hostHasIpv6 ? ["net.ipv6.conf.default.accept_ra=0", "net.ipv6.conf.all.forwarding=1"] : [];
            yield return new("ip", ["netns", "exec", name, "sysctl", "-qw", .. ipv4, .. ipv6]);
        }
        if (loopback is not { IsUp: true })
        {
            yield return Command.Ip(name, "link", "set", "dev", "lo", "up");
        }
    }

    static LinkPlan PlanOf(EdgeRouterPort port, string @namespace, string mark, bool hostHasIpv6) =>
        new()
        {
            Bridge = DeviceNames.Bridge(port.NetworkId),
            Namespace = @namespace,
            Tap = DeviceNames.RouterInterface(port.PortId),
            BridgeEnd = DeviceNames.Tap(port.PortId),
            Mac = MacAddress.ToText(port.Mac),
            Mtu = port.Mtu,
            Addresses =
            [
                .. port
                    .Addresses.Where(address =>
                        address.Address.AddressFamily == AddressFamily.InterNetwork
                        || port.Mtu == 0
                        || LinkMtu.FindIpv6Fault(port.Mtu) is null
                    )
                    .Select(address => $"{address.Address}/{address.PrefixLength}"),
            ],
            DefaultRoutes = [],
            HasIpv6 = hostHasIpv6,
            HostHasIpv6 = hostHasIpv6,
            Mark = mark,
        };
}
