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
            fe80:*ff:fe*) add_interface "$namespace" "$address" ;;
            *:*) ip -n "$namespace" address add "$address/64" dev eth0 nodad preferred_lft 0 ;;
            *) ip -n "$namespace" address add "$address/32" dev eth0 ;;
        esac
    done
}

# add_interface NAMESPACE ADDRESS: with the MAC that the link-local address tells, since our edge heeds the one that packets come from. An
# address that tells none stays on the guest's own interface (compare.py, own-mac).
add_interface() {
    local device=ll-${2##*:} mac
    mac=$(/usr/bin/python3 -c 'import ipaddress, sys
address = ipaddress.ip_address(sys.argv[1]).packed
print("%02x:%02x:%02x:%02x:%02x:%02x" % (address[8] ^ 2, *address[9:11], *address[13:]))' "$2")
    ip -n "$1" link add link eth0 name "$device" type macvlan mode bridge
    ip -n "$1" link set "$device" addrgenmode none
    ip -n "$1" link set "$device" address "$mac" up
    ip -n "$1" address add "$2/64" dev "$device" nodad
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

# --- The services that the guests' requests go through, one changed at a time

cloud_init=$CHECKOUT/artifacts/cloud-init/usr/lib/python3/dist-packages
api_port=8791 api=http://127.0.0.1:8791
neutron=(--config-file "$ETC/neutron.conf" --config-file "$ETC/metadata_agent.ini")

stop_agents() {
    stop agent || true
    stop_one md-agent
    rm -f "$MDSOCK"
}
# stock_agent PORT-OF-THE-API
stock_agent() {
    stop_agents
    AGENT_NOVA_PORT=$1 "$OPENSTACK_TOOLS/up.sh" agent >>"$last/agent.log" 2>&1
    wait_until "the stock agent answers" curl -sf --unix-socket "$MDSOCK" -o /dev/null \
        -H "X-Neutron-Network-ID: $net_a" -H 'X-Forwarded-For: 10.10.0.11' http://x/latest/meta-data/instance-id
}
# our_agent ARGUMENTS...
our_agent() {
    stop_agents
    "$OPENSTACK_TOOLS/mkconf.sh"
    start_ours agent agent "${neutron[@]}" "$@"
}

# crawl WAY GUEST [URL]: what real cloud-init understands.
crawl() {
    in_guest "$2" /usr/bin/python3 tests/cloud-init/crawl.py "$cloud_init" ${3:+--url "$3"} >"$last/crawl-$1.json" 2>>"$last/crawl.log" || true
    jq 'del(.requests) | if (.metadata.random_seed.base64 | length) == 684 then .metadata.random_seed = "512 bytes" else . end' \
        "$last/crawl-$1.json" >"$last/understood-$1.json"
}
# ask_all WAY: everything that all guests ask on that way.
ask_all() {
    ask network 80 "${network_guests[@]}" >"$last/answers-$1-network.json"
    ask router 80 "${router_guests[@]}" >"$last/answers-$1-router.json"
    ask router 9697 "${router_link_local_guests[@]}" >>"$last/answers-$1-router.json"
    crawl "$1-network" network
    crawl "$1-link-local" network 'http://[fe80::a9fe:a9fe%eth0]'
    crawl "$1-router" router
}
# compare_way WAY SENTENCE [--edge] [--agent]: with those of ours that the way has in it.
compare_way() {
    local way=$1 name=$2 kind
    shift 2
    ask_all "$way"
    for kind in network router; do
        local log="$last/compare-$way-$kind.log"
        if /usr/bin/python3 tests/openstack/compare.py "$last/answers-stock-$kind.json" "$last/answers-$way-$kind.json" "$@" >"$log" 2>&1; then
            ok "$name, $kind mode: $(tail -n 1 "$log")"
        else
            fail "$name, $kind mode" "$(tail -n 1 "$log") ($log)"
        fi
    done
    for kind in network link-local router; do
        check_that "$name, cloud-init by $kind understands the same" diff -u "$last/understood-stock-$kind.json" "$last/understood-$way-$kind.json"
    done
}

# stock_answers: what all guests are answered by the stock services, which every other way is compared with.
stock_answers() {
    local kind
    stock_agent "$MDPORT"
    ask_all stock
    check "The stock services answer guests of the network" 200 "$(jq -s '.[0].status' "$last/answers-stock-network.json")"
    check "The stock services answer guests of the router" 200 "$(jq -s '.[0].status' "$last/answers-stock-router.json")"
    for kind in network link-local router; do
        check "cloud-init understands the stock services by $kind" true "$(jq .ok "$last/understood-stock-$kind.json")"
    done
}
