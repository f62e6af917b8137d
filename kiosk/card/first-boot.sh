#!/bin/sh
# Makes what `kiosk card` has put onto the boot partition a part of this box. Begun anew until all of it is done;
# each step may be done twice.
set -eu
card=${1:-/boot/firmware/entrance-kiosk}
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

say() { echo "first boot: $*"; }

installed() { # NAME: whether a package is there
    [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]
}

newer() { # FILE: whether a package is not there, or only an older version
    name=$(dpkg-deb --field "$1" Package)
    installed "$name" || return 0
    dpkg --compare-versions "$(dpkg-deb --field "$1" Version)" gt \
        "$(dpkg-query --show --showformat '${Version}' "$name")"
}

update() {
    apt-get update --error-on=any -o Acquire::Retries=0
}

install_packages() { # FILE|NAME...
    apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold "$@"
}

lacking() { # what the door's package recommends and nobody has installed, a name a line
    dpkg-query --show --showformat '${Recommends}\n' entrance-kiosk | sed 's/([^)]*)//g; s/:any//g' | tr ',' '\n' |
        while read -r choices; do
            first=
            for one in $(echo "$choices" | tr '|' ' '); do
                first=${first:-$one}
                installed "$one" && continue 2
            done
            [ -z "$first" ] || echo "$first"
        done
}

# Raspberry Pi OS keeps the radio off until somebody has set it up.
for radio in /var/lib/systemd/rfkill/*:wlan; do
    [ ! -e "$radio" ] || echo 0 > "$radio"
done
rfkill unblock wlan 2> /dev/null || :
for network in "$card"/*.nmconnection; do
    [ -e "$network" ] || continue
    install -D -m 600 -o root -g root "$network" "/etc/NetworkManager/system-connections/${network##*/}"
    sync
    rm "$network"
    say "network ${network##*/} is set up"
done
nmcli connection reload 2> /dev/null || :
nmcli radio wifi on 2> /dev/null || :

[ ! -e "$card/kiosk.toml" ] || install -D -m 644 -o root -g root "$card/kiosk.toml" /etc/entrance-kiosk/kiosk.toml

set --
for file in "$card"/packages/*.deb; do
    [ -e "$file" ] && newer "$file" && set -- "$@" "$file"
done
if [ $# -gt 0 ]; then
    # Without a network if the card has all that they need: a new box may get its network only from a set-up code.
    if ! install_packages "$@"; then
        say "the card does not hold all that they need; the network must"
        update
        install_packages "$@"
    fi
    say "installed $(for file; do dpkg-deb --field "$file" Package; done | tr '\n' ' ')"
fi

# The bridge takes the admission, but may not write here; its key must not stay where any computer reads it.
admission=${card%/*}/entrance-kiosk.enrol
patience=60
while [ -e "$admission" ] && [ $patience -gt 0 ]; do
    if [ -e /var/lib/entrance-kiosk/credentials/centre.json ]; then
        rm "$admission"
        say "the box is enrolled"
    else
        sleep 1
    fi
    patience=$((patience - 1))
done

wanted=$(lacking)
if [ -n "$wanted" ]; then
    say "to be had from the network: $(echo $wanted)"
    update
    known=
    for name in $wanted; do
        if apt-cache policy "$name" | grep -q 'Candidate: [^(]'; then
            known="$known $name"
        else
            say "$name: nobody has it"
        fi
    done
    if [ -n "$known" ]; then
        install_packages $known
        systemctl try-restart kiosk.service mqtt-bridge.service
    fi
fi
if [ -e "$admission" ]; then
    say "the box has not taken ${admission##*/} yet, or it is none: see the log of mqtt-bridge"
    exit 1
fi
systemctl disable --quiet entrance-kiosk-first-boot.service
say "all is done"
