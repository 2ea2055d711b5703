# Sourced by parts with the full rig: guests of the recorded network net-a and of the recorded router router-r, behind the stock haproxy with
# Neutron's own template. Each is a namespace with the MAC address of its port, as the firewall of Neutron's agents would have it.

recorded() {
    jq -r "$1" "$ST/seed.json"
}
net_a=$(recorded '.networks["net-a"]')
standard=$(recorded '.instances[] | select(.key == "o02-standard") | .uuid')

# guest NAME SEGMENT MAC ADDRESS...: beside these each has the link-local address that its MAC makes.
declare -A guest_of=()
guests=()
guest() {
    local name=$1 segment=$2 mac=$3 address
    shift 3
    guests+=("$name $segment $mac $*")
    for address in "$@" "$(link_local "$mac")"; do guest_of[$segment $address]=osrig-v-$name; done
}
# link_local MAC (RFC 4291, appendix A)
link_local() {
    local bytes
    IFS=: read -ra bytes <<<"$1"
    printf 'fe80::%x:%x:%x:%x\n' "0x$(printf '%02x' $((0x${bytes[0]} ^ 2)))${bytes[1]}" "0x${bytes[2]}ff" "0xfe${bytes[3]}" "0x${bytes[4]}${bytes[5]}"
}

# Network net-a. A deleted instance is nobody, and so is an address that no port has. One has an address that tells no MAC beside its own.
guest o02 network fa:16:3e:00:00:11 10.10.0.11 fe80::1
guest o03 network fa:16:3e:00:00:12 10.10.0.12 fd00:a::f816:3eff:fe00:12
guest o20 network fa:16:3e:00:00:20 10.10.0.20
guest o22 network fa:16:3e:00:00:22 10.10.0.22
guest nobody network fa:16:3e:00:00:fa 10.10.0.250
network_guests=(10.10.0.11 10.10.0.12 10.10.0.20 10.10.0.22 10.10.0.250
    fe80::f816:3eff:fe00:11 fe80::f816:3eff:fe00:20 fe80::1 fd00:a::f816:3eff:fe00:12)
# The two networks of router-r. o38 and o39 have one MAC, each on another of them; what o20 sends on the second has the MAC of another router.
guest o20-r1 router fa:16:3e:00:00:2a 10.61.0.20
guest o38 router fa:16:3e:00:00:38 10.61.0.38
guest nobody-r1 router fa:16:3e:00:00:fa 10.61.0.250
guest o20-r2 router2 02:00:00:00:00:2b 10.62.0.20
guest o39 router2 fa:16:3e:00:00:38 10.62.0.38
router_guests=(10.61.0.20 10.62.0.20 10.61.0.38 10.62.0.38 10.61.0.250)
router_link_local_guests=(fe80::f816:3eff:fe00:2a fe80::f816:3eff:fe00:38)

# in_guest network|router COMMAND...: in the first of them.
in_guest() {
    local namespace
    case "$1" in
        network) namespace=osrig-v-o02 ;;
        router) namespace=osrig-v-o20-r1 ;;
    esac
    shift
    ip netns exec "$namespace" "$@"
}
# ask network|router PORT ADDRESS... [instance-id]: each from the namespace of the guest whose address it is.
ask() {
    local kind=$1 port=$2 what='' address
    shift 2
    if [ "${*: -1}" = instance-id ]; then
        what=instance-id
        set -- "${@:1:$#-1}"
    fi
    for address in "$@"; do
        ip netns exec "${guest_of[$kind $address]-${guest_of[${kind}2 $address]-}}" /usr/bin/python3 tests/openstack/ask.py eth0 "$port" "$address" $what
    done
}

# make_guest NAME SEGMENT MAC ADDRESS...: on the segment's bridge.
make_guest() {
    local namespace=osrig-v-$1 switch bridge address gateway
    case "$2" in
        network) switch=osrig-v-neta bridge=network ;;
        router*) switch=osrig-v-rtrr bridge=$2 ;;
    esac
    ip netns add "$namespace"
    ip -n "$switch" link add "v-$1" type veth peer name eth0 netns "$namespace" address "$3"
    ip -n "$switch" link set "v-$1" master "$bridge" up
    ip -n "$namespace" link set lo up
    ip -n "$namespace" link set eth0 addrgenmode none
    ip -n "$namespace" link set eth0 up
    for address in "${@:4}" "$(link_local "$3")"; do
        case "$address" in
            *:*) ip -n "$namespace" address add "$address/64" dev eth0 nodad ;;
            *) ip -n "$namespace" address add "$address/24" dev eth0 ;;
        esac
    done
    gateway=${4%.*}.1
    case "$2" in
        network) ip -n "$namespace" route add 169.254.169.254 dev eth0 ;;
        router*) ip -n "$namespace" route add 169.254.169.254 via "$gateway" ;;
    esac
}

# make_switch NAMESPACE BRIDGE DEVICE: what were the addresses of one guest is a bridge for many.
make_switch() {
    ip -n "$1" address flush dev "$3"
    ip -n "$1" link add "$2" type bridge
    ip -n "$1" link set "$3" master "$2" up
    ip -n "$1" link set "$2" up
}

# The kernel's own link-local address is there a second or two after the link is up.
is_settled() {
    [ -n "$(ip -n "$1" -6 -o address show dev eth0 scope link -tentative)" ]
}

make_guests() {
    local proxy one
    "$OPENSTACK_TOOLS/netns.sh" down >>"$last/netns.log" 2>&1
    NETA_MAC=02:00:00:00:00:0a RTRR_MAC=02:00:00:00:00:0b "$OPENSTACK_TOOLS/netns.sh" up >>"$last/netns.log" 2>&1
    make_switch osrig-v-neta network eth0
    make_switch osrig-v-rtrr router eth0
    ip -n osrig-p-neta -6 route add fd00:a::/64 dev pvneta

    proxy=osrig-p-rtrr
    ip -n $proxy link add pvrtr2 type veth peer name eth1 netns osrig-v-rtrr
    ip -n $proxy link set pvrtr2 up
    ip -n $proxy address add 10.62.0.1/24 dev pvrtr2
    make_switch osrig-v-rtrr router2 eth1
    # As Neutron's L3 agent does in a router's namespace.
    ip netns exec $proxy iptables -t nat -A PREROUTING -d 169.254.169.254/32 -i pvrtr+ -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 9697

    for one in "${guests[@]}"; do make_guest $one; done
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

# neutron METHOD PATH [JSON]: of the real server, as its own user.
neutron() {
    [ -n "${token-}" ] || token=$(jq -n --arg password "$SVCPW" '{auth: {identity: {methods: ["password"], password: {user: {name: "neutron",
        domain: {id: "default"}, password: $password}}}, scope: {project: {name: "service", domain: {id: "default"}}}}}' |
        curl -s -i -H 'Content-Type: application/json' --data @- "http://127.0.0.1:$KSPORT/v3/auth/tokens" | tr -d '\r' |
        awk 'tolower($1) == "x-subject-token:" { print $2 }')
    curl -sf -X "$1" -H "X-Auth-Token: $token" -H 'Content-Type: application/json' ${3:+--data "$3"} "http://127.0.0.1:$NEUTRONPORT/v2.0/$2"
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
