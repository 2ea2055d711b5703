# Sourced by ./run: a machine of its own for systemd, made of namespaces. Nothing of it is seen outside, and all of it ends with it.

machine='' control_group=/sys/fs/cgroup

# make_root FILE: a Debian 12 with what the package needs and a load generator, as an archive.
make_root() {
    [ -e "$1" ] && return 0
    echo "Making a root file system (a minute or two) ..." >&2
    mmdebstrap --quiet --format=tar --variant=minbase \
        --include=systemd,systemd-sysv,dbus,iproute2,dnsmasq-base,nftables,curl,apache2-utils,procps,man-db \
        bookworm "$1.part" >&2
    mv "$1.part" "$1"
}

# boot_machine FOLDER: returns when systemd has booted.
boot_machine() {
    root=$(mktemp -d "$1/root.XXXXXX")
    tar -xf "$1/root.tar" -C "$root" --exclude='./dev/*'
    mkdir -p "$root/packages"
    cp "$1"/first/*.deb "$root/packages/first.deb"
    cp "$1"/next/*.deb "$root/packages/next.deb"
    # A unified hierarchy of our own: what systemd on this host has, if any, is left alone.
    [ -e /sys/fs/cgroup/cgroup.procs ] || control_group=/sys/fs/cgroup/unified
    control_group=$control_group/stackmeta-package-$$
    mkdir "$control_group"
    (
        echo "$BASHPID" >"$control_group/cgroup.procs"
        exec unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child bash "$here/boot" "$root"
    ) >"$last/boot.log" 2>&1 </dev/null &
    unshare_process=$!
    local tries
    for tries in $(seq 300); do
        machine=$(head -n 1 "$control_group/init.scope/cgroup.procs" 2>/dev/null || true)
        if [ -n "$machine" ] && inside systemctl is-system-running --wait >/dev/null 2>&1; then return 0; fi
        kill -0 "$unshare_process" 2>/dev/null || break
        sleep 0.1
    done
    cat "$last/boot.log" >&2
    echo "The machine does not boot." >&2
    exit 1
}

# inside COMMAND...: runs it on the machine.
inside() { nsenter --target "$machine" --mount --pid --net --uts --ipc --cgroup -- "$@"; }

halt_machine() {
    if [ -n "$machine" ]; then
        inside journalctl --no-pager -o short-precise >"$last/journal" 2>/dev/null || true
        # The first process of a namespace of processes ends all others with it.
        kill -KILL "$machine" 2>/dev/null || true
        wait "$unshare_process" 2>/dev/null || true
        machine=''
        find "$control_group" -depth -type d -exec rmdir {} + 2>/dev/null || true
        rm -rf "$root"
    fi
}
