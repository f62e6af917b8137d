#!/bin/bash
# Make a folder that holds a whole Debian 13, as near to Raspberry Pi OS as a machine without a Pi gets:
# systemd, cloud-init, NetworkManager, mosquitto, libzbar, libcamera with its virtual camera, and in /opt/door a
# venv with picamera2 and all that the door itself needs. The project is not in it: bind-mount a checkout and run from there.
#
#   usage: make-root.sh        prints the folder; makes it first, in one to three minutes, if it is not there
#
# The folder lies under ${XDG_CACHE_HOME:-~/.cache}/entrance-kiosk and is named after this recipe and
# setup.cfg's requirements, so a change of either makes a new one. Nothing that runs should write into it:
# start it with `systemd-nspawn --volatile=overlay`.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
architecture=$(dpkg --print-architecture)

# libcamera is taken from backports: the virtual camera of trixie's own 0.4 never says that a frame is
# complete, and picamera2 waits for it for ever. The compiler is for PiDNG, which picamera2 asks for and
# which has no wheel.
packages=(
    ca-certificates cloud-init dbus libcamera-ipa libzbar0t64 mosquitto network-manager procps python3
    python3-libcamera python3-pip python3-prctl python3-venv rfkill systemd-sysv
    gcc libc6-dev python3-dev
)
requirements=$(python3 - "$here/../../setup.cfg" <<'PYTHON'
import configparser, sys
parts = configparser.ConfigParser()
parts.read(sys.argv[1], encoding="utf-8")
print("\n".join(line.replace(" ", "") for line in parts["options"]["install_requires"].split("\n") if line))
PYTHON
)
recipe=$( (cat "$0"; echo "$architecture $requirements") | sha256sum | cut -c 1-12)
root=${XDG_CACHE_HOME:-$HOME/.cache}/entrance-kiosk/trixie-camera-$recipe

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

mkdir -p "$(dirname "$root")"
exec 9> "$root.lock"
flock 9

missing=()
for program in mmdebstrap:mmdebstrap systemd-container:systemd-nspawn; do
    command -v "${program#*:}" > /dev/null || missing+=("${program%:*}")
done
if [ ${#missing[@]} -gt 0 ]; then
    as_root apt-get update -qq >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi

if [ ! -d "$root" ]; then
    mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -m 1 '/debian/$' || echo http://deb.debian.org/debian/)
    work=$(mktemp -d)
    trap 'rm -rf "$work"; as_root rm -rf --one-file-system "$root.part"' EXIT
    as_root rm -rf --one-file-system "$root.part"

    printf 'Package: src:libcamera\nPin: release n=trixie-backports\nPin-Priority: 600\n' > "$work/libcamera"
    printf 'picamera2>=0.3.12\n%s\n' "$requirements" > "$work/requirements.txt"
    cat > "$work/install.sh" <<'INSTALL'
set -eu
python3 -m venv --system-site-packages /opt/door
/opt/door/bin/pip install --quiet --disable-pip-version-check --no-cache-dir --prefer-binary \
    -r /opt/requirements.txt
INSTALL

    # The root trusts what this machine trusts, so that pip works behind a company's proxy too.
    as_root mmdebstrap --quiet --mode=root --variant=minbase --architectures="$architecture" \
        --include="$(IFS=,; echo "${packages[*]}")" \
        --aptopt='Acquire::Languages "none"' --dpkgopt=force-unsafe-io \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        --setup-hook='mkdir -p "$1/etc/apt/preferences.d"' \
        --setup-hook="copy-in $work/libcamera /etc/apt/preferences.d" \
        --customize-hook='cp /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/ca-certificates.crt"' \
        --customize-hook="copy-in $work/requirements.txt $work/install.sh /opt" \
        --customize-hook='chroot "$1" env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL sh /opt/install.sh' \
        --customize-hook='mkdir -p "$1/usr/share/libcamera/pipeline/virtual" "$1/srv/door"' \
        --customize-hook='touch "$1/usr/share/libcamera/pipeline/virtual/virtual.yaml"' \
        --customize-hook='systemctl --quiet --root="$1" disable NetworkManager NetworkManager-wait-online' \
        trixie "$root.part" "deb $mirror trixie main" "deb $mirror trixie-backports main" >&2
    as_root mv "$root.part" "$root"
fi
echo "$root"
