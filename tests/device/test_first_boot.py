"""
The first boot of a box: cloud-init finds what `kiosk card` has put onto the boot partition, without any network, and
at the end of it the door reads.
"""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.device.container import MAKING_S, Container
from tests.device.new_box import make_card, make_packages, run, stock_card, switched_on
from tests.programs import BIN

pytestmark = [pytest.mark.device, pytest.mark.guest, pytest.mark.timeout(MAKING_S + 500)]

SSID, SECRET, PASSWORD = "Trạm nước", "khau4711", "khau4711 \\ thu 1"


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    """A card for a box that its centre has admitted, with a network and a key to log in by."""
    work = tmp_path_factory.mktemp("card")
    make_packages(work, "--only", "door")
    run(BIN / "collector", "broker", "--host", "centre.example", "--data", work / "centre")
    enrolled = ("cong-1", "--place", "UBND phường Thử", "--file", work / "box.enrol")
    run(BIN / "collector", "enrol", *enrolled, "--data", work / "centre")
    key = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    (work / "id.pub").write_bytes(key)
    card = stock_card(work / "bootfs")
    make_card(
        card,
        *("--package", work / "entrance-kiosk_0.1.0_amd64.deb", "--enrol", work / "box.enrol"),
        *("--ssh-key", work / "id.pub", "--wifi", SSID, "--wifi-password-stdin"),
        *("--address", "192.168.1.20/24", "--gateway", "192.168.1.1"),
        typed=f"{PASSWORD}\n",
    )
    return card


@pytest.fixture(scope="module")
def box(root, card, tmp_path_factory):
    return switched_on(root, card, "door.sh", tmp_path_factory.mktemp("box"), SECRET)


@pytest.fixture(scope="module")
def out(box):
    return box[0]


@pytest.fixture(scope="module")
def seen(box):
    print(f"the door reads {box[1]['after_s']} s after the machine began")
    return box[1]


def test_at_the_end_of_it_the_door_reads(seen):
    assert (seen["door"], seen["status"].split(",")[0]) == ("active", "waiting"), seen["journal"]


def test_cloud_init_has_nothing_to_complain_of(seen, out):
    assert seen["cloud"] == "done", (out / "cloud-init").read_text()


def test_its_orders_are_written_as_cloud_init_wants_them(out):
    assert "Valid schema" in (out / "schema").read_text()


def test_the_box_is_the_centres_by_the_admission_on_the_card(seen):
    assert seen["enrolled"] == "cong-1", seen["journal"]


def test_the_admission_with_its_key_is_gone_from_the_card(seen):
    assert seen["admission"] == "0", seen["journal"]


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


def test_where_cloud_init_is_there_it_is_asked_before_the_card_is_written(root, tmp_path):
    stock_card(tmp_path / "bootfs")
    (tmp_path / "entrance-kiosk_1_arm64.deb").write_bytes(b"!<arch>\n")
    make = "/opt/door/bin/python -m kiosk card /tmp/card/bootfs --package /tmp/card/*.deb"
    password = "echo nothing-secret | "
    refuse = "printf '#!/bin/sh\\nexit 1\\n' > /usr/bin/cloud-init"
    told = Container(root, {"/srv/card": tmp_path}).run(
        "/bin/bash",
        "-c",
        f"cp -r /srv/card /tmp/card; {password}{make} --console-password-stdin; {refuse}; {make} --hostname other; cat /tmp/card/bootfs/user-data",
    )

    assert "ready for entrance-kiosk" in told.stdout, told.stderr
    assert "cloud-init does not take it" in told.stderr
    assert '"hostname": "entrance-kiosk"' in told.stdout
    assert '"passwd": "$6$' in told.stdout
