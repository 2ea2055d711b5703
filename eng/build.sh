# Sourced by ./stackmeta and ./test: builds what is older than its sources. One configuration (Release) for both, so that neither builds what the other has.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# build_project ROOT PROJECT-or-SOLUTION [MSBUILD-ARGS...]
build_project() {
    local root=$1 target=$2
    shift 2
    if ! command -v dotnet >/dev/null 2>&1; then
        echo "The .NET 10 SDK is missing: 'dotnet' is not on the PATH. Install it, then try again." >&2
        exit 1
    fi
    local stamp="$root/artifacts/.built-${target//\//-}"
    if [ -e "$stamp" ] && [ -z "$(find "$root/src" "$root/tests" "$root/bench" "$root"/Directory.* "$root/global.json" "$root/.editorconfig" \
        -newer "$stamp" -not -path '*/__pycache__*' -print -quit)" ]; then
        return 0
    fi
    mkdir -p "$root/artifacts"
    echo "Building $target ..." >&2
    # One build at a time in this folder: two would write the same files.
    exec 9>"$root/artifacts/.build-lock"
    flock 9
    local log="$root/artifacts/build.log" began
    began=$(mktemp)
    if ! dotnet build "$root/$target" -c Release -v quiet -nologo "$@" >"$log" 2>&1 </dev/null; then
        grep -E 'error|warning' "$log" | sort -u | sed -n '1,40p' >&2 || true
        echo "The build failed; its whole output is in $log." >&2
        rm -f "$began"
        exit 1
    fi
    # Sources changed while the build ran must count as newer.
    touch -r "$began" "$stamp"
    rm -f "$began"
    flock -u 9
    exec 9>&-
}
