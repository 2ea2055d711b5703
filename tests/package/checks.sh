# Sourced by ./run: what is looked at, in the order of a package's life.

# check WHAT COMMAND...: counts whether it ends well.
check() {
    local what=$1
    shift
    if "$@" >"$last/check" 2>&1; then
        passed=$((passed + 1))
        echo "  ok    $what" >&2
    else
        failed=$((failed + 1))
        echo "  WRONG $what" >&2
        sed -n '1,30p' "$last/check" >&2
    fi
}

# eventually COMMAND...: until it ends well, for at most half a minute.
eventually() {
    local tries
    for tries in $(seq 300); do
        if "$@"; then return 0; fi
        sleep 0.1
    done
    return 1
}

is() { [ "$1" = "$2" ] || { echo "It is '$1', not '$2'."; return 1; }; }
not() { ! "$@"; }

property() { inside systemctl show --value --property "$2" "$1"; }
stackmeta() { inside stackmeta "$@" --data /var/lib/stackmeta; }
guest() { inside ip netns exec guest "$@"; }

check_install() {
    check "the package installs" inside env DEBIAN_FRONTEND=noninteractive dpkg --install /packages/first.deb
    check "the service runs" is "$(property stackmeta ActiveState)" active
    check "it says that it is ready" eventually eval 'is "$(property stackmeta StatusText)" Ready'
    check "guests are served by a user without rights" eval \
        'inside sh -c "grep -H CapEff /proc/\$(pgrep -u stackmeta -x stackmeta)/status" | grep -q 0000000000000000'
    check "status tells of both halves" eval '[ "$(stackmeta status | grep -c ^ready)" = 2 ]'
    check "the manual is there" inside man --warnings -E UTF-8 -l /usr/share/man/man1/stackmeta-up.1.gz
    check "units are as systemd wants them" inside systemd-analyze verify --man=yes \
        /lib/systemd/system/stackmeta.service /lib/systemd/system/stackmeta-{api,agent,edge,opener}.service
}

# A network, an instance, and a namespace that stands for its machine.
check_guest() {
    local port mac network
    stackmeta network create lab >/dev/null
    stackmeta subnet create --network lab --cidr 10.77.0.0/24 >/dev/null
    stackmeta instance create web-1 --nic net=lab >/dev/null
    network=$(stackmeta network list --output json | sed -n 's/.*"id": *"\([0-9a-f-]*\)".*/\1/p' | head -n 1)
    port=$(stackmeta port list --device web-1 --output json | sed -n 's/.*"id": *"\([0-9a-f-]*\)".*/\1/p' | head -n 1)
    mac=$(stackmeta port list --device web-1 --output json | sed -n 's/.*"mac_address": *"\([0-9a-f:]*\)".*/\1/p' | head -n 1)
    address=$(stackmeta port list --device web-1 --output json | grep -o '10\.77\.0\.[0-9]*' | head -n 1)
    eventually inside test -e "/run/netns/qdhcp-$network"
    inside ip netns add guest
    inside ip link add tap0 type veth peer name eth0 netns guest
    guest ip link set eth0 address "$mac" up
    guest ip address add "$address/24" dev eth0
    guest ip route add 169.254.169.254 dev eth0
    eventually stackmeta port attach "$port" tap0 >/dev/null 2>&1
    check "a guest is told who it is" eventually eval 'is "$(guest curl -sS --max-time 5 http://169.254.169.254/latest/meta-data/hostname)" web-1.novalocal'
}

check_reload() {
    inside sh -c 'echo "{ \"dhcp_domain\": \"example.org\" }" >/etc/stackmeta/stackmeta.json'
    inside systemctl reload stackmeta
    check "a reload makes a setting hold" eventually eval 'is "$(guest curl -sS http://169.254.169.254/latest/meta-data/hostname)" web-1.example.org'
    inside sh -c 'echo "{ \"dhcp_domian\": 1 }" >/etc/stackmeta/stackmeta.json'
    inside systemctl reload stackmeta
    check "bad settings are refused by name" eventually eval 'inside journalctl -u stackmeta --no-pager | grep -q "those that held go on.*dhcp_domian"'
    check "and those that held go on" eval 'is "$(guest curl -sS http://169.254.169.254/latest/meta-data/hostname)" web-1.example.org'
    inside sh -c 'echo "{ \"dhcp_domain\": \"example.org\" }" >/etc/stackmeta/stackmeta.json'
    inside systemctl reload stackmeta
}

# Guests ask on a connection each while the package is exchanged again and again, and the service restarted and reloaded.
check_upgrade() {
    local asking round=0 version
    # ab ends with an error at the first connection that is refused or cut off.
    guest ab -q -n "$requests" -c 8 -s 60 http://169.254.169.254/openstack/latest/meta_data.json >"$last/ab" 2>&1 &
    asking=$!
    while kill -0 "$asking" 2>/dev/null; do
        round=$((round + 1))
        if [ $((round % 2)) = 1 ]; then version=next; else version=first; fi
        inside env DEBIAN_FRONTEND=noninteractive dpkg --install --force-downgrade --force-confold "/packages/$version.deb" >>"$last/dpkg" 2>&1 || echo "dpkg failed" >>"$last/dpkg-failed"
        inside systemctl reload stackmeta || true
        sleep 1
    done
    check "dpkg never failed ($round times)" test ! -e "$last/dpkg-failed"
    check "$requests requests during $round upgrades: the load ended well" wait "$asking"
    check "all of them were answered" grep -q "^Complete requests: *$requests$" "$last/ab"
    check "none failed" eval 'grep -q "^Failed requests: *0$" "$last/ab" && ! grep -q "^Non-2xx" "$last/ab"'
    check "the service was restarted and not merely reloaded" eval '[ "$(inside journalctl -u stackmeta --no-pager | grep -c "Started stackmeta")" -gt "$round" ]'
    inside dpkg --install --force-confold /packages/next.deb >/dev/null 2>&1
}

check_crash() {
    local before
    before=$(property stackmeta MainPID)
    inside kill -KILL "$before"
    check "a service that is killed comes back" eventually is_another "$before"
    check "and its guests are served" eval 'is "$(guest curl -sS --max-time 20 http://169.254.169.254/latest/meta-data/hostname)" web-1.example.org'
    # A minute is long for a test.
    inside sh -c 'mkdir -p /run/systemd/system/stackmeta.service.d && printf "[Service]\nWatchdogSec=6s\n" >/run/systemd/system/stackmeta.service.d/test.conf'
    inside systemctl daemon-reload
    inside systemctl restart stackmeta
    before=$(property stackmeta MainPID)
    inside kill -STOP "$(inside pgrep -u stackmeta -x stackmeta)"
    check "one that hangs is found out by the watchdog and started anew" eventually is_another "$before"
    inside rm -r /run/systemd/system/stackmeta.service.d
    inside systemctl daemon-reload
    inside systemctl restart stackmeta
}

# is_another PROCESS: whether the service runs as another process.
is_another() { [ "$(property stackmeta MainPID)" != "$1" ] && [ "$(property stackmeta SubState)" = running ]; }

# Each hop alone, as in a cloud; here on the inventory, since there is none.
check_hops() {
    local unit
    inside systemctl disable --now stackmeta >/dev/null 2>&1
    inside sh -c 'umask 077; echo a-secret-of-its-own >/etc/stackmeta/credentials/shared_secret'
    for unit in opener api agent edge; do
        check "stackmeta-$unit starts" inside systemctl start "stackmeta-$unit"
        check "stackmeta-$unit runs" is "$(property "stackmeta-$unit" SubState)" running
    done
    check "the API has the secret of the credential" eval 'inside sh -c "tr \"\\0\" \"\\n\" </proc/\$(systemctl show --value -p MainPID stackmeta-api)/environ" | grep -q CREDENTIALS_DIRECTORY && signed | grep -q web-1'
    inside ab -q -n 20000 -c 8 -s 60 http://127.0.0.1:8775/healthcheck >"$last/ab-api" 2>&1 &
    local asking=$!
    while kill -0 "$asking" 2>/dev/null; do
        inside systemctl restart stackmeta-api
        sleep 1
    done
    check "the API restarts under load" wait "$asking"
    check "and no request fails" eval 'grep -q "^Failed requests: *0$" "$last/ab-api" && ! grep -q "^Non-2xx" "$last/ab-api"'
    inside systemctl stop stackmeta-edge stackmeta-agent stackmeta-api stackmeta-opener
    inside systemctl enable --now stackmeta >/dev/null 2>&1
}

# What an agent that has the credential's secret is told of the instance.
signed() {
    local id signature
    id=$(stackmeta instance list --output json | sed -n 's/.*"id": *"\([0-9a-f-]*\)".*/\1/p' | head -n 1)
    signature=$(printf %s "$id" | openssl dgst -sha256 -hmac a-secret-of-its-own | sed 's/.*= //')
    inside curl -sS -H "X-Instance-ID: $id" -H "X-Tenant-ID: $(stackmeta instance list --output json | sed -n 's/.*"project_id": *"\([^"]*\)".*/\1/p' | head -n 1)" \
        -H "X-Instance-ID-Signature: $signature" http://127.0.0.1:8775/latest/meta-data/hostname
}

check_removal() {
    check "the package is removed" inside dpkg --remove stackmeta
    check "nothing of it runs" not inside pgrep -x stackmeta
    check "its networks are gone" eval '! inside ip netns list | grep -q qdhcp && ! inside ip link | grep -q brq'
    check "settings and inventory are left" inside test -e /etc/stackmeta/stackmeta.json -a -e /var/lib/stackmeta/inventory.db
    check "it is purged" inside dpkg --purge stackmeta
    # What man-db keeps of pages that were looked at is man-db's.
    check "nothing of it is left" eval 'is "$(inside find / -xdev -name "*stackmeta*" -not -path "/proc/*" -not -path "/packages/*" -not -path "/var/log/*" -not -path "/var/cache/man/*" -not -path "/var/lib/dpkg/*" -not -path "/tmp/*")" ""'
}
