# Sourced by ./stackmeta and ./test: makes the program as it ships, compiled to machine code, in one folder that can be copied to any host.

# publish_program ROOT FOLDER
publish_program() {
    local root=$1 folder=$2 log="$1/artifacts/publish.log" part architecture
    need clang clang "links the program"
    need /usr/include/zlib.h zlib1g-dev "is linked into the program"
    install_needed
    if [ -e "$folder" ] && [ ! -e "$folder/stackmeta" ] && [ -n "$(ls -A "$folder")" ]; then
        echo "$folder holds something else than a published Stackmeta; name another folder." >&2
        exit 2
    fi
    mkdir -p "$root/artifacts" "$(dirname "$folder")"
    # One build at a time in this checkout: two would write the same files.
    exec 9>"$root/artifacts/.build-lock"
    flock 9
    part=$(mktemp -d "$folder.XXXXXX")
    echo "Publishing into $folder (a minute or two) ..." >&2
    case "$(uname -m)" in
        x86_64) architecture=x64 ;;
        aarch64) architecture=arm64 ;;
        *) architecture=$(uname -m) ;;
    esac
    # Named, so that it is built in a folder of its own beside the one that ./stackmeta runs.
    # What a native program cannot do is warned of, and all warnings are errors.
    if ! dotnet publish "$root/src/Stackmeta" -c Release -r "linux-$architecture" -o "$part" -v quiet -nologo >"$log" 2>&1 </dev/null; then
        grep -E 'error|warning' "$log" | sort -u | sed -n '1,40p' >&2 || true
        echo "It cannot be published; the whole output is in $log." >&2
        rm -rf "$part"
        exit 1
    fi
    flock -u 9
    exec 9>&-
    # Symbols and documents of the code are for who works on it.
    rm -f "$part"/*.dbg "$part"/*.pdb "$part"/*.xml
    chmod 755 "$part" "$part"/*
    "$part/stackmeta" --version >/dev/null
    rm -rf "$folder"
    mv "$part" "$folder"
    (cd "$folder" && du -b -- *) | sed 's/^/  /' >&2
}
