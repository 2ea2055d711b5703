# Sourced by parts with the full rig: guests of the recorded network net-a and of the recorded router router-r, each in a namespace
# that plays all of them, behind the stock haproxy with Neutron's own template.

recorded() {
    jq -r "$1" "$ST/seed.json"
}
net_a=$(recorded '.networks["net-a"]')
standard=$(recorded '.instances[] | select(.key == "o02-standard") | .uuid')

# Instances o02, o03, o20, a deleted one, nobody; o02 and o20 by link-local address, o03 by its global IPv6 address.
network_guests=(10.10.0.11 10.10.0.12 10.10.0.20 10.10.0.22 10.10.0.250
    fe80::f816:3eff:fe00:11 fe80::f816:3eff:fe00:20 fe80::1 fd00:a::f816:3eff:fe00:12)
# o20 on both of the router's networks, o38 and o39, nobody. By link-local address o20; o38 and o39 have one MAC.
router_guests=(10.61.0.20 10.62.0.20 10.61.0.38 10.62.0.38 10.61.0.250)
router_link_local_guests=(fe80::f816:3eff:fe00:2a fe80::f816:3eff:fe00:38)

# in_guest network|router COMMAND...
in_guest() {
    local namespace
    case "$1" in
        network) namespace=osrig-v-neta ;;
        router) namespace=osrig-v-rtrr ;;
    esac
    shift
    ip netns exec "$namespace" "$@"
}
# ask network|router PORT ADDRESS...
ask() {
    local kind=$1
    shift
    in_guest "$kind" /usr/bin/python3 tests/openstack/ask.py eth0 "$@"
}

# add_addresses NAMESPACE ADDRESS...: others than the guest's own, which stays the one that it asks from by itself.
add_addresses() {
    local namespace=$1 address
    shift
    for address in "$@"; do
        [ -z "$(ip -n "$namespace" -o address show to "$address")" ] || continue
        case "$address" in
            *:*) ip -n "$namespace" address add "$address/64" dev eth0 nodad preferred_lft 0 ;;
            *) ip -n "$namespace" address add "$address/32" dev eth0 ;;
        esac
    done
}

# The kernel's own link-local address is there a second or two after the link is up.
is_settled() {
    [ -n "$(ip -n "$1" -6 -o address show dev eth0 scope link -tentative)" ]
}

make_guests() {
    local guest=osrig-v-neta proxy=osrig-p-neta
    "$OPENSTACK_TOOLS/netns.sh" down >>"$last/netns.log" 2>&1
    "$OPENSTACK_TOOLS/netns.sh" up >>"$last/netns.log" 2>&1
    for guest in osrig-v-neta osrig-v-rtrr; do
        wait_until "the link-local address of $guest can be used" is_settled $guest
    done
    guest=osrig-v-neta
    add_addresses $guest "${network_guests[@]}"
    ip -n $proxy -6 route add fd00:a::/64 dev pvneta

    guest=osrig-v-rtrr proxy=osrig-p-rtrr
    add_addresses $guest "${router_guests[@]}" "${router_link_local_guests[@]}"
    ip -n $proxy route add 10.62.0.0/24 dev pvrtrr
    # As Neutron's L3 agent does in a router's namespace.
    ip netns exec $proxy iptables -t nat -A PREROUTING -d 169.254.169.254/32 -i pvrtrr -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 9697
}
