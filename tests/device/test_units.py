"""
The packages, installed in a box that systemd has started as PID 1: users made, door, road and centre started, a card
read off the real camera stack into the journal and out to a real broker, killed and hung doors brought back; a newer
version installed, left again, and all of it removed.
"""

import os
import subprocess
from pathlib import Path

import pygame
import pytest

from tests import people
from tests.device.container import CHECKOUT, MAKING_S
from tests.device.test_virtual_camera import CAMERAS, PLAIN, YAML, scene

pytestmark = [pytest.mark.device, pytest.mark.timeout(MAKING_S + 500)]

BOX = Path(__file__).with_name("box")
BUILD = CHECKOUT / "systemd" / "deb" / "build.sh"
SUDO = [] if os.geteuid() == 0 else ["sudo", "-n"]
WANTED = ("mosquitto", "watch")
QUIET = (
    *("systemd-networkd", "systemd-resolved", "systemd-udevd", "console-getty", "NetworkManager"),
    *("cloud-init-main", "cloud-init-local", "cloud-init-network", "cloud-config", "cloud-final"),
)
"""Services of the root that have nothing to do in this container."""
FOREIGN = "/opt/door/lib/python3.13/site-packages"
"""Where picamera2 is, which is the system's own on a Pi."""
TOO_OPEN = 2.0


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """The packages of this checkout, and one of the version after."""
    folder = tmp_path_factory.mktemp("deb")
    for asked in (["--version", "0.1.0"], ["--version", "0.2.0", "--only", "door"]):
        subprocess.run([BUILD, "--out", folder, *asked, "amd64"], check=True)
    return folder


@pytest.fixture(scope="module")
def out(root, packages, tmp_path_factory):
    """Boot the box, have it looked at from inside, and give back the folder of what was seen."""
    work = tmp_path_factory.mktemp("box")
    out = work / "out"
    out.mkdir()
    pygame.image.save(scene(people.CCCD, PLAIN[0], 6), work / "card.jpg")
    sizes = "\n".join(f"    - {{width: {w}, height: {h}, frame_rates: [30]}}" for w, h in PLAIN)
    (work / "virtual.yaml").write_text(YAML.replace("SIZES", sizes))
    (work / "camera.conf").write_text(
        f"[Service]\nEnvironment=PYTHONPATH=/srv/box/python:{FOREIGN}:/srv/door\n"
    )
    binds = {
        "/srv/door": CHECKOUT,
        "/srv/box": BOX,
        "/srv/deb": packages,
        CAMERAS: work / "virtual.yaml",
        "/srv/card.jpg": work / "card.jpg",
        "/etc/mosquitto/conf.d/box.conf": BOX / "mosquitto.conf",
        "/etc/systemd/system/watch.service": BOX / "watch.service",
        "/etc/systemd/system/kiosk.service.d/camera.conf": work / "camera.conf",
        **{f"/etc/systemd/system/{unit}.service": Path("/dev/null") for unit in QUIET},
    }
    ended = subprocess.run(
        [
            *SUDO,
            # A container ends with nspawn when that is asked to end, and not when it is killed.
            *("timeout", "--kill-after=15", "420"),
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
    assert (out / "journal").exists(), (
        f"the box did not come to its end ({ended.returncode}):\n{ended.stdout[-3000:]}{ended.stderr[-3000:]}"
    )
    return out


@pytest.fixture(scope="module")
def seen(out):
    facts = dict(line.split("=", 1) for line in (out / "seen").read_text().splitlines())
    facts["journal"] = (out / "journal").read_text()
    assert "purged" in facts, f"not looked at to the end:\n{facts['journal'][-6000:]}"
    return facts


def visits(out, when=""):
    return (out / f"visits{when}").read_text().split()


def test_door_and_road_are_started_by_their_installation(seen):
    assert (seen["kiosk"], seen["bridge"], seen["enabled"]) == ("active", "active", "enabled enabled"), seen[
        "journal"
    ]


def test_the_door_runs_as_its_own_user_out_of_its_own_folder(seen):
    assert (seen["user"], seen["version"]) == ("entrance-kiosk", "versions/0.1.0")


def test_the_data_folder_is_theirs_and_closed_to_others(seen):
    assert seen["mode"] == "750 entrance-kiosk"


def test_a_card_before_the_camera_is_in_the_journal_and_with_the_broker(seen):
    assert '"sent": 1' in seen["counts"], seen["journal"]


def test_systemd_is_told_how_things_stand(seen):
    assert seen["status"] == "line up"


def test_the_support_bundle_is_made_by_the_bridges_user_out_of_the_package(seen):
    assert seen["bundle"] == "1f8b", seen["journal"]


def test_a_killed_door_is_brought_back(seen):
    assert seen["restarts"] == "1", seen["journal"]


def test_a_hung_door_is_ended_by_the_watchdog_and_brought_back(seen):
    assert seen["watchdog"] == "1", seen["journal"]


def test_the_centre_is_started_by_its_installation(seen):
    assert seen["centre"] == "active active active", seen["journal"]


def test_the_centre_forgets_and_is_copied_by_its_timers_services(seen):
    assert (seen["daily"], seen["copies"]) == ("success success", "1"), seen["journal"]


def test_the_units_are_written_without_mistakes(out):
    """`systemd-analyze verify` warns of unknown keys and yet exits well: any word of it is a fault."""
    assert (out / "verify").read_text() == ""


def test_no_service_is_more_open_than_it_must_be(out):
    told = (out / "exposure").read_text().splitlines()
    print(*told, sep="\n")

    assert len(told) == 9
    assert all(float(line.split(": ")[1].split()[0]) <= TOO_OPEN for line in told)


def test_a_box_whose_power_goes_amid_an_upgrade_serves_with_what_it_had(seen):
    assert seen["halfway"] == "kept/0.1.0 kiosk, version 0.1.0"


def test_a_newer_version_serves_and_has_every_visit(out, seen):
    assert seen["upgraded"] == "versions/0.2.0", seen["journal"]
    assert visits(out, "-upgraded")[:1] == visits(out)[:1] != []


def test_the_version_before_is_one_command_away_and_has_every_visit(out, seen):
    assert "0.2.0 → 0.1.0; kiosk: active, mqtt-bridge: active" in seen["back"]
    assert seen["rolled_back"] == "kept/0.1.0", seen["journal"]
    assert set(visits(out, "-upgraded")) <= set(visits(out, "-rolled-back"))


def test_there_is_nothing_before_the_version_before(seen):
    assert "0.1.0, serves already; to leave it: kiosk rollback --undo" in seen["again"]


def test_the_way_back_has_a_way_back(seen):
    assert seen["undone"] == "versions/0.2.0", seen["journal"]


def test_settings_that_were_there_before_are_left_as_they_were(seen):
    assert seen["settings"] == "unchanged"


def test_stopping_is_a_clean_end(seen):
    assert seen["stopped"] == "success success", seen["journal"]


def test_what_was_installed_is_gone_when_it_is_purged(out, seen):
    assert (seen["purged"], seen["left"]) == ("0", "/etc/entrance-kiosk"), (out / "purge").read_text()


def test_the_visits_outlive_a_purge_which_says_so(out):
    assert set(visits(out, "-rolled-back")) <= set(visits(out, "-purged"))
    assert "kept /var/lib/entrance-kiosk" in (out / "purge").read_text()


def test_the_log_tells_of_nobody(seen):
    for personal in ("014099000001", "Thử", "1999"):
        assert personal not in seen["journal"]
