#!/bin/bash
# Runs in the booted box as a unit of its own: installs the packages as whoever keeps a box does, and tells what it
# sees in /srv/out/seen, a `name=value` a line; what is longer lies beside it.
exec 2> /srv/out/log
set -x
tell() { printf '%s=%s\n' "$1" "$2" >> /srv/out/seen; }
until_true() { local end=$((SECONDS + 45)); until "$@" > /dev/null || [ $SECONDS -ge $end ]; do sleep 0.2; done; }
installed() { dpkg --force-unsafe-io -i "$@" >> /srv/out/dpkg 2>&1; }
counts() { runuser -u entrance-kiosk -- kiosk journal --json; }
visits() { python3 - << 'PYTHON'
import sqlite3
journal = sqlite3.connect("file:/var/lib/entrance-kiosk/journal.sqlite3?mode=ro", uri=True)
print(*(id for id, in journal.execute("SELECT id FROM entries WHERE kind = 'visit' ORDER BY sequence")))
PYTHON
}
main() { systemctl show -P MainPID "$1"; }
version() { tr '\0' '\n' < "/proc/$(main kiosk)/maps" | grep -om 1 '/opt/entrance-kiosk/[^ ]*/lib/' | cut -d / -f 4,5; }
one_is_sent() { counts | grep -q '"sent": [1-9]'; }
is_up() { systemctl is-active kiosk; }
another_is_up() { [ "$(main kiosk)" != "$before" ] && is_up; }
finish() { journalctl --no-pager > /srv/out/journal; systemctl --no-block poweroff; exit; }

# The settings of a box are often there before its door.
install -D -m 644 /srv/box/kiosk.toml /etc/entrance-kiosk/kiosk.toml
installed /srv/deb/entrance-kiosk_0.1.0_amd64.deb
until_true is_up
is_up > /dev/null || finish
tell kiosk "$(systemctl is-active kiosk)"
tell bridge "$(systemctl is-active mqtt-bridge)"
tell enabled "$(systemctl is-enabled kiosk mqtt-bridge | paste -sd ' ')"
tell version "$(version)"
until_true one_is_sent
one_is_sent || finish
tell counts "$(counts)"
tell status "$(systemctl show -P StatusText mqtt-bridge)"
tell user "$(stat -c %U "/proc/$(main kiosk)")"
tell mode "$(stat -c '%a %U' /var/lib/entrance-kiosk)"
visits > /srv/out/visits

# As the bridge makes it when the centre asks.
tell bundle "$(runuser -u entrance-kiosk -- python3 -sP - << 'PYTHON'
import sys
sys.argv[0] = "/usr/bin/mqtt-bridge"
sys.path.insert(0, "/opt/entrance-kiosk/current/lib")
from mqtt_bridge.supporting import by_program
print(by_program([])[:2].hex())
PYTHON
)"

# Killed.
before=$(main kiosk)
systemctl kill -s KILL kiosk
until_true another_is_up
tell restarts "$(systemctl show -P NRestarts kiosk)"

# A hung loop: the process is there and does not turn. The centre is installed meanwhile.
before=$(main kiosk)
kill -STOP "$before"
installed /srv/deb/entrance-kiosk-centre_0.1.0_amd64.deb
until_true systemctl is-active collector
tell centre "$(systemctl is-active collector collector-retain.timer collector-backup.timer | paste -sd ' ')"
systemctl start collector-retain collector-backup
tell daily "$(systemctl show -P Result collector-retain) $(systemctl show -P Result collector-backup)"
tell copies "$(find /var/backups/entrance -name '*.backup' | wc -l)"
until_true another_is_up
tell watchdog "$(journalctl -u kiosk --no-pager | grep -c 'Watchdog timeout')"

# What systemd says of the units as they are installed.
units=$(dpkg -L entrance-kiosk entrance-kiosk-centre | grep -E '/system/[^/]*\.(service|timer)$')
systemd-analyze verify --man=no $units > /srv/out/verify 2>&1
for unit in $(printf '%s\n' $units | grep service$); do
    systemd-analyze security --offline=yes "$unit" | grep -o 'Overall.*' >> /srv/out/exposure
done

# A newer version, and back.
# Where the power goes in between, the files of both are there.
dpkg --force-unsafe-io --unpack /srv/deb/entrance-kiosk_0.2.0_amd64.deb >> /srv/out/dpkg 2>&1
tell halfway "$(readlink /opt/entrance-kiosk/current) $(kiosk --version)"
dpkg --configure entrance-kiosk >> /srv/out/dpkg 2>&1
until_true is_up
tell upgraded "$(version)"
visits > /srv/out/visits-upgraded
tell back "$(kiosk rollback 2>&1 | paste -sd ' ')"
until_true is_up
tell rolled_back "$(version)"
visits > /srv/out/visits-rolled-back
tell again "$(kiosk rollback 2>&1)"
kiosk rollback --undo >> /srv/out/log
until_true is_up
tell undone "$(version)"
tell serves "$(counts)"

tell settings "$(cmp /srv/box/kiosk.toml /etc/entrance-kiosk/kiosk.toml 2>&1 && echo unchanged)"
systemctl stop kiosk mqtt-bridge
tell stopped "$(systemctl show -P Result kiosk) $(systemctl show -P Result mqtt-bridge)"
dpkg --purge entrance-kiosk entrance-kiosk-centre > /srv/out/purge 2>&1
tell purged "$?"
tell left "$(find /opt /usr /etc -path '*entrance-kiosk*' -not -path '/opt/door/*' | sort | paste -sd ' ')"
visits > /srv/out/visits-purged
finish
