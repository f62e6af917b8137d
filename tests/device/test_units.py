"""
The shipped units under a real systemd as PID 1: users made, door and road started, a card read off the real
camera stack into the journal and out to a real broker, killed and hung doors brought back.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pygame
import pytest

from tests import people
from tests.device.container import CHECKOUT, MAKING_S
from tests.device.test_virtual_camera import CAMERAS, YAML, scene

pytestmark = [pytest.mark.device, pytest.mark.timeout(MAKING_S + 180)]

BOX = Path(__file__).with_name("box")
SYSTEMD = CHECKOUT / "systemd"
SUDO = [] if os.geteuid() == 0 else ["sudo", "-n"]
WANTED = ("mosquitto", "kiosk", "mqtt-bridge", "watch")
QUIET = ("systemd-networkd", "systemd-resolved", "systemd-udevd", "console-getty")
"""Services of the root that have nothing to do in a container."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """What `pip install .` would put into /opt/entrance-kiosk: the built wheel, and the two commands."""
    folder = tmp_path_factory.mktemp("opt")
    source = folder / "source"
    ignored = shutil.ignore_patterns(".*", "*.egg-info", "build", "tests", "docs")
    shutil.copytree(CHECKOUT, source, ignore=ignored)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, source],
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "installed" / "lib")
    shutil.copytree(BOX, folder / "installed" / "bin")
    for command in ("kiosk", "mqtt-bridge"):
        (folder / "installed" / "bin" / command).chmod(0o755)
    return folder / "installed"


@pytest.fixture(scope="module")
def seen(root, installed, tmp_path_factory):
    """Boot the box, let it be watched from inside, and tell what was seen."""
    work = tmp_path_factory.mktemp("box")
    out = work / "out"
    out.mkdir()
    pygame.image.save(scene(people.CCCD), work / "card.jpg")
    (work / "virtual.yaml").write_text(YAML)
    (work / "environment.conf").write_text(
        "[Service]\nEnvironment=PYTHONPATH=/opt/entrance-kiosk/lib:/srv/door\n"
    )
    # The root's users were made long ago: have them made again, as the installation does.
    (work / "always.conf").write_text("[Unit]\nConditionNeedsUpdate=\n")
    binds = {
        "/srv/door": CHECKOUT,
        "/srv/box": BOX,
        "/opt/entrance-kiosk": installed,
        CAMERAS: work / "virtual.yaml",
        "/srv/card.jpg": work / "card.jpg",
        "/etc/sysusers.d/entrance-kiosk.conf": SYSTEMD / "entrance-kiosk.sysusers",
        "/etc/systemd/system/systemd-sysusers.service.d/always.conf": work / "always.conf",
        "/etc/tmpfiles.d/entrance-kiosk.conf": SYSTEMD / "entrance-kiosk.tmpfiles",
        "/etc/entrance-kiosk/kiosk.toml": BOX / "kiosk.toml",
        "/etc/mosquitto/conf.d/box.conf": BOX / "mosquitto.conf",
        "/etc/systemd/system/watch.service": BOX / "watch.service",
        **{
            f"/etc/systemd/system/{unit}.service": SYSTEMD / f"{unit}.service"
            for unit in ("kiosk", "mqtt-bridge")
        },
        **{
            f"/etc/systemd/system/{unit}.service.d/environment.conf": work / "environment.conf"
            for unit in ("kiosk", "mqtt-bridge")
        },
        **{f"/etc/systemd/system/{unit}.service": Path("/dev/null") for unit in QUIET},
    }
    ended = subprocess.run(
        [
            *SUDO,
            # A container ends with nspawn when that is asked to end, and not when it is killed.
            *("timeout", "--kill-after=15", "150"),
            *("systemd-nspawn", "--quiet", "--directory", root, "--volatile=overlay", "--register=no"),
            *("--keep-unit", "--private-network", "--console=pipe", "--kill-signal=SIGRTMIN+4"),
            *(f"--bind-ro={outside}:{inside}" for inside, outside in binds.items()),
            f"--bind={out}:/srv/out",
            "--boot",
            *(f"systemd.wants={unit}.service" for unit in WANTED),
            "systemd.show_status=0",
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    told = out / "seen"
    assert told.exists(), (
        f"the box did not boot ({ended.returncode}):\n{ended.stdout[-3000:]}{ended.stderr[-3000:]}"
    )
    facts = dict(line.split("=", 1) for line in told.read_text().splitlines())
    facts["journal"] = (out / "journal").read_text() if (out / "journal").exists() else ended.stdout[-3000:]
    return facts


def test_door_and_road_are_started_as_their_own_user(seen):
    assert (seen["kiosk"], seen["bridge"], seen["user"]) == ("active", "active", "entrance-kiosk"), seen[
        "journal"
    ]


def test_the_data_folder_is_theirs_and_closed_to_others(seen):
    assert seen["mode"] == "750 entrance-kiosk"


def test_a_card_before_the_camera_is_in_the_journal_and_with_the_broker(seen):
    assert '"sent": 1' in seen["counts"], seen["journal"]


def test_systemd_is_told_how_things_stand(seen):
    assert seen["status"] == "line up"


def test_a_killed_door_is_brought_back(seen):
    assert seen["restarts"] == "1", seen["journal"]


def test_a_hung_door_is_ended_by_the_watchdog_and_brought_back(seen):
    assert seen["watchdog"] == "1", seen["journal"]


def test_stopping_is_a_clean_end(seen):
    assert seen["stopped"] == "success success", seen["journal"]


def test_the_log_tells_of_nobody(seen):
    for personal in ("014099000001", "Thử", "1999"):
        assert personal not in seen["journal"]


@pytest.mark.parametrize("unit", ["kiosk", "mqtt-bridge", "collector"])
def test_a_unit_is_written_without_mistakes(unit, tmp_path):
    """`systemd-analyze verify` warns of unknown keys and yet exits well: any word of it is a fault."""
    text = (SYSTEMD / f"{unit}.service").read_text().replace("/opt/entrance-kiosk/bin/", "/bin/true ")
    (tmp_path / f"{unit}.service").write_text(text)

    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / f"{unit}.service"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
