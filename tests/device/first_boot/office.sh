#!/bin/bash
# Waits until the first boot has made a door and a centre, makes an office of them, and writes down what there is then.
. /srv/first_boot/watching.sh

office() { collector office "UBND phường Thử" 2>&1; }
line_is_up() { [ "$(systemctl show -P StatusText mqtt-bridge)" = "line up" ]; }
box_is_there() { runuser -u entrance-collector -- collector doors --json 2> /dev/null | grep -q '"presence": "online"'; }
owners() { find "$1" -not -path '*/broker/state/*' -printf '%u\n' | sort -u | tr '\n' ' ' | sed 's/ $//'; }
as_broker() { runuser -u mosquitto -- test -r "/var/lib/entrance-collector/$1"; }

until_true 150 systemctl is-active collector
office > "$out/office"
tell office "$(tail -n 2 "$out/office" | tr '\n' ' ')"
tell services "$(systemctl is-active mosquitto collector kiosk mqtt-bridge | tr '\n' ' ' | sed 's/ $//')"
until_true 60 line_is_up
tell line "$(systemctl show -P StatusText mqtt-bridge)"
until_true 60 box_is_there
tell box "$(runuser -u entrance-collector -- collector doors --json | sed -n 's/.*"presence": "\([a-z ]*\)".*/\1/p')"
tell centre_owners "$(owners /var/lib/entrance-collector)"
tell box_owners "$(owners /var/lib/entrance-kiosk)"
tell broker_user "$(ps -o user= -C mosquitto)"
tell readable "$(for file in broker/server.key broker/ca.key sealing.keys signing.key collector.sqlite3; do as_broker "$file" && basename "$file"; done | tr '\n' ' ' | sed 's/ $//')"
tell done_again "$(office | sed -n 's/^done *\([a-z]*\) .*/\1/p' | tr '\n' ' ' | sed 's/ $//')"
finish
