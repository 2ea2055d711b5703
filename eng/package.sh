# Sourced by ./stackmeta and ./test: makes a Debian package of the program as it ships. The same sources make the same bytes.

# package_program ROOT FOLDER: a published program is in artifacts/stackmeta; the package is put into FOLDER.
package_program() {
    local root=$1 folder=$2 program=$1/artifacts/stackmeta tree version architecture name
    need dpkg-shlibdeps dpkg-dev "finds out which libraries the package needs"
    need objcopy binutils "strips the program"
    need gzip gzip "compresses the manual"
    install_needed
    # What the files are dated with: the last commit, unless the caller says otherwise (reproducible-builds.org).
    export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct)}
    architecture=$(dpkg --print-architecture)
    version=$(dpkg-parsechangelog -l "$root/deploy/debian/changelog" -S Version)${PACKAGE_VERSION_SUFFIX-}
    name=stackmeta_${version}_$architecture.deb
    tree=$(mktemp -d "$root/artifacts/package.XXXXXX")
    lay_package "$root" "$program" "$tree/stackmeta"
    control_package "$root" "$tree" "$version" "$architecture"
    find "$tree/stackmeta" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
    mkdir -p "$folder"
    dpkg-deb --root-owner-group -Zxz --build "$tree/stackmeta" "$folder/$name" >/dev/null
    rm -rf "$tree"
    echo "$folder/$name" >&2
}

# lay_package ROOT PROGRAM-FOLDER TREE: every file where it will lie.
lay_package() {
    local root=$1 program=$2 tree=$3 deploy=$1/deploy unit
    install -D -m 755 "$program/stackmeta" "$tree/usr/lib/stackmeta/stackmeta"
    install -D -m 644 "$program/libe_sqlite3.so" "$tree/usr/lib/stackmeta/libe_sqlite3.so"
    strip --strip-unneeded --remove-section=.comment --remove-section=.note "$tree"/usr/lib/stackmeta/*
    mkdir -p "$tree/usr/bin"
    ln -s ../lib/stackmeta/stackmeta "$tree/usr/bin/stackmeta"
    for unit in "$deploy"/systemd/*.service; do
        install -D -m 644 "$unit" "$tree/lib/systemd/system/$(basename "$unit")"
    done
    install -D -m 644 "$deploy/systemd/stackmeta.sysusers" "$tree/usr/lib/sysusers.d/stackmeta.conf"
    install -D -m 644 "$deploy/systemd/stackmeta.default" "$tree/etc/default/stackmeta"
    install -D -m 644 "$deploy/systemd/stackmeta.json" "$tree/etc/stackmeta/stackmeta.json"
    install -d -m 700 "$tree/etc/stackmeta/credentials"
    "$program/stackmeta" manual "$tree/usr/share/man"
    gzip -9n "$tree"/usr/share/man/man*/*
    mkdir -p "$tree/usr/share/bash-completion/completions" "$tree/usr/share/zsh/vendor-completions" \
        "$tree/usr/share/fish/vendor_completions.d"
    "$program/stackmeta" completion bash >"$tree/usr/share/bash-completion/completions/stackmeta"
    "$program/stackmeta" completion zsh >"$tree/usr/share/zsh/vendor-completions/_stackmeta"
    "$program/stackmeta" completion fish >"$tree/usr/share/fish/vendor_completions.d/stackmeta.fish"
    install -D -m 644 "$deploy/debian/copyright" "$tree/usr/share/doc/stackmeta/copyright"
    install -D -m 644 "$deploy/debian/changelog" "$tree/usr/share/doc/stackmeta/changelog"
    gzip -9n "$tree/usr/share/doc/stackmeta/changelog"
    install -D -m 644 "$deploy/observability/stackmeta.rules.yml" "$tree/usr/share/doc/stackmeta/examples/stackmeta.rules.yml"
    install -D -m 644 "$deploy/observability/stackmeta-dashboard.json" "$tree/usr/share/doc/stackmeta/examples/stackmeta-dashboard.json"
    install -D -m 644 "$deploy/debian/lintian-overrides" "$tree/usr/share/lintian/overrides/stackmeta"
    chmod -R u=rwX,go=rX "$tree/usr" "$tree/lib"
}

# control_package ROOT FOLDER VERSION ARCHITECTURE: control file, sums, configuration files, maintainer scripts.
control_package() {
    local root=$1 folder=$2 tree=$2/stackmeta version=$3 architecture=$4 libraries script
    mkdir -p "$tree/DEBIAN" "$folder/debian"
    # dpkg-shlibdeps wants a source package's control file beside it.
    cp "$root/deploy/debian/control" "$folder/debian/control"
    libraries=$(cd "$folder" && dpkg-shlibdeps -O --ignore-missing-info -estackmeta/usr/lib/stackmeta/stackmeta \
        -estackmeta/usr/lib/stackmeta/libe_sqlite3.so 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
    # The binary paragraph of the source's control file, its blanks filled.
    sed -n '/^Package:/,$p' "$root/deploy/debian/control" | sed -e "s/\${shlibs:Depends}/$libraries/" \
        -e "s/^Architecture: .*/Architecture: $architecture/" \
        -e "s/^Package: .*/&\nVersion: $version\nMaintainer: $(sed -n 's/^Maintainer: //p' "$root/deploy/debian/control")/" \
        -e "s/^Description:/Installed-Size: $(du -k -s --apparent-size "$tree" | cut -f1)\nSection: net\nPriority: optional\n&/" \
        >"$tree/DEBIAN/control"
    (cd "$tree" && find etc -type f | sort | sed 's,^,/,') >"$tree/DEBIAN/conffiles"
    for script in preinst postinst prerm postrm; do
        [ ! -e "$root/deploy/debian/$script" ] || install -m 755 "$root/deploy/debian/$script" "$tree/DEBIAN/$script"
    done
    (cd "$tree" && find . -type f -not -path './DEBIAN/*' -not -path './etc/*' -printf '%P\n' | LC_ALL=C sort | xargs md5sum) >"$tree/DEBIAN/md5sums"
    chmod 644 "$tree"/DEBIAN/{control,conffiles,md5sums}
}
