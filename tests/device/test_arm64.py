"""The package for a Pi, on a Pi's processor: what it carries loads, and a code is read."""

import os
import subprocess
from pathlib import Path

import pytest

from hardware.simulated.codes import write_code
from tests import people
from tests.device.container import CHECKOUT

MAKE_ROOT = Path(__file__).with_name("guest") / "make-arm64.sh"
BUILD = CHECKOUT / "systemd" / "deb" / "build.sh"
SUDO = [] if os.geteuid() == 0 else ["sudo", "-n"]
LOADED = "base45 cbor2 click cryptography.hazmat.bindings._rust cv2 cwt gpiozero msgspec numpy paho.mqtt.client PIL.Image pydantic_core pygame pyzbar.pyzbar sqlite_utils uuid_utils zxingcpp"
READS = """\
import numpy, sys, zxingcpp
from PIL import Image
print(zxingcpp.read_barcode(numpy.asarray(Image.open(sys.argv[1]).convert("L"))).text)
"""
SLOW_S = 1200

pytestmark = [pytest.mark.guest, pytest.mark.timeout(3 * SLOW_S)]


@pytest.fixture(scope="module")
def pi(tmp_path_factory):
    """Run a program of the packages on a Pi's processor; what it said."""
    made = subprocess.run([MAKE_ROOT], capture_output=True, text=True, timeout=SLOW_S, check=False)
    assert made.returncode == 0, made.stderr[-4000:]
    work = tmp_path_factory.mktemp("pi")
    root, package = work / "root", work / "deb"
    for name in ("root", "written", "work", "deb"):
        (work / name).mkdir()
    subprocess.run([BUILD, "--out", package, "arm64"], check=True)
    layers = f"lowerdir={made.stdout.split()[-1]},upperdir={work / 'written'},workdir={work / 'work'}"
    subprocess.run([*SUDO, "mount", "-t", "overlay", "-o", layers, "pi", root], check=True)
    try:
        for file in package.glob("*.deb"):
            subprocess.run([*SUDO, "dpkg-deb", "--extract", file, root], check=True)
        for tree in ("entrance-kiosk", "entrance-kiosk-centre"):
            # As postinst does.
            (version,) = (root / "opt" / tree / "versions").iterdir()
            current = version.parents[1] / "current"
            subprocess.run([*SUDO, "ln", "-s", f"versions/{version.name}", current], check=True)
        subprocess.run([*SUDO, "install", "-d", root / "proc", root / "tmp"], check=True)
        subprocess.run([*SUDO, "mount", "--bind", "/proc", root / "proc"], check=True)
        write_code(people.CCCD, work / "card.png")
        subprocess.run([*SUDO, "cp", work / "card.png", root / "card.png"], check=True)

        def run(program, *words):
            ended = subprocess.run(
                [
                    *SUDO,
                    "chroot",
                    root,
                    "/usr/bin/qemu-aarch64-static",
                    "/usr/bin/python3",
                    "-sP",
                    program,
                    *words,
                ],
                capture_output=True,
                text=True,
                timeout=SLOW_S,
                env={"PATH": "/usr/bin:/usr/sbin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
                check=False,
            )
            assert ended.returncode == 0, ended.stdout + ended.stderr
            return ended.stdout

        yield run
    finally:
        subprocess.run([*SUDO, "umount", "--lazy", root / "proc"], check=False)
        subprocess.run([*SUDO, "umount", "--lazy", root], check=True)


@pytest.mark.parametrize("command", ["kiosk", "mqtt-bridge", "collector"])
def test_a_command_starts(pi, command):
    assert "version" in pi(f"/usr/bin/{command}", "--version")


def test_all_that_is_compiled_loads(pi):
    program = "import sys; sys.path.insert(0, '/opt/entrance-kiosk/current/lib'); import " + ", ".join(
        LOADED.split()
    )
    assert pi("-c", program) is not None


def test_a_code_is_read_off_a_picture(pi):
    program = "import sys; sys.path.insert(0, '/opt/entrance-kiosk/current/lib')\n" + READS
    assert pi("-c", program, "/card.png").strip() == people.CCCD
