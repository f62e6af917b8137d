"""
The first boot of a box: cloud-init finds what `kiosk card` has put onto the boot partition, without any network, and
at the end of it the door reads.
"""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.device.container import MAKING_S
from tests.device.test_units import BUILD, SUDO
from tests.programs import BIN

pytestmark = [pytest.mark.device, pytest.mark.timeout(MAKING_S + 300)]

HERE = Path(__file__).with_name("first_boot")
SSID, PASSWORD = "Trạm nước", "khau4711 \\ thu 1"
QUIET = ("systemd-networkd", "systemd-resolved", "systemd-udevd", "console-getty", "mosquitto")
"""Services of the root that have nothing to do in this container."""


def run(*command, **more):
    subprocess.run(command, check=True, capture_output=True, text=True, **more)


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    """The boot partition of a stock system, after `kiosk card`."""
    work = tmp_path_factory.mktemp("card")
    run(BUILD, "--out", work, "--version", "0.1.0", "--only", "door", "amd64")
    run(BIN / "collector", "broker", "--host", "centre.example", "--data", work / "centre")
    enrolled = ("cong-1", "--place", "UBND phường Thử", "--file", work / "box.enrol")
    run(BIN / "collector", "enrol", *enrolled, "--data", work / "centre")
    key = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    (work / "id.pub").write_bytes(key)
    folder = work / "bootfs"
    folder.mkdir()
    (folder / "config.txt").write_text("camera_auto_detect=1\n")
    (folder / "cmdline.txt").write_text("console=tty1 root=PARTUUID=4e639091-02 rootwait\n")
    (folder / "meta-data").write_text("dsmode: local\ninstance_id: rpios-image\n")
    (folder / "user-data").write_text("#cloud-config\n")
    network = (
        "--wifi",
        SSID,
        "--wifi-password-stdin",
        "--address",
        "192.168.1.20/24",
        "--gateway",
        "192.168.1.1",
    )
    run(
        *(BIN / "kiosk", "card", folder, "--package", work / "entrance-kiosk_0.1.0_amd64.deb"),
        *("--architecture", "amd64", "--enrol", work / "box.enrol", "--settings", HERE / "kiosk.toml"),
        *("--ssh-key", work / "id.pub", "--locale", "C.UTF-8", *network),
        input=f"{PASSWORD}\n",
    )
    # FAT knows no modes: all of it may be read.
    for path in folder.rglob("*"):
        path.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def out(root, card, tmp_path_factory):
    """Switch the box on, have it looked at from inside, and give back the folder of what was seen."""
    work = tmp_path_factory.mktemp("box")
    out = work / "out"
    out.mkdir()
    shutil.copytree(HERE, work / "first_boot")
    (work / "first_boot" / "secret").write_text(PASSWORD.split(maxsplit=1)[0])
    binds = {
        "/srv/first_boot": work / "first_boot",
        "/etc/cloud/cloud.cfg.d/99_raspberry-pi.cfg": HERE / "raspberry-pi.cfg",
        "/etc/systemd/system/watch.service": HERE / "watch.service",
        **{f"/etc/systemd/system/{unit}.service": Path("/dev/null") for unit in QUIET},
    }
    ended = subprocess.run(
        [
            *SUDO,
            # A container ends with nspawn when that is asked to end, and not when it is killed.
            *("timeout", "--kill-after=15", "200"),
            *("systemd-nspawn", "--quiet", "--directory", root, "--volatile=overlay", "--register=no"),
            *("--keep-unit", "--private-network", "--console=pipe", "--kill-signal=SIGRTMIN+4"),
            *(f"--bind-ro={outside}:{inside}" for inside, outside in binds.items()),
            *(f"--bind={out}:/srv/out", f"--bind={card}:/boot/firmware"),
            *("--boot", "systemd.wants=watch.service", "systemd.show_status=0"),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (out / "seen").exists(), (
        f"the box did not come to its end ({ended.returncode}):\n{ended.stdout[-3000:]}{ended.stderr[-3000:]}"
    )
    return out


@pytest.fixture(scope="module")
def seen(out):
    facts = dict(line.split("=", 1) for line in (out / "seen").read_text().splitlines())
    facts["journal"] = (out / "journal").read_text()
    print(f"the door reads {facts['after_s']} s after the machine began")
    return facts


def test_at_the_end_of_it_the_door_reads(seen):
    assert (seen["door"], seen["status"].split(",")[0]) == ("active", "waiting"), seen["journal"]


def test_cloud_init_has_nothing_to_complain_of(seen, out):
    assert seen["cloud"] == "done", (out / "cloud-init").read_text()


def test_its_orders_are_written_as_cloud_init_wants_them(out):
    assert "Valid schema" in (out / "schema").read_text()


def test_the_box_is_the_centres_by_the_admission_on_the_card(seen):
    assert seen["enrolled"] == "cong-1", seen["journal"]


def test_the_box_has_its_name_and_its_time_zone(seen):
    assert (seen["hostname"], seen["zone"].endswith("Asia/Ho_Chi_Minh")) == ("cong-1", True)


def test_the_network_is_roots_alone_and_gone_from_the_card(seen):
    assert (seen["network"], "nmconnection" in seen["left_on_card"]) == ("600 root", False)


def test_networkmanager_reads_the_network_as_it_was_given(seen):
    digest = hashlib.sha256(f"{PASSWORD}\n".encode()).hexdigest()
    assert (seen["ssid"], seen["password"].split()[0]) == (SSID, digest), seen["journal"]
    assert seen["address"].split() == ["192.168.1.20/24", "192.168.1.1"]


def test_the_networks_password_is_nowhere_else(out):
    assert (out / "leaks").read_text() == ""


def test_a_technician_logs_in_by_key_only(seen):
    assert seen["login"] == "L 1"


def test_the_boxs_settings_are_those_of_the_card(seen):
    assert seen["settings"] == "644 root"


def test_what_the_network_must_still_bring_is_waited_for(seen):
    assert seen["again"] == "enabled"
    assert "to be had from the network: " in seen["journal"]
