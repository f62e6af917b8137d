#!/bin/bash
# Make a folder that holds a Debian 13 for arm64, unpacked and not set up, with what the packages ask for: enough for
# programs of a Pi to run in, on whatever machine, by QEMU's translation of their instructions.
#
#   usage: make-arm64.sh        prints the folder; makes it first, in half a minute, if it is not there
set -euo pipefail

recipe=$(sha256sum "$0" | cut -c 1-12)
root=${XDG_CACHE_HOME:-$HOME/.cache}/entrance-kiosk/trixie-arm64-$recipe
packages=(python3 ca-certificates libzbar0t64 libgl1 libglib2.0-0t64)

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

mkdir -p "$(dirname "$root")"
exec 9> "$root.lock"
flock 9

missing=()
command -v mmdebstrap > /dev/null || missing+=(mmdebstrap)
command -v qemu-aarch64-static > /dev/null || missing+=(qemu-user-static)
if [ ${#missing[@]} -gt 0 ]; then
    as_root apt-get update -qq >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi

if [ ! -d "$root" ]; then
    trap 'as_root rm -rf --one-file-system "$root.part"' EXIT
    as_root rm -rf --one-file-system "$root.part"
    mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -m 1 '/debian/$' || echo http://deb.debian.org/debian/)
    as_root mmdebstrap --quiet --mode=root --variant=extract --architectures=arm64 \
        --include="$(IFS=,; echo "${packages[*]}")" --aptopt='Acquire::Languages "none"' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
        trixie "$root.part" "deb $mirror trixie main" >&2
    as_root cp "$(command -v qemu-aarch64-static)" "$root.part/usr/bin/"
    as_root mv "$root.part" "$root"
fi
echo "$root"
