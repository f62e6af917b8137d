#!/bin/bash
# Lay a package's units and settings where the system looks for them.
#
#   usage: files.sh door|centre DIR        DIR is the package's root
set -euo pipefail

from=$(dirname "$(realpath "$0")")/..
which=$1 box=$2
package=entrance-kiosk
[ "$which" = door ] || package=entrance-kiosk-centre

put() { install -D -m 644 "$from/$1" "$box/$2"; }

for unit in "$from/$which"/*.service "$from/$which"/*.timer; do
    [ ! -e "$unit" ] || put "$which/$(basename "$unit")" "usr/lib/systemd/system/$(basename "$unit")"
done
put "$which/sysusers.conf" "usr/lib/sysusers.d/$package.conf"
put "$which/tmpfiles.conf" "usr/lib/tmpfiles.d/$package.conf"
if [ "$which" = centre ]; then
    install -D -m 755 "$from/centre/tell-nodes" "$box/usr/share/$package/tell-nodes"
fi
if [ "$which" = door ]; then
    put ../docs/box.md usr/share/doc/entrance-kiosk/box.md
    put kiosk.toml usr/share/entrance-kiosk/kiosk.toml
    put door/journald.conf usr/lib/systemd/journald.conf.d/60-entrance-kiosk.conf
    put door/watchdog.conf usr/lib/systemd/system.conf.d/entrance-kiosk.conf
    put door/getty.conf usr/lib/systemd/system/getty@tty1.service.d/entrance-kiosk.conf
    put door/backlight.rules usr/lib/udev/rules.d/60-entrance-kiosk.rules
    put door/network.rules usr/share/polkit-1/rules.d/entrance-kiosk.rules
fi
