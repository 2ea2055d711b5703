namespace Stackmeta.EndToEnd.Tests;

/// <summary>
/// Faults of one network and its guest beside <c>stackmeta up</c>. NS is the network's namespace, TAP its interface there, END the other
/// end on the bridge BRIDGE, SERVER the DHCP server's address; GUEST is the guest's namespace, GUESTEND its interface on the bridge; MAC,
/// ADDRESS, PORT, INSTANCE, NETWORK and SUBNET are what they say, FILES the folder of the network's files, DATA the data folder.
/// </summary>
static class OneProcessFaults
{
    const string RaiseTap = "ip -n $NS link set $TAP up; ip -n $NS addr replace fe80::a9fe:a9fe/128 dev $TAP nodad";
    const string SetDevice = "stackmeta port set $PORT --device $INSTANCE";
    const string DeleteTable = "ip netns exec $NS nft delete table inet t";

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("an address that no port has", Finding.PortUnknown, ":") { Asked = "10.9.0.200", Heal = ":" },
        new("a port of nobody", Finding.PortWithoutDevice, "stackmeta port set $PORT --device ''") { Heal = SetDevice },
        new("a port without an address", Finding.PortWithoutAddress, "stackmeta port set $PORT --no-fixed-ip")
        {
            Heal = "stackmeta port set $PORT --fixed-ip ip=$ADDRESS",
        },
        new(
            "a port of an instance that is not there",
            Finding.InstanceUnknown,
            "stackmeta port set $PORT --device 00000000-0000-4000-8000-000000000001"
        )
        {
            Heal = SetDevice,
        },
        new("a device that is down", Finding.DeviceDown, "ip -n $NS link set $TAP down") { Heal = RaiseTap },
        new("an MTU too large", Finding.MtuMismatch, "ip link set $END mtu 9000; ip -n $NS link set $TAP mtu 9000")
        {
            Heal = "ip link set $END mtu 1400; ip -n $NS link set $TAP mtu 1400",
        },
        new(
            "a metadata address that is taken away",
            Finding.AddressMissing,
            "ip -n $NS addr del 169.254.169.254/32 dev $TAP"
        )
        {
            Heal = "ip -n $NS addr add 169.254.169.254/32 dev $TAP",
        },
        new(
            "a namespace without an address of the subnet",
            Finding.SubnetAddressMissing,
            "ip -n $NS addr del $SERVER/24 dev $TAP"
        )
        {
            Heal = "ip -n $NS addr add $SERVER/24 dev $TAP",
        },
        new(
            "an IPv6 metadata address that is taken away",
            Finding.Ipv6AddressMissing,
            "ip -n $NS addr del fe80::a9fe:a9fe/128 dev $TAP"
        )
        {
            Heal = "ip -n $NS addr add fe80::a9fe:a9fe/128 dev $TAP nodad",
        },
        new(
            "another host with the IPv6 metadata address",
            Finding.Ipv6AddressDuplicate,
            "ip -n $GUEST addr add fe80::a9fe:a9fe/64 dev eth0 nodad; ip -n $NS addr del fe80::a9fe:a9fe/128 dev $TAP; "
                + "ip netns exec $NS sysctl -qw net.ipv6.conf.$TAP.accept_dad=1 net.ipv6.conf.$TAP.dad_transmits=1; "
                + "ip -n $NS addr add fe80::a9fe:a9fe/128 dev $TAP; "
                + "for i in $(seq 50); do ip -n $NS addr show dev $TAP | grep -q dadfailed && break; sleep 0.1; done"
        )
        {
            Heal =
                "ip -n $GUEST addr del fe80::a9fe:a9fe/64 dev eth0; ip -n $NS addr del fe80::a9fe:a9fe/128 dev $TAP; "
                + "ip -n $NS addr add fe80::a9fe:a9fe/128 dev $TAP nodad",
        },
        new("a bridge that is down", Finding.BridgeDown, "ip link set $BRIDGE down")
        {
            Heal = "ip link set $BRIDGE up",
        },
        new("a namespace's link off the bridge", Finding.BridgeEndDetached, "ip link set $END nomaster")
        {
            Heal = "ip link set $END master $BRIDGE",
        },
        new("a namespace's link that is down", Finding.BridgeEndDown, "ip link set $END down")
        {
            Heal = "ip link set $END up",
        },
        new("a guest that is not plugged in", Finding.GuestNotAttached, "ip link set $GUESTEND nomaster")
        {
            Heal = "ip link set $GUESTEND master $BRIDGE",
        },
        new("a guest whose interface is down", Finding.GuestDeviceDown, "ip link set $GUESTEND down")
        {
            Heal = "ip link set $GUESTEND up",
        },
        new("a subnet without DHCP", Finding.SubnetWithoutDhcp, "stackmeta subnet set $SUBNET --dhcp false")
        {
            Heal = "stackmeta subnet set $SUBNET --dhcp true",
        },
        new(
            "a DHCP server that is stopped",
            Finding.DhcpServerSilent,
            "kill -STOP $(pgrep -f \"dhcp-optsfile=.*/$NETWORK/\")"
        )
        {
            Heal = "kill -CONT $(pgrep -f \"dhcp-optsfile=.*/$NETWORK/\")",
        },
        new("a lease file without the guest", Finding.DhcpHostMissing, "sed -i.kept d $FILES/host")
        {
            Heal = "mv $FILES/host.kept $FILES/host",
        },
        new(
            "a lease file with another address",
            Finding.DhcpHostWrong,
            "sed -i.kept s/,$ADDRESS/,10.9.0.99/ $FILES/host"
        )
        {
            Heal = "mv $FILES/host.kept $FILES/host",
        },
        new("DHCP options without the route", Finding.RouteMissing, "sed -i.kept /classless-static-route/d $FILES/opts")
        {
            Heal = "mv $FILES/opts.kept $FILES/opts",
        },
        new(
            "DHCP options with a wrong route",
            Finding.RouteWrong,
            "sed -i.kept 's/169.254.169.254.32,[0-9.]*/169.254.169.254\\/32,10.9.0.77/' $FILES/opts"
        )
        {
            Heal = "mv $FILES/opts.kept $FILES/opts",
        },
        new(
            "a rule of nft that drops",
            Finding.FirewallDrops,
            "ip netns exec $NS nft 'table inet t { chain c { type filter hook input priority 0; iifname != \"lo\" tcp dport 80 drop; }; }'"
        )
        {
            Heal = DeleteTable,
            Patience = "2",
        },
        new(
            "a rule of nft that rejects",
            Finding.FirewallRejects,
            "ip netns exec $NS nft 'table inet t { chain c { type filter hook input priority 0; tcp dport 80 reject with tcp reset; }; }'"
        )
        {
            Heal = DeleteTable,
        },
        new(
            "a rule of iptables that drops",
            Finding.FirewallDrops,
            "ip netns exec $NS iptables -I INPUT -p tcp --dport 80 -j DROP"
        )
        {
            Heal = "ip netns exec $NS iptables -D INPUT -p tcp --dport 80 -j DROP",
            Patience = "2",
        },
        new(
            "user data of no known kind",
            Finding.UserDataUnrecognised,
            "echo hello > $DATA/ud; stackmeta instance set $INSTANCE --user-data $DATA/ud; sleep 1"
        )
        {
            Heal = "echo '#cloud-config' > $DATA/ud; stackmeta instance set $INSTANCE --user-data $DATA/ud",
        },
        new("a full disk", Finding.DiskFull, "dd if=/dev/zero of=$DATA/filler bs=1M status=none || true")
        {
            Heal = "rm $DATA/filler",
        },
        new("a clock that was set back", Finding.ClockBehind, "touch -d '+1 day' $DATA/inventory.db")
        {
            Heal = "touch $DATA/inventory.db",
        },
        // From here on a new network is cheaper than a cure.
        new("a namespace that is deleted", Finding.NamespaceMissing, "ip netns delete $NS"),
        new("a namespace that is unmounted", Finding.NamespaceEmpty, "umount -l /run/netns/$NS"),
        new("a device that is deleted", Finding.DeviceMissing, "ip -n $NS link delete $TAP"),
        new("a bridge that is deleted", Finding.BridgeMissing, "ip link delete $BRIDGE"),
        new(
            "a DHCP server that is dead and cannot start",
            Finding.DhcpServerDead,
            "rm $FILES/leases; mkdir $FILES/leases; kill -9 $(pgrep -f \"dhcp-optsfile=.*/$NETWORK/\"); sleep 1"
        ),
        new(
            "a network without any DHCP",
            Finding.SubnetWithoutDhcp,
            "stackmeta subnet set $SUBNET --dhcp false; stackmeta subnet set $SUBNET6 --dhcp false; "
                + "for i in $(seq 100); do [ -e /run/netns/$NS ] || break; sleep 0.1; done"
        ),
        new(
            "an instance that is deleted, and its port with it",
            Finding.PortUnknown,
            "stackmeta instance delete $INSTANCE"
        )
        {
            // The first free one, which the guest has.
            Asked = "10.9.0.3",
        },
    ];
}
