"""The packages as files: what is in them, for which machine, and that they can be built again."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.device.container import CHECKOUT

pytestmark = pytest.mark.timeout(300)

DEB = CHECKOUT / "systemd" / "deb"
MACHINES = {b"\x3e\x00": "amd64", b"\xb7\x00": "arm64"}
"""`e_machine` of an ELF file, at byte 18."""


def build(out, *asked):
    done = subprocess.run(
        [DEB / "build.sh", "--out", out, *asked], check=True, capture_output=True, text=True
    )
    return [Path(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    """What lies in the door's package for a Pi."""
    folder = tmp_path_factory.mktemp("door")
    (package,) = build(folder, "--only", "door", "arm64")
    subprocess.run(["dpkg-deb", "--extract", package, folder / "root"], check=True)
    return folder / "root"


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    return of_centre(tmp_path_factory.mktemp("centre"))


def of_centre(folder):
    return build(folder, "--only", "centre", "--version", "1.2.3", "amd64")[0]


def pinned(which):
    text = (DEB / f"requirements-{which}.txt").read_text(encoding="utf-8")
    return set(re.findall(r"^([\w-]+)==", text, re.MULTILINE))


def wanted(name):
    """The names in a part of setup.cfg."""
    text = (CHECKOUT / "setup.cfg").read_text(encoding="utf-8")
    (part,) = re.findall(rf"^{name} =\n((?:    .*\n)+)", text, re.MULTILINE)
    return {found.lower() for found in re.findall(r"^    ([\w-]+)", part, re.MULTILINE)}


@pytest.mark.guest
def test_the_same_sources_give_the_same_package_bit_for_bit(centre, tmp_path):
    assert centre.read_bytes() == of_centre(tmp_path).read_bytes()


def test_a_package_says_its_version(centre):
    said = subprocess.run(["dpkg-deb", "--show", centre], check=True, capture_output=True, text=True).stdout

    assert said == "entrance-kiosk-centre\t1.2.3\n"


def test_a_centre_starts_as_one_process_and_starts_those_anew_that_the_owner_has_chosen(centre, tmp_path):
    subprocess.run(["dpkg-deb", "--control", centre, tmp_path], check=True)
    loops = re.findall(
        r"^ *for unit in (.*);", (tmp_path / "postinst").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert loops == [
        *["collector.service collector-backup.timer collector-retain.timer"] * 2,
        "collector-attend.service collector-web.service 'collector-ingest@*.service'",
    ]


def test_everything_in_it_that_runs_is_for_its_machine(door):
    heads = {path: path.read_bytes()[:20] for path in door.rglob("*.so*") if not path.is_symlink()}

    assert len(heads) > 20
    assert {MACHINES[head[18:20]] for head in heads.values() if head[:4] == b"\x7fELF"} == {"arm64"}


def test_a_box_gets_nothing_of_the_centre_and_nothing_that_its_system_has(door):
    (lib,) = door.glob("opt/entrance-kiosk/versions/*/lib")
    there = {path.name for path in lib.iterdir()}

    assert {"kiosk", "hardware", "mqtt_bridge"} <= there
    assert not {"collector", "django", "libcamera", "picamera2", "lgpio", "evdev", "bin"} & there


def test_a_box_gets_no_virtual_door(door):
    (simulated,) = door.glob("opt/entrance-kiosk/versions/*/lib/hardware/simulated")

    assert {"demo", "panel"} <= {path.name for path in simulated.iterdir()}
    assert not (simulated / "web").exists()


def test_a_box_plays_no_other_boxes(door):
    (road,) = door.glob("opt/entrance-kiosk/versions/*/lib/mqtt_bridge")

    assert (road / "bridge.py").exists()
    assert not (road / "fleet").exists()


def test_all_can_be_read_and_only_root_can_write(door):
    modes = {path.stat().st_mode & 0o022 for path in door.rglob("*") if not path.is_symlink()}

    assert modes == {0}
    assert all(path.stat().st_mode & 0o444 == 0o444 for path in door.rglob("*") if path.is_file())


def test_all_that_a_door_requires_is_pinned():
    assert wanted("install_requires") <= pinned("door"), "run `make lock`"


def test_all_that_a_centre_requires_is_pinned():
    assert wanted("collector") | wanted("postgresql") <= pinned("centre"), "run `make lock`"


def test_a_machine_that_there_is_none_of_is_refused(tmp_path):
    asked = subprocess.run([DEB / "build.sh", "riscv"], check=False, capture_output=True, text=True)

    assert (asked.returncode, asked.stderr[:15]) == (2, "usage: build.sh")
