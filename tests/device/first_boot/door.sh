#!/bin/bash
# Waits until the first boot has made a door, and writes down what there is then.
. /srv/first_boot/watching.sh

enrolled() { [ -e /var/lib/entrance-kiosk/credentials/centre.json ]; }
reads() { [[ $(systemctl show -P StatusText kiosk) == waiting* ]]; }

until_true 150 systemctl is-active kiosk
tell door "$(systemctl is-active kiosk)"
until_true 60 enrolled
tell enrolled "$(sed -n 's/.*"kiosk": *"\([^"]*\)".*/\1/p' /var/lib/entrance-kiosk/credentials/centre.json)"
until_true 60 [ ! -e /boot/firmware/entrance-kiosk.enrol ]
tell admission "$(ls /boot/firmware | grep -c enrol)"
# The door begins anew with its credentials.
until_true 60 reads
tell status "$(systemctl show -P StatusText kiosk)"
began_us=$(systemctl show -P UserspaceTimestampMonotonic) open_us=$(systemctl show -P ActiveEnterTimestampMonotonic kiosk)
tell after_s $(((open_us - began_us) / 1000000))
tell cloud "$(cloud-init status --wait | sed -n 's/^status: //p')"
tell hostname "$(hostname)"
tell zone "$(readlink /etc/localtime)"
network=/etc/NetworkManager/system-connections/entrance-kiosk-wifi.nmconnection
tell network "$(stat -c '%a %U' $network)"
tell left_on_card "$(ls /boot/firmware/entrance-kiosk | tr '\n' ' ')"
systemctl unmask --quiet NetworkManager
systemctl start NetworkManager
tell ssid "$(nmcli --get-values 802-11-wireless.ssid connection show entrance-kiosk-wifi)"
tell password "$(nmcli --show-secrets --escape no --get-values 802-11-wireless-security.psk connection show entrance-kiosk-wifi | sha256sum)"
tell address "$(nmcli --get-values ipv4.addresses,ipv4.gateway connection show entrance-kiosk-wifi | tr '\n' ' ')"
tell login "$(passwd --status technician | cut -d' ' -f2) $(wc -l < /home/technician/.ssh/authorized_keys)"
tell settings "$(stat -c '%a %U' /etc/entrance-kiosk/kiosk.toml)"
tell again "$(systemctl is-enabled entrance-kiosk-first-boot)"
cloud-init schema --config-file /boot/firmware/user-data > "$out/schema" 2>&1
cp /var/log/cloud-init-output.log "$out/cloud-init" 2> /dev/null
grep -rl "$(cat /srv/first_boot/secret)" /var/log /var/lib/cloud /run/cloud-init /boot/firmware > "$out/leaks" 2> /dev/null
finish
