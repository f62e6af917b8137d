#!/bin/bash
# Make a folder that holds the whole system of a guest machine: the root that make-root.sh makes, and what a
# machine of its own needs beside it: Debian's kernel, its devices' programs, the libraries of a display, and
# gpio-sim, the kernel's simulated GPIO lines, which Debian's kernel leaves out.
#
#   usage: make-guest.sh       prints the folder; makes it first, in two to four minutes, if it is not there
#
# It lies beside the other root and is named after all their recipes. Nothing that runs writes into it: guests see
# it through an overlay in their memory.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
base=$("$here/../make-root.sh")
recipe=$( (cat "$0" "$here/begin.sh" "$here/membrane.patch"; basename "$base") | sha256sum | cut -c 1-12)
root=$(dirname "$base")/trixie-guest-$recipe

# udev and kmod: devices. libgbm to libgl1-mesa-dri: what SDL opens a bare display with. python3-evdev: keys.
# polkitd to iw: a box in the air of an access point, and who may ask NetworkManager for it.
packages=(
    udev kmod libdrm2 libegl1 libgbm1 libgles2 libgl1-mesa-dri python3-evdev
    polkitd wpasupplicant hostapd dnsmasq-base iproute2 iw
)

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
inside() { as_root systemd-nspawn --quiet --directory "$root.part" --register=no --keep-unit --console=pipe "$@" >&2; }

exec 9> "$root.lock"
flock 9

missing=()
command -v qemu-system-x86_64 > /dev/null || missing+=(qemu-system-x86)
[ -x /usr/lib/qemu/virtiofsd ] || [ -x /usr/libexec/virtiofsd ] || missing+=(virtiofsd)
[ -x /sbin/mke2fs ] || missing+=(e2fsprogs)
if [ ${#missing[@]} -gt 0 ]; then
    as_root apt-get update -qq >&2
    # Debian 12 has virtiofsd within QEMU's own packages.
    apt-cache show virtiofsd > /dev/null 2>&1 || missing=("${missing[@]/virtiofsd/qemu-system-common}")
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi

if [ ! -d "$root" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"; as_root rm -rf --one-file-system "$root.part"' EXIT
    as_root rm -rf --one-file-system "$root.part"
    as_root cp --archive --reflink=auto "$base" "$root.part"

    # The kernel is unpacked, not installed: an installed one would have an initial RAM disk made, which guests
    # do not need, for a minute. PyPI's lgpio has no wheel for Python 3.13; this is the same library's other
    # name, where a box has Raspberry Pi OS's python3-lgpio.
    cat > "$work/install.sh" <<'INSTALL'
set -eu
export DEBIAN_FRONTEND=noninteractive
cd /tmp
apt-get update -qq
apt-get install -y -qq --no-install-recommends PACKAGES swig make > /dev/null
kernel=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-6[^ ]*\)$/\1/p' | tail -n 1)
apt-get download -qq "$kernel"
dpkg-deb --extract "$kernel"_*.deb /
env -u PIP_FIND_LINKS /usr/bin/python3 -m pip install --quiet --disable-pip-version-check --no-cache-dir \
    --break-system-packages --root-user-action=ignore adafruit-lgpio
apt-get purge -y -qq --autoremove swig > /dev/null
depmod "${kernel#linux-image-}"
apt-get clean
rm -f /tmp/*.deb
mkdir -p /srv/door
INSTALL
    sed -i "s/PACKAGES/${packages[*]}/" "$work/install.sh"

    # gpio-sim, whose lines can then be joined, and its irq_sim from Debian's own source of this very kernel. As a module irq_sim may not call
    # irq_to_desc, which is not exported; generic_handle_irq does the same.
    cat > "$work/build.sh" <<'BUILD'
set -eu
export DEBIAN_FRONTEND=noninteractive
release=$(ls /lib/modules)
apt-get update -qq
apt-get install -y -qq --no-install-recommends "linux-headers-$release" linux-source-6.12 make gcc patch xz-utils > /dev/null
mkdir /tmp/simulated && cd /tmp/simulated
tar -xf /usr/src/linux-source-6.12.tar.xz --strip-components=1 --wildcards \
    '*/drivers/gpio/gpio-sim.c' '*/drivers/gpio/gpiolib.h' '*/kernel/irq/irq_sim.c'
patch --quiet --strip=1 < /opt/membrane.patch
sed 's/handle_simple_irq(irq_to_desc(irqnum))/generic_handle_irq(irqnum)/' kernel/irq/irq_sim.c > drivers/gpio/irq_sim.c
printf '#include <linux/module.h>\nMODULE_DESCRIPTION("Simulated interrupts");\nMODULE_LICENSE("GPL");\n' \
    >> drivers/gpio/irq_sim.c
echo 'obj-m := irq_sim.o gpio-sim.o' > drivers/gpio/Kbuild
make -s -C "/lib/modules/$release/build" M="$PWD/drivers/gpio" modules
cp drivers/gpio/*.ko /out
BUILD
    as_root cp "$work/install.sh" "$work/build.sh" "$here/membrane.patch" "$root.part/opt/"
    as_root install --mode=755 "$here/begin.sh" "$root.part/opt/"
    inside sh /opt/install.sh
    mkdir "$work/out"
    inside --volatile=overlay --bind="$work/out:/out" sh /opt/build.sh
    release=$(ls "$root.part/lib/modules")
    as_root install -D --mode=644 --target-directory "$root.part/lib/modules/$release/extra" "$work"/out/*.ko
    inside depmod "$release"
    as_root mv "$root.part" "$root"
fi
echo "$root"
