"""
A box joins a wireless network: the road's own code, as the road's own user and in its sandbox, asks a real
NetworkManager, which polkit lets it by the rule of the package. Only the radios and the air between are the kernel's.
"""

import json
import re
import threading
import time
from pathlib import Path

import pytest

from kiosk.stages import Hitch
from tests.device.container import CHECKOUT
from tests.device.guest.machine import BOOT_S, MAKING_S, Machine
from tests.device.test_guest_box import ABSENT

pytestmark = [pytest.mark.guest, pytest.mark.timeout(MAKING_S + BOOT_S + 1800)]

SSID, PASSWORD, OTHER_PASSWORD = "Trạm nước", "mat khau 12", "mat khau 34"
PROFILES = "/etc/NetworkManager/system-connections"
WISH, TOLD = "/run/wish", "/run/told"
GATEWAY = "10.77.0.1"
WORDS = " ".join(
    ["guest.init=systemd"]
    + [f"systemd.mask={name if '.' in name else f'{name}.service'}" for name in ABSENT]
    + ["systemd.mask=ssh.service", "systemd.mask=systemd-networkd-wait-online.service"]
)
OUTSIDE = f"""\
[Service]
Type=oneshot
ExecStartPost=
ExecStart=
ExecStart=/opt/door/bin/python -m tests.device.guest.joining
Environment=PYTHONPATH=/srv/door PYTHONDONTWRITEBYTECODE=1
WorkingDirectory=/srv/door
StandardInput=file:{WISH}
StandardOutput=truncate:{TOLD}
Restart=no
WatchdogSec=0
"""
"""What makes of the road's unit one that joins a network and ends."""
PERSONAL_2 = ("wpa_key_mgmt=WPA-PSK",)
PERSONAL_3 = ("wpa_key_mgmt=SAE", "ieee80211w=2")
NEWEST = "journalctl --no-pager -u NetworkManager -o cat | tail -n 12"
AWAY_S = 60.0
LONG_S = 420.0
LOOK_S = 2.0


@pytest.fixture(scope="module")
def machine(guest):
    """A box under systemd, without a radio so far."""
    with Machine(guest, words=WORDS) as machine:
        door = CHECKOUT / "systemd" / "door"
        machine.write("/etc/systemd/system/mqtt-bridge.service", (door / "mqtt-bridge.service").read_text())
        machine.run("mkdir", "-p", "/etc/systemd/system/mqtt-bridge.service.d")
        machine.write("/etc/systemd/system/mqtt-bridge.service.d/outside.conf", OUTSIDE)
        machine.write(
            "/usr/share/polkit-1/rules.d/entrance-kiosk.rules", (door / "network.rules").read_text()
        )
        machine.run("systemd-sysusers", "/srv/door/systemd/door/sysusers.conf")
        machine.run("systemctl", "daemon-reload")
        yield machine


@pytest.fixture(scope="module")
def air(machine):
    """Two radios: the box's, and that of an access point with a network of its own behind it."""
    machine.run("modprobe", "mac80211_hwsim", "radios=2")
    machine.run("ip", "netns", "add", "air")
    machine.run("sh", "-c", "iw phy $(cat /sys/class/net/wlan1/phy80211/name) set netns name air")
    return Air(machine)


class Air:
    """An access point, with DHCP behind it; `off` is away, like one that lost its power."""

    def __init__(self, machine):
        self._machine, self._point, self._behind = machine, None, None

    def on(self, *security, ssid=SSID, password=PASSWORD, hidden=False):
        self.off()
        lines = (
            *("interface=wlan1", "driver=nl80211", "utf8_ssid=1", f"ssid={ssid}", "hw_mode=g", "channel=6"),
            *(f"ignore_broadcast_ssid={int(hidden)}", "wpa=2", "rsn_pairwise=CCMP"),
            *(f"wpa_passphrase={password}", *(security or PERSONAL_2)),
        )
        self._machine.write("/run/air.conf", "\n".join(lines) + "\n")
        self._point = self._started("hostapd", "/run/air.conf")
        self._point.until(lambda said: "AP-ENABLED" in said)
        if self._behind is None:
            self._machine.run("ip", "-n", "air", "address", "add", f"{GATEWAY}/24", "dev", "wlan1")
            self._behind = self._started(
                *(
                    "dnsmasq",
                    "--keep-in-foreground",
                    "--conf-file=/dev/null",
                    "--user=root",
                    "--log-facility=-",
                ),
                *("--no-resolv", "--leasefile-ro", "--dhcp-range=10.77.0.10,10.77.0.99,1h", "--log-dhcp"),
            )
            self._behind.until(lambda said: "DHCP, IP range" in said)

    def off(self):
        if self._point is not None:
            self._point.signal(15)
            self._point.wait()
            self._point = None

    def _started(self, *words):
        return self._machine.start("ip", "netns", "exec", "air", *words)


def road(machine, wish):
    """What the road says of a wish, once it has tried."""
    machine.write(WISH, json.dumps(wish))
    machine.shell("systemctl start NetworkManager; systemctl start mqtt-bridge", LONG_S)
    said = machine.read(TOLD)
    assert said, machine.shell(
        "journalctl --no-pager -u mqtt-bridge -u NetworkManager -u polkit | tail -n 80"
    )
    return said


def join(machine, ssid=SSID, password=PASSWORD, *, hidden=False):
    """What the road says of it."""
    said = road(machine, {"ssid": ssid, "password": password, "hidden": hidden})
    assert password not in said + machine.shell("journalctl --no-pager -u mqtt-bridge -o cat")
    return said


def hitch(said):
    return Hitch(said.partition(":")[0])


def profiles(machine):
    """Owner, mode and name of what NetworkManager keeps."""
    return [line.split(" ", 2) for line in machine.shell(f"stat -c '%U %a %n' {PROFILES}/*").splitlines()]


def is_on_the_net(machine):
    return machine.shell(f"timeout 5 bash -c '< /dev/tcp/{GATEWAY}/53' 2>&1 && echo there").endswith("there")


def until(machine, true, patience_s=LONG_S):
    end = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < end, machine.shell("journalctl --no-pager -u NetworkManager | tail -n 80")
        threading.Event().wait(LOOK_S)


def test_a_box_without_a_radio_says_so(machine):
    assert hitch(join(machine)) is Hitch.NO_WIFI


def test_a_network_that_is_not_in_sight_is_said_to_be_so(machine, air):
    assert hitch(join(machine)) is Hitch.WIFI_UNSEEN


def test_a_wrong_password_is_said_to_be_one_and_nothing_is_left_of_it(machine, air):
    air.on()
    assert hitch(join(machine, password=OTHER_PASSWORD)) is Hitch.WIFI_PASSWORD
    assert "entrance-kiosk" not in machine.shell(f"ls {PROFILES}")


def test_the_network_of_a_code_is_joined(machine, air):
    air.on()
    assert join(machine) == "done"
    assert is_on_the_net(machine)


def test_the_password_is_kept_where_root_alone_reads_it(machine, air):
    ((owner, mode, name),) = profiles(machine)
    assert (owner, mode) == ("root", "600")
    assert Path(name).name == "entrance-kiosk.nmconnection"
    assert "hidden=true" not in machine.read(name)


def test_the_same_code_again_leaves_one_profile(machine, air):
    assert join(machine) == "done"
    assert len(profiles(machine)) == 1


def test_a_box_whose_access_point_was_away_is_on_the_net_again_by_itself(machine, air):
    air.off()
    until(machine, lambda: "100" not in machine.shell("nmcli -g GENERAL.STATE device show wlan0"))
    threading.Event().wait(AWAY_S)
    air.on()
    until(machine, lambda: is_on_the_net(machine))


def test_a_network_that_was_given_up_is_tried_again_when_the_road_asks(machine, air):
    """What looked like a wrong password, NetworkManager does not try again by itself."""
    air.on(password=OTHER_PASSWORD)
    until(machine, lambda: "reason 'no-secrets'" in machine.shell(NEWEST))
    air.on()
    threading.Event().wait(AWAY_S)
    assert not is_on_the_net(machine)
    assert road(machine, None) == "done"
    until(machine, lambda: is_on_the_net(machine))


def test_a_wrong_code_leaves_the_box_on_the_net_that_it_had(machine, air):
    assert hitch(join(machine, password=OTHER_PASSWORD)) is Hitch.WIFI_PASSWORD
    until(machine, lambda: is_on_the_net(machine))
    assert len(profiles(machine)) == 1


def test_a_network_that_hides_is_joined(machine, air):
    air.on(ssid="Kho", hidden=True)
    assert join(machine, "Kho", hidden=True) == "done"
    assert is_on_the_net(machine)


def test_a_network_of_wpa_3_alone_is_joined(machine, air):
    air.on(*PERSONAL_3, ssid="Nhà văn hoá")
    assert join(machine, "Nhà văn hoá") == "done"
    assert is_on_the_net(machine)
    assert re.search(r"key-mgmt=wpa-psk", machine.shell(f"cat {PROFILES}/entrance-kiosk*"))


def test_another_user_may_not_change_the_network(machine, air):
    refused = machine.shell(
        "setpriv --reuid=nobody --regid=nogroup --clear-groups nmcli connection down entrance-kiosk"
    )
    assert "not authorized" in refused.lower()
    assert is_on_the_net(machine)
