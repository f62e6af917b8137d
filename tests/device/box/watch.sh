#!/bin/bash
# Runs in the booted box as a unit of its own; tells what it sees in /srv/out/seen, a `name=value` a line.
exec 2> /srv/out/log
set -x
tell() { printf '%s=%s\n' "$1" "$2" >> /srv/out/seen; }
until_true() { for _ in $(seq 300); do "$@" > /dev/null && return; sleep 0.1; done; }
counts() { runuser -u entrance-kiosk -- env PYTHONPATH=/opt/entrance-kiosk/lib:/srv/door \
  /opt/entrance-kiosk/bin/kiosk journal --json; }
one_is_sent() { counts | grep -q '"sent": 1'; }
restarted() { [ "$(systemctl show -P NRestarts kiosk)" = 1 ] && systemctl is-active kiosk; }

finish() { journalctl --no-pager > /srv/out/journal; systemctl --no-block poweroff; exit; }

until_true systemctl is-active kiosk
systemctl is-active kiosk > /dev/null || finish
tell kiosk "$(systemctl is-active kiosk)"
tell bridge "$(systemctl is-active mqtt-bridge)"
until_true one_is_sent
tell counts "$(counts)"
tell status "$(systemctl show -P StatusText mqtt-bridge)"
tell user "$(systemctl show -P User kiosk)"
tell mode "$(stat -c '%a %U' /var/lib/entrance-kiosk)"
systemctl kill -s KILL kiosk
until_true restarted
tell restarts "$(systemctl show -P NRestarts kiosk)"
# A hung loop: the process is there and does not turn.
before=$(systemctl show -P MainPID kiosk)
kill -STOP "$before"
hung_again() { [ "$(systemctl show -P MainPID kiosk)" != "$before" ] && systemctl is-active kiosk; }
until_true hung_again
tell watchdog "$(journalctl -u kiosk --no-pager | grep -c 'Watchdog timeout')"
systemctl stop kiosk mqtt-bridge
tell stopped "$(systemctl show -P Result kiosk) $(systemctl show -P Result mqtt-bridge)"
finish
