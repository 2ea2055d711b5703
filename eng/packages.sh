# Sourced by ./stackmeta and ./test: collects what is missing, then installs it or says exactly what to run.

missing_packages=()
missing_reasons=()

# need COMMAND-or-FILE PACKAGE "why it is needed"
need() {
    case "$1" in
        /*) [ -e "$1" ] && return 0 ;;
        *) PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null 2>&1 && return 0 ;;
    esac
    miss "$2" "$3"
}

# need_python_module MODULE PACKAGE "why it is needed": for Debian's own interpreter, whichever else is on the PATH.
need_python_module() {
    [ -x /usr/bin/python3 ] && /usr/bin/python3 -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('$1') is None)" && return 0
    miss "$2" "$3"
}

miss() {
    [[ " ${missing_packages[*]} " == *" $1 "* ]] && return 0
    missing_packages+=("$1")
    missing_reasons+=("$1: $2")
}

install_needed() {
    [ ${#missing_packages[@]} -eq 0 ] && return 0
    printf 'Missing Debian package %s\n' "${missing_reasons[@]}" >&2
    if [ "$(id -u)" != 0 ]; then
        printf 'Run this, then try again:\n  sudo apt-get update && sudo apt-get install --no-install-recommends %s\n' "${missing_packages[*]}" >&2
        exit 1
    fi
    echo "Installing: ${missing_packages[*]}" >&2
    local log
    log=$(mktemp)
    # Services of freshly installed packages must not start by themselves: policy-rc.d says no for the time of the installation.
    local policy=/usr/sbin/policy-rc.d made_policy=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
        made_policy=1
    fi
    local ok=1
    if ! { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 \
        --no-install-recommends install "${missing_packages[@]}"; } >"$log" 2>&1 </dev/null; then
        ok=
    fi
    [ -z "$made_policy" ] || rm -f "$policy"
    if [ -z "$ok" ]; then
        tail -n 20 "$log" >&2
        echo "The installation failed; its whole output is in $log." >&2
        exit 1
    fi
    rm -f "$log"
    hash -r
    missing_packages=()
    missing_reasons=()
}
