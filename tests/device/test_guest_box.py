"""
A whole box: the package, installed, started by systemd in its sandbox on devices that its kernel has. Only the sensor
of the camera is not real, and the pins end in the kernel.
"""

import contextlib
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
import pygame
import pytest
from PIL import Image

from hardware.theme import palette
from kiosk.signals import Mood
from tests import people
from tests.device.container import CHECKOUT
from tests.device.guest.machine import BOOT_S, MAKING_S, Machine
from tests.device.test_guest_devices import BLUE, GREEN, JOINED, PICTURES, RED
from tests.device.test_virtual_camera import CAMERAS, PLAIN, YAML, scene

pytestmark = [pytest.mark.guest, pytest.mark.timeout(MAKING_S + 2 * BOOT_S + 1800)]

BUILD = CHECKOUT / "systemd" / "deb" / "build.sh"
SETTINGS = Path(__file__).with_name("guest") / "kiosk.toml"
FOREIGN = "/opt/door/lib/python3.13/site-packages"
"""Where picamera2 is, which is the system's own on a Pi."""
START_S = 900.0
LOOK_S = 2.0
HOLDS_S = (0.5, 1.0, 2.0, 0.5, 1.0)
"""How long a key is held, and let go: three looks at the keys must see each, which a Pi takes in 30 ms."""
TAKEN_S = 60.0
ROWS, COLUMNS = (5, 6, 13, 19), (12, 16, 20)
KEYS = "123456789*0#"

OUTSIDE = f"""\
[Service]
# For the virtual camera; and what a Pi's kernel says of its processor, which tells gpiozero the chip of its pins.
Environment=PYTHONPATH=/srv/door/tests/device/box/python:{FOREIGN}:/srv/door GALLIUM_DRIVER=softpipe
BindReadOnlyPaths=/etc/cpuinfo-of-a-pi:/proc/cpuinfo
# Emulation is ten to twenty times slower than a Pi.
WatchdogSec=120
"""
SLOW_WATCHDOG = "[Manager]\nRuntimeWatchdogSec=60s\n"
"""Under emulation, on a machine with much to do, systemd itself may be away for longer than the 14 s of a box."""
ABSENT = (
    *("cloud-init-main", "cloud-init-local", "cloud-init-network", "cloud-config", "cloud-final"),
    *("systemd-networkd", "systemd-resolved", "systemd-timesyncd", "mosquitto", "console-getty"),
    *("apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer"),
)
"""What a box has and this test does without, for the time it takes to start."""


@pytest.fixture(scope="module")
def box(guest, tmp_path_factory):
    """The system of a guest with the package installed, in a layer over it that is thrown away."""
    work = tmp_path_factory.mktemp("layer")
    folders = [work / name for name in ("deb", "written", "work", "root")]
    for folder in folders:
        folder.mkdir()
    subprocess.run([BUILD, "--out", folders[0], "--only", "door", "amd64"], check=True)
    (package,) = folders[0].glob("entrance-kiosk_*_amd64.deb")
    root = folders[3]
    layers = f"lowerdir={guest},upperdir={folders[1]},workdir={folders[2]}"
    subprocess.run(["mount", "-t", "overlay", "-o", layers, "guest", root], check=True)
    try:
        files = {
            "etc/entrance-kiosk/kiosk.toml": SETTINGS.read_text(),
            "etc/systemd/system/kiosk.service.d/outside.conf": OUTSIDE,
            "etc/systemd/system.conf.d/slow.conf": SLOW_WATCHDOG,
            CAMERAS[1:]: YAML.replace(
                "SIZES",
                "\n".join(f"    - {{width: {w}, height: {h}, frame_rates: [30]}}" for w, h in PLAIN),
            ),
        }
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        for name in ABSENT:
            unit = name if "." in name else f"{name}.service"
            unit_file = root / "etc/systemd/system" / unit
            unit_file.unlink(missing_ok=True)
            unit_file.symlink_to("/dev/null")
        pygame.image.save(scene(people.CCCD, PLAIN[0], 6), root / "srv/card.jpg")
        subprocess.run(
            [
                *("systemd-nspawn", "--quiet", "--directory", root, "--register=no", "--keep-unit"),
                *("--private-network", "--console=pipe", f"--bind-ro={package}:/srv/box.deb"),
                *("dpkg", "--force-unsafe-io", "--force-confold", "-i", "/srv/box.deb"),
            ],
            check=True,
            capture_output=True,
        )
        yield root
    finally:
        subprocess.run(["umount", "--lazy", root], check=True)


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    path = tmp_path_factory.mktemp("disk") / "card.img"
    with path.open("wb") as file:
        file.truncate(64 << 20)
    subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext4", path], check=True)
    return path


@pytest.fixture(scope="module")
def machine(box, disk):
    with Machine(box, disk=disk, words="guest.init=systemd", on_bite="reset", memory_mb=2048) as machine:
        yield machine


def told(machine):
    return machine.shell(
        "systemctl status kiosk --no-pager -l; journalctl -u kiosk --no-pager | tail -n 60; dmesg | tail -n 20"
    )


def counted(machine):
    return machine.shell(
        """python3 -c 'import sqlite3
journal = sqlite3.connect("file:/var/lib/entrance-kiosk/journal.sqlite3?mode=ro", uri=True)
print(journal.execute("SELECT count(*) FROM entries WHERE kind = \\"visit\\"").fetchone()[0])'"""
    )


def until(machine, true, patience_s=START_S):
    """Wait until something is so, looking seldom: each look takes of the guest's time."""
    end = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < end, told(machine)
        threading.Event().wait(LOOK_S)


def shines(machine, *pins):
    return [machine.driven(pin) for pin in (RED, GREEN, BLUE)] == [pin in pins for pin in (RED, GREEN, BLUE)]


def shown(machine):
    """What the monitor shows; kept for people."""
    machine.photograph(PICTURES / "box.png")
    with Image.open(PICTURES / "box.png") as picture:
        return np.asarray(picture.convert("RGB"), dtype=int)


def is_on(mood, pixels):
    """Whether a screen of this mood is shown."""
    return (np.abs(pixels - np.array(palette(mood).background)).max(axis=2) <= 2).mean() > 0.3


def test_a_card_before_the_camera_lights_the_monitor_and_the_lamp_green(machine):
    until(machine, lambda: is_on(Mood.GREEN, shown(machine)))
    (PICTURES / "box.png").rename(PICTURES / "box-welcome.png")
    # A glow that is none of these is made of short pulses: once is by chance.
    until(machine, lambda: all(shines(machine, GREEN) for _ in range(10)))
    assert int(counted(machine)) >= 1


def test_systemd_was_told_that_the_door_is_ready(machine):
    assert machine.shell("systemctl is-active kiosk") == "active", told(machine)


def test_the_door_has_all_its_devices_in_its_sandbox(machine):
    for part in ("camera", "matrix", "usb", "button"):
        until(
            machine,
            lambda part=part: f"{part} works" in machine.shell("journalctl -u kiosk --no-pager -o cat"),
        )
    assert machine.shell("stat -c %U /proc/$(systemctl show -P MainPID kiosk)") == "entrance-kiosk"


def test_a_number_keyed_in_on_usb_is_a_visit(machine):
    before = int(counted(machine))
    machine.press(*(f"kp_{digit}" for digit in people.PHONE), "kp_enter")
    until(machine, lambda: int(counted(machine)) == before + 1)


def test_a_number_keyed_in_on_the_membrane_is_a_visit(machine):
    """As a person does whose keys were not taken: deletes, and types again, slower or faster."""
    before = int(counted(machine))
    for hold_s in HOLDS_S:
        for key in "*" * len(people.PHONE) + "0912345679#":
            row, column = divmod(KEYS.index(key), len(COLUMNS))
            machine.write(JOINED, f"{ROWS[row]},{COLUMNS[column]}")
            threading.Event().wait(hold_s)
            machine.write(JOINED, "-1,-1")
            threading.Event().wait(hold_s)
        with contextlib.suppress(AssertionError):
            until(machine, lambda: int(counted(machine)) > before, TAKEN_S)
            return
    pytest.fail(told(machine))


def test_the_road_lives_beside_the_door(machine):
    until(machine, lambda: machine.shell("systemctl is-active mqtt-bridge") == "active")


def test_the_boards_watchdog_is_fed_by_systemd(machine):
    assert machine.shell("cat /sys/class/watchdog/watchdog0/state") == "active"
    assert "RuntimeWatchdogSec=14s" in machine.shell("systemd-analyze cat-config systemd/system.conf")


def test_a_system_that_has_panicked_is_reset_by_the_board_and_serves_again(machine):
    before = int(counted(machine))
    machine.write("/proc/sys/kernel/panic", "0")
    machine.expect_restart()
    machine.order(id=0, write="/proc/sysrq-trigger", text="c")
    machine.until_up()
    until(machine, lambda: machine.shell("systemctl is-active kiosk") == "active")
    assert int(counted(machine)) >= before
