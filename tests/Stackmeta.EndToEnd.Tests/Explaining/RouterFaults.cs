namespace Stackmeta.EndToEnd.Tests;

/// <summary>
/// Faults of a network whose gateway is a router: NS is the router's namespace, TAP its interface there, GATEWAY its address; the others
/// are those of <see cref="OneProcessFaults"/>.
/// </summary>
static class RouterFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new(
            "a redirection that is flushed",
            Finding.RedirectMissing,
            "ip netns exec $NS nft flush chain inet stackmeta metadata_redirect"
        )
        {
            Heal = "ip netns exec $NS nft -f $(find $DATA/run -name rules.nft | head -1)",
            Patience = "2",
        },
        new(
            "a rule that drops at the router's proxy",
            Finding.FirewallDrops,
            "ip netns exec $NS nft 'table inet t { chain c { type filter hook input priority -10; tcp dport 9697 drop; }; }'"
        )
        {
            Heal = "ip netns exec $NS nft delete table inet t",
            Patience = "2",
        },
        new(
            "a router without the gateway's address",
            Finding.SubnetAddressMissing,
            "ip -n $NS addr del $GATEWAY/24 dev $TAP"
        )
        {
            Heal = "ip -n $NS addr add $GATEWAY/24 dev $TAP",
        },
        new("a router's interface that is down", Finding.DeviceDown, "ip -n $NS link set $TAP down")
        {
            Heal = "ip -n $NS link set $TAP up",
        },
        new("a router's proxy that is stopped", Finding.ListenerSilent, "kill -STOP $PROGRAM")
        {
            Heal = "kill -CONT $PROGRAM",
            Patience = "1",
        },
        new("a router's namespace that is deleted", Finding.NamespaceMissing, "ip netns delete $NS"),
    ];
}
