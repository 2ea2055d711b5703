# Sourced by ./test: which parts there are, what each needs, how each is run and counted.

passed=0 failed=0 skipped=0

# part NAME TEST-PROJECT: the parts of the suite in the order in which they run, quick ones first.
parts="core:Stackmeta.Core.Tests
documents:Stackmeta.Documents.Tests
http:Stackmeta.Http.Tests
inventory:Stackmeta.Inventory.Tests
api:Stackmeta.Api.Tests
agent:Stackmeta.Agent.Tests
admin:Stackmeta.Admin.Tests
drive:Stackmeta.ConfigDrive.Tests
openstack-unit:Stackmeta.OpenStack.Tests
program:Stackmeta.Tests
fuzz:Stackmeta.Fuzz
console:Stackmeta.WebConsole.Tests
simulation:Stackmeta.Simulation.Tests
edge:Stackmeta.Edge.Tests
reference:Stackmeta.Reference.Tests
end-to-end:Stackmeta.EndToEnd.Tests
hostile:Stackmeta.Hostile.Tests"

needs_of() {
    case "$1" in
        documents) need /usr/bin/python3 python3-minimal "is the judge of the JSON form" ;;
        inventory)
            need /usr/lib/postgresql/15/bin/postgres postgresql-15 "holds shared inventories"
            need setpriv util-linux "starts it as its own user"
            ;;
        admin)
            need curl curl "asks as another user"
            need setpriv util-linux "becomes another user"
            ;;
        program)
            need man man-db "reads the manual"
            need mandoc mandoc "checks the manual"
            need systemd-analyze systemd "judges the units"
            ;;
        drive)
            need isoinfo genisoimage "makes and reads ISO 9660 volumes to compare with"
            need xorriso xorriso "reads ISO 9660 volumes"
            need mcopy mtools "reads vfat volumes"
            need fsck.vfat dosfstools "checks vfat volumes"
            need bsdtar libarchive-tools "unpacks ISO 9660 volumes"
            ;;
        openstack-unit | reference)
            need mariadbd mariadb-server "holds Nova's recorded databases"
            need /usr/lib/postgresql/15/bin/postgres postgresql-15 "holds the same rows"
            ;;
        agent) need haproxy haproxy "is the networks' proxy" ;;
        edge | end-to-end | hostile | console)
            need ip iproute2 "makes namespaces"
            need dnsmasq dnsmasq-base "is the networks' DHCP server"
            need haproxy haproxy "is the networks' proxy"
            need radvd radvd "announces IPv6 gateways"
            need dhclient isc-dhcp-client "is the guests' DHCP client"
            need curl curl "is how guests ask"
            need nft nftables "redirects in router namespaces"
            need iptables iptables "redirects in router namespaces"
            ;;
    esac
    case "$1" in
        console)
            need chromium chromium "is the browser that looks at the console"
            need /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf fonts-dejavu-core "is the letters that it shows"
            need /usr/bin/python3 python3 "sends what curl would not"
            ;;
        hostile)
            need /usr/bin/python3 python3 "is a hostile local user"
            need setpriv util-linux "becomes another user"
            ;;
        end-to-end)
            need mariadbd mariadb-server "holds Nova's recorded databases"
            need /usr/lib/postgresql/15/bin/postgres postgresql-15 "holds shared inventories"
            need mcopy mtools "reads vfat volumes"
            need bsdtar libarchive-tools "unpacks ISO 9660 volumes"
            ;;
    esac
    case "$1" in
        reference)
            need ip iproute2 "makes namespaces"
            need haproxy haproxy "is the networks' proxy"
            ;;
        end-to-end | drive)
            need /usr/bin/python3 python3 "runs cloud-init's own code"
            local module
            for module in yaml requests jinja2 configobj jsonpatch jsonschema oauthlib netifaces; do
                need_python_module "$module" "python3-$module" "is what cloud-init imports"
            done
            ;;
    esac
}

# get_unpacked PACKAGE FILE: a Debian package in artifacts/PACKAGE, unpacked and not installed; FILE in it tells that it is there.
get_unpacked() {
    local package=$1 file=$2 folder=artifacts/$1
    [ -e "$folder/$file" ] && return 0
    echo "Fetching the $package package (unpacked into $folder, not installed)" >&2
    rm -rf "$folder.part" && mkdir -p "$folder.part"
    if ! (cd "$folder.part" && { apt-get -qq download "$package" || { apt-get -qq update && apt-get -qq download "$package"; }; } >/dev/null 2>&1); then
        echo "$package cannot be fetched: run 'apt-get update', then try again." >&2
        exit 1
    fi
    dpkg-deb -x "$folder.part/$package"_*.deb "$folder.part"
    rm -rf "$folder" && mv "$folder.part" "$folder"
}

# An installed cloud-init would take over how this machine boots.
get_cloud_init() { get_unpacked cloud-init usr/lib/python3/dist-packages/cloudinit; }

# An installed Prometheus would start to collect.
get_promtool() { get_unpacked prometheus usr/bin/promtool; }

# get_ready NAME...: has what parts need.
get_ready() {
    local name
    for name in "$@"; do needs_of "$name"; done
    install_needed
    for name in "$@"; do
        case "$name" in
            end-to-end | drive) get_cloud_init ;;
            admin | program) get_promtool ;;
        esac
    done
}

run_part() {
    local name=$1 project=$2 binary="artifacts/bin/$2/release/$2" log="artifacts/test-$1.log" line
    printf '%-15s ' "$name" >&2
    local status=0
    "$binary" -noColor >"$log" 2>&1 </dev/null || status=$?
    line=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -n 1 || true)
    if [ -z "$line" ]; then
        tail -n 40 "$log" >&2
        echo "$name ended with exit code $status and told no totals; its whole output is in $log." >&2
        failed=$((failed + 1))
        return
    fi
    local total errors fails skips
    total=$(sed -E 's/.*Total: ([0-9]+).*/\1/' <<<"$line")
    errors=$(sed -E 's/.*Errors: ([0-9]+).*/\1/' <<<"$line")
    fails=$(sed -E 's/.*Failed: ([0-9]+).*/\1/' <<<"$line")
    skips=$(sed -E 's/.*Skipped: ([0-9]+).*/\1/' <<<"$line")
    local bad=$((errors + fails))
    # A run that ended badly for another reason than a counted test must not pass.
    if [ "$bad" = 0 ] && [ "$status" != 0 ]; then bad=1; fi
    passed=$((passed + total - fails - skips)) failed=$((failed + bad)) skipped=$((skipped + skips))
    echo "${line##*Tests  }" >&2
    if [ "$bad" != 0 ]; then
        grep -vE 'Discover|Starting|Finished' "$log" | sed -n '1,120p' >&2
        echo "(its whole output is in $log)" >&2
    elif [ "$skips" != 0 ]; then
        grep -A1 -F '[SKIP]' "$log" | sed -n '1,20p' >&2
    fi
}

run_style() {
    printf '%-15s ' style >&2
    if dotnet tool restore >artifacts/test-style.log 2>&1 && dotnet csharpier check . >>artifacts/test-style.log 2>&1; then
        echo "every file is formatted" >&2
        passed=$((passed + 1))
    else
        tail -n 20 artifacts/test-style.log >&2
        echo "Run 'dotnet csharpier format .'" >&2
        failed=$((failed + 1))
    fi
}

# run_bench NAME: as little of a benchmark as shows that it works; no figure is looked at.
run_bench() {
    local name=$1 log="artifacts/test-bench-$1.log"
    printf '%-15s ' "bench $name" >&2
    if bench/run "$name" --smoke >"$log" 2>&1 </dev/null && ! grep -q 'wrong answer' "$log"; then
        echo "runs" >&2
        passed=$((passed + 1))
    else
        tail -n 20 "$log" >&2
        echo "(its whole output is in $log)" >&2
        failed=$((failed + 1))
    fi
}

# The program as it ships, under the tests that run it.
run_native() {
    needs_of end-to-end
    publish_program "$PWD" "$PWD/artifacts/stackmeta"
    get_cloud_init
    build_project "$PWD" tests/Stackmeta.Published.Tests
    build_project "$PWD" tests/Stackmeta.EndToEnd.Tests
    export TESTED_PROGRAM=$PWD/artifacts/stackmeta/stackmeta
    run_part published Stackmeta.Published.Tests
    run_part end-to-end Stackmeta.EndToEnd.Tests
    local bench
    for bench in path edge neighbours storm memory shared; do
        run_bench "$bench"
    done
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ]
}

# run_fuzz SECONDS [SEED], or replay TARGET SEED [HEX]: bytes of chance for every listener and parser.
run_fuzz() {
    build_project "$PWD" tests/Stackmeta.Fuzz
    artifacts/bin/Stackmeta.Fuzz/release/Stackmeta.Fuzz fuzz "$@"
}

# run_mutants [TEXT...]: breaks what the tests promise (tests/mutants/run).
run_mutants() {
    need /usr/bin/python3 python3 "breaks one promise after another"
    install_needed
    case "${1-}" in
        -h | --help) ;;
        *)
            local projects entry names=()
            projects=$(tests/mutants/run --projects "$@")
            for entry in $parts; do
                if grep -qxF "${entry#*:}" <<<"$projects"; then names+=("${entry%%:*}"); fi
            done
            get_ready "${names[@]}"
            ;;
    esac
    exec tests/mutants/run "$@"
}

run_suite() {
    local wanted=("$@") entry name project
    local known=" style "
    for entry in $parts; do known+="${entry%%:*} "; done
    for name in "${wanted[@]}"; do
        case "$known" in
            *" $name "*) ;;
            *) echo "There is no part '$name'. The parts:$known" >&2; exit 2 ;;
        esac
    done
    is_wanted() { [ ${#wanted[@]} -eq 0 ] || [[ " ${wanted[*]} " == *" $1 "* ]]; }
    local names=()
    for entry in $parts; do
        if is_wanted "${entry%%:*}"; then names+=("${entry%%:*}"); fi
    done
    get_ready "${names[@]}"
    build_project "$PWD" Stackmeta.slnx
    # Told before, so that it is known of a run that is cut short too.
    export HOSTILE_SEED=${HOSTILE_SEED:-$((RANDOM * 32768 + RANDOM))}
    if is_wanted hostile; then echo "hostile: HOSTILE_SEED=$HOSTILE_SEED" >&2; fi
    for entry in $parts; do
        name=${entry%%:*} project=${entry#*:}
        if is_wanted "$name" && [ -d "tests/$project" ]; then run_part "$name" "$project"; fi
    done
    if is_wanted style; then run_style; fi
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ]
}
