#!/bin/bash
# Build the packages: the door (entrance-kiosk) and the centre (entrance-kiosk-centre), for Debian 13 and Raspberry
# Pi OS of that age. Each carries its Python libraries, pinned in requirements-*.txt; no emulation, no root.
# The same sources give the same files, bit for bit.
#
#   usage: build.sh [--out DIR] [--version VERSION] [--only door|centre] [arm64|amd64]...
#                                 prints each file; both packages for both, into build/deb, where nothing else is said
set -euo pipefail

here=$(dirname "$(realpath "$0")")
root=$(realpath "$here/../..")
out=$root/build/deb
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' "$root/kiosk/__init__.py")
packages=(door centre)
architectures=()
while [ $# -gt 0 ]; do
    case $1 in
        --out) out=$2; shift 2 ;;
        --version) version=$2; shift 2 ;;
        --only) packages=("$2"); shift 2 ;;
        arm64 | amd64) architectures+=("$1"); shift ;;
        *) sed -n '6s/^# *//p' "$0" >&2; exit 2 ;;
    esac
done
[ ${#architectures[@]} -gt 0 ] || architectures=(arm64 amd64)
uv=$root/.venv/bin/uv
toml=/etc/entrance-kiosk/kiosk.toml

# Everything gets one time: that of the last commit, or of no particular day.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2> /dev/null || echo 1767225600)}
export SOURCE_DATE_EPOCH
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The project itself, as one wheel that says its version.
mkdir "$work/source"
cp -r "$root"/{kiosk,hardware,mqtt_bridge,collector,setup.cfg,pyproject.toml,README.md,LICENSE} "$work/source/"
sed -i "s/^__version__ = .*/__version__ = \"$version\"/" "$work/source/kiosk/__init__.py"
"$uv" build --quiet --wheel --out-dir "$work" "$work/source"
wheel=$(echo "$work"/*.whl)

filled() { # FILE: a template with the names of this package put in
    sed -e "s|@PACKAGE@|$package|g; s|@VERSION@|$version|g; s|@ARCHITECTURE@|$architecture|g" \
        -e "s|@SIZE@|$size|g; s|@TREE@|$tree|g; s|@STATE@|$state|g; s|@HOLDS@|$holds|g" \
        -e "s|@UNITS@|$units|g; s|@CHOSEN@|$chosen|g; s|@SETTINGS@|$settings|g; s|@PURGE@|$purge|g" \
        -e "s|@SUPERSEDED@|$superseded|g" "$1"
}

libraries() { # DIR: the pinned wheels and the project, without what only their makers need
    local platform=x86_64
    [ "$architecture" = amd64 ] || platform=aarch64
    "$uv" pip install --quiet --target "$1" --python-version 3.13 --python-platform $platform-manylinux_2_28 \
        --only-binary :all: --no-deps --require-hashes --link-mode copy --requirements "$here/requirements-$which.txt"
    python3 -m zipfile -e "$wheel" "$1"
    for part in "${foreign[@]}"; do rm -r "${1:?}/$part"; done
    rm -rf "$1/bin" "$1/share" "$1/.lock" "$1"/pygame/{docs,examples,tests}
    find "$1" \( -name __pycache__ -o -path '*/numpy/*/tests' -o -path '*/numpy/_core/include' \) -prune -exec rm -rf {} +
    find "$1" \( -name '*.pyi' -o -name '*.pyx' -o -name '*.pxd' \) -delete
    # These tell of the machine that built it.
    find "$1" -path '*.dist-info/*' \( -name RECORD -o -name direct_url.json -o -name uv_cache.json \) -delete
}

# units: whom a package starts by itself. chosen: whom the owner starts instead, and an upgrade starts anew.
for which in "${packages[@]}"; do
    case $which in
        door)
            package=entrance-kiosk commands=(kiosk:kiosk mqtt-bridge:mqtt_bridge)
            foreign=(collector hardware/simulated/web mqtt_bridge/fleet) # no box serves pages, or plays others
            units="kiosk.service mqtt-bridge.service" chosen=
            state=/var/lib/entrance-kiosk holds="the visits that are not at the centre yet, and the box's credentials"
            settings="if [ ! -e $toml ]; then cp /usr/share/entrance-kiosk/kiosk.toml $toml; fi"
            superseded=kept/$version purge="rm -rf $toml /var/cache/entrance-kiosk" ;;
        centre)
            package=entrance-kiosk-centre commands=(collector:collector) foreign=(hardware mqtt_bridge/fleet)
            units="collector.service collector-backup.timer collector-retain.timer"
            chosen="collector-attend.service collector-web.service 'collector-ingest@*.service'"
            state=/var/lib/entrance-collector holds="the visits, and the keys that open the names"
            # Its database goes one way only: back is by the older package and the copy made before.
            superseded=kept settings=":" purge=":" ;;
    esac
    tree=/opt/$package
    for architecture in "${architectures[@]}"; do
        box=$work/$package-$architecture
        home=$box$tree/versions/$version
        mkdir -p "$home/bin" "$box/usr/bin" "$box/usr/lib/systemd/system" "$box/usr/share/$package" "$box/DEBIAN"
        libraries "$home/lib"
        for command in "${commands[@]}"; do
            sed "s/@MODULE@/${command#*:}/" "$here/launcher.in" > "$home/bin/${command%:*}"
            ln -s "$tree/current/bin/${command%:*}" "$box/usr/bin/${command%:*}"
        done
        "$here/files.sh" "$which" "$box"
        install -D -m 644 "$root/LICENSE" "$box/usr/share/doc/$package/copyright"
        size=$(du -sk --apparent-size --exclude=DEBIAN "$box" | cut -f1)
        filled "$here/$which/control" > "$box/DEBIAN/control"
        for script in preinst postinst prerm postrm; do filled "$here/$script" > "$box/DEBIAN/$script"; done
        chmod -R u=rwX,go=rX "$box"
        chmod 755 "$box"/DEBIAN/p* "$home"/bin/*
        find "$box" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
        mkdir -p "$out"
        file=$out/${package}_${version}_$architecture.deb
        dpkg-deb --root-owner-group -Zzstd --build "$box" "$file.part" > /dev/null
        mv "$file.part" "$file"
        echo "$file"
        rm -rf "$box"
    done
done
