# Sourced by the parts: the real services, ours, and what came of it.
#
# A part is an executable file in parts/ that sources this one and names the services that it wants in a line of its own:
#   # rig: light     the databases with the recorded rows, nova-api-metadata, a stand-in for Keystone and Neutron
#   # rig: full      the same with the real Keystone, Neutron, RabbitMQ and neutron-metadata-agent
#   # rig: none      nothing
# It runs in $CHECKOUT, within the run's own network, process and mount namespaces. Of the services' scripts it has, among others,
# $ETC (nova.conf, neutron.conf, metadata_agent.ini), $ST (state), $MDSOCK (the agent's socket), $MDPORT, $SECRET and sql.

path=$PATH
. "$OPENSTACK_TOOLS/env.sh"
export PATH=$path:/usr/sbin:/sbin
cd "$CHECKOUT"

recordings=$OPENSTACK_TOOLS/../../reference
last=$ARTIFACTS/last
own=$OSRIG_STATE/own
mkdir -p "$own" "$LOG" "$RUN"
chmod 755 "$own"

# --- What came of it

ok() {
    echo ok >>"$RESULTS"
    echo "ok   $1"
}
fail() {
    echo FAIL >>"$RESULTS"
    echo "FAIL $1: $2"
}
skip() {
    echo skip >>"$RESULTS"
    echo "skip $1: $2"
}
# check NAME EXPECTED ACTUAL
check() {
    if [ "$2" = "$3" ]; then ok "$1"; else fail "$1" "expected '${2:0:400}', was '${3:0:400}'"; fi
}
# check_that NAME COMMAND...: what the command tells is kept; its last line tells why it failed.
check_that() {
    local name=$1 log="$last/${1//[^A-Za-z0-9]/-}.log"
    shift
    if "$@" >"$log" 2>&1; then ok "$name"; else fail "$name" "$(tail -n 1 "$log") ($log)"; fi
}

# --- Processes of ours, by name

# start NAME COMMAND...
start() {
    local name=$1
    shift
    "$@" >>"$last/$name.log" 2>&1 </dev/null &
    echo $! >"$own/$name.pid"
}
# stop NAME: its exit code is that of the process, which is 127 when another shell started it.
stop() {
    local file=$own/$1.pid pid status=0
    [ -f "$file" ] || return 0
    pid=$(cat "$file")
    rm -f "$file"
    kill -TERM "$pid" 2>/dev/null || true
    for _ in $(seq 100); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || status=$?
    return $status
}
stop_all() {
    local file
    for file in "$own"/*.pid; do
        [ ! -e "$file" ] || stop "$(basename "$file" .pid)" || true
    done
}
# wait_until SENTENCE COMMAND...: for a minute and longer.
wait_until() {
    local sentence=$1
    shift
    for _ in $(seq 300); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        sleep 0.2
    done
    echo "In vain: $sentence" >&2
    return 1
}
# Whether it serves: without what it needs from elsewhere it does, and says that it is not ready.
is_ready() {
    grep -q -e '^Ready\.$' -e ' Not ready: ' "$last/$1.log"
}
# start_ours NAME ARGUMENTS...: our program, when it says that it is ready.
start_ours() {
    local name=$1
    shift
    : >"$last/$name.log"
    start "$name" "$STACKMETA" "$@" --config "$own/settings.json"
    wait_until "$name is ready" is_ready "$name" || { tail -n 3 "$last/$name.log" >&2; return 1; }
}
echo '{}' >"$own/settings.json"

# --- The services

# rig_up light|full|none, with the recorded rows.
rig_up() {
    local schemas
    [ "$1" != none ] || return 0
    schemas=$ARTIFACTS/schemas-$(dpkg-query -W -f '${Version} ' python3-nova python3-neutron python3-keystone mariadb-server | sha256sum | head -c 12).tar
    if [ -e "$schemas" ]; then
        ln -sf "$schemas" "$OSRIG_STATE/template.tar"
    else
        echo "Making the databases' schemas, once (half a minute) ..." >&2
    fi
    {
        "$OPENSTACK_TOOLS/up.sh" db &&
            "$OPENSTACK_TOOLS/restore.sh" "$recordings/nova/db" &&
            if [ "$1" = light ]; then
                "$OPENSTACK_TOOLS/up.sh" light
            else
                NOVA_THREADS=1 "$OPENSTACK_TOOLS/up.sh"
            fi
    } >>"$last/up.log" 2>&1 || { tail -n 5 "$last/up.log" >&2; return 1; }
    if [ ! -e "$schemas" ]; then
        rm -f "$ARTIFACTS"/schemas-*.tar
        cp "$OSRIG_STATE/template.tar" "$schemas.part" && mv "$schemas.part" "$schemas"
    fi
}
rig_down() {
    if [ -n "$(ls "$RUN")" ]; then WIPE=1 "$OPENSTACK_TOOLS/down.sh" >>"$last/down.log" 2>&1 || true; fi
}
