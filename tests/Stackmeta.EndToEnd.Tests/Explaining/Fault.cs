namespace Stackmeta.EndToEnd.Tests;

/// <summary>A fault that is made for real, and what <c>stackmeta explain</c> must call it.</summary>
/// <param name="Name">For the test's name.</param>
/// <param name="Reason">The finding's name.</param>
/// <param name="Script">
/// Makes it, in a shell: NS is the network's namespace, TAP its interface there, END the other end on the bridge BRIDGE; GUEST is the
/// guest's namespace, GUESTEND its interface on the bridge, MAC and ADDRESS its port's, PORT and INSTANCE their ids; SUBNET and
/// NETWORK are ids, DATA is the data folder, PROGRAM the process; <c>stackmeta</c> is the program with the right data folder.
/// </param>
sealed record Fault(string Name, string Reason, string Script)
{
    /// <summary>What is explained, where it is not the port.</summary>
    public string? Asked { get; init; }

    /// <summary>Faults after which the program serves on, so that others can be made beside them.</summary>
    public static IReadOnlyList<Fault> OfOneNetwork { get; } =
    [
        new("an address that no port has", "port-unknown", "true") { Asked = "10.9.0.200" },
        new("a port of nobody", "port-without-device", "stackmeta port set $PORT --device ''"),
        new("a port without an address", "port-without-address", "stackmeta port set $PORT --no-fixed-ip"),
        new(
            "a port of an instance that is not there",
            "instance-unknown",
            "stackmeta port set $PORT --device 00000000-0000-4000-8000-000000000001"
        ),
        new("a namespace that is deleted", "namespace-missing", "ip netns delete $NS"),
        new("a namespace that is unmounted", "namespace-empty", "umount -l /run/netns/$NS"),
        new("a device that is down", "device-down", "ip -n $NS link set $TAP down"),
        new("a device that is deleted", "device-missing", "ip -n $NS link delete $TAP"),
        new("an MTU too large", "mtu-mismatch", "ip link set $END mtu 9000; ip -n $NS link set $TAP mtu 9000"),
        new(
            "a metadata address that is taken away",
            "address-missing",
            "ip -n $NS addr del 169.254.169.254/32 dev $TAP"
        ),
        new(
            "an IPv6 metadata address that is taken away",
            "ipv6-address-missing",
            "ip -n $NS addr del fe80::a9fe:a9fe/128 dev $TAP"
        ),
        new("a bridge that is down", "bridge-down", "ip link set $BRIDGE down"),
        new("a bridge that is deleted", "bridge-missing", "ip link delete $BRIDGE"),
        new("a namespace's link off the bridge", "bridge-end-detached", "ip link set $END nomaster"),
        new("a namespace's link that is down", "bridge-end-down", "ip link set $END down"),
        new("a guest that is not plugged in", "guest-not-attached", "ip link set $GUESTEND nomaster"),
        new("a guest whose interface is down", "guest-device-down", "ip link set $GUESTEND down"),
        new(
            "a DHCP server that is stopped",
            "dhcp-server-silent",
            "kill -STOP $(pgrep -f \"dhcp-optsfile=.*/$NETWORK/\")"
        ),
        new("a lease file without the guest", "dhcp-host-missing", ": > $DATA/run/networks/$NETWORK/host"),
        new(
            "a lease file with another address",
            "dhcp-host-wrong",
            "sed -i s/,$ADDRESS/,10.9.0.99/ $DATA/run/networks/$NETWORK/host"
        ),
        new(
            "DHCP options without the route",
            "route-missing",
            "sed -i /classless-static-route/d $DATA/run/networks/$NETWORK/opts"
        ),
        new(
            "DHCP options with a wrong route",
            "route-wrong",
            "sed -i 's/169.254.169.254.32,[0-9.]*/169.254.169.254\\/32,10.9.0.77/' $DATA/run/networks/$NETWORK/opts"
        ),
        new(
            "a rule of nft that drops",
            "firewall-drops",
            "ip netns exec $NS nft 'table inet t { chain c { type filter hook input priority 0; iifname != \"lo\" tcp dport 80 drop; }; }'"
        ),
        new(
            "a rule of nft that rejects",
            "firewall-rejects",
            "ip netns exec $NS nft 'table inet t { chain c { type filter hook input priority 0; tcp dport 80 reject with tcp reset; }; }'"
        ),
        new(
            "a rule of iptables that drops",
            "firewall-drops",
            "ip netns exec $NS iptables -I INPUT -p tcp --dport 80 -j DROP"
        ),
        new(
            "user data of no known kind",
            "user-data-unrecognised",
            "echo hello > $DATA/ud; stackmeta instance set $INSTANCE --user-data $DATA/ud; sleep 1"
        ),
    ];
}
