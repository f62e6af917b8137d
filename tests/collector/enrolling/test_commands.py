"""`collector enrol` and `collector technician`, and the options of the door for new boxes."""

import json
import sqlite3
import ssl
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from collector.broker.authority import Authority
from collector.broker.settings import Settings
from collector.doctor import enrolling
from collector.doctor.finding import State
from mqtt_bridge.wire import enrolment as wire
from mqtt_bridge.wire.enrolment import decode_admission
from tests.collector.conftest import Centre, run
from tests.collector.enrolling.conftest import common_name
from tests.collector.test_command import complaint
from tests.ports import free_port

ENROLMENT = ("--enrolment", "192.168.1.10:8884")


@pytest.fixture
def data(tmp_path):
    return str(tmp_path / "data")


def test_a_box_without_network_is_enrolled_by_a_file(tmp_path, data):
    file = tmp_path / "box.enrol"
    told = ("--place", "UBND phường Thử", "--door", "Cửa chính", "--data", data, "--file", str(file))
    assert run("broker", "--host", "192.168.1.10", "--data", data).returncode == 0

    done = run("enrol", "cong-chinh", *told)

    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = decode_admission(file.read_bytes())
    assert (found.centre.kiosk, found.place, found.door) == ("cong-chinh", "UBND phường Thử", "Cửa chính")
    assert (found.broker.host, found.broker.port, found.broker.tls) == ("192.168.1.10", 8883, True)
    assert common_name(found.certificate) == "cong-chinh"
    pair = tmp_path / "pair.pem"
    pair.write_text(found.key + found.certificate)
    ssl.create_default_context(cadata=found.authority).load_cert_chain(pair)


def test_a_folder_has_the_same_and_what_the_box_is_called(tmp_path, data):
    folder = tmp_path / "credentials"
    assert run("broker", "--host", "192.168.1.10", "--data", data).returncode == 0
    told = ("--place", "UBND phường Thử", "--door", "Cửa chính", "--data", data)

    done = run("enrol", "cong-chinh", *told, "--folder", str(folder))

    assert done.returncode == 0, done.stderr
    assert json.loads((folder / "box.json").read_text()) == {
        "kiosk": {"name": "cong-chinh"},
        "place": {"name": "UBND phường Thử"},
        "door": {"name": "Cửa chính"},
        "mqtt": {"host": "192.168.1.10", "port": 8883, "tls": True},
    }
    assert sorted(file.name for file in folder.iterdir()) == [
        "box.json",
        "ca.crt",
        "centre.json",
        "kiosk.crt",
        "kiosk.key",
    ]


def test_where_the_box_has_its_own_broker_no_address_of_one_is_told(tmp_path, data):
    folder, file = tmp_path / "credentials", tmp_path / "box.enrol"
    for way in (("--folder", str(folder)), ("--file", str(file))):
        assert run("enrol", "cong-chinh", "--place", "Thử", "--data", data, *way).returncode == 0

    assert "mqtt" not in json.loads((folder / "box.json").read_text())
    found = decode_admission(file.read_bytes())
    assert (found.broker.host, found.broker.tls, found.key) == ("127.0.0.1", False, "")


def test_it_must_be_said_where_they_are_written(data):
    assert "--file" in complaint(run("enrol", "cong-chinh", "--place", "Thử", "--data", data))


def test_a_box_that_is_known_keeps_its_door_where_none_is_named(tmp_path, data):
    file = tmp_path / "box.enrol"
    told = ("--place", "Thử", "--data", data, "--file", str(file))
    assert run("enrol", "cong-chinh", "--door", "Cửa chính", *told).returncode == 0

    assert run("enrol", "cong-chinh", *told).returncode == 0

    assert decode_admission(file.read_bytes()).door == "Cửa chính"


def test_a_file_that_cannot_be_written_is_said(tmp_path, data):
    file = tmp_path / "nowhere" / "box.enrol"

    done = run("enrol", "cong-chinh", "--place", "Thử", "--data", data, "--file", str(file))

    assert "--file" in complaint(done)


def test_a_set_up_code_is_drawn_for_who_has_no_browser(tmp_path, data):
    file = tmp_path / "code.png"
    told = ("--place", "UBND phường Thử", "--code", str(file), *ENROLMENT, "--data", data)
    assert run("broker", "--host", "192.168.1.10", "--data", data).returncode == 0

    done = run("enrol", "cong-chinh", "--door", "Cửa chính", "--minutes", "15", *told)

    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with Image.open(file) as picture:
        (code,) = zxingcpp.read_barcodes(picture)
    said = wire.opened(code.text, None)
    assert isinstance(said, wire.SetupCode)
    assert said.url == "https://192.168.1.10:8884"
    assert said.authority == Authority(Path(data)).fingerprint()
    assert 0 < (said.expires - datetime.now(UTC)).total_seconds() <= 15 * 60
    assert code.text not in done.stdout + done.stderr
    with closing(sqlite3.connect(Path(data) / "collector.sqlite3")) as db:
        box = db.execute("SELECT name, door, seen_at FROM collector_kiosk").fetchall()
        audited = db.execute("SELECT action, subject, user, detail FROM collector_auditentry").fetchall()
    assert box == [("cong-chinh", "Cửa chính", None)]
    assert [(*one[:3], json.loads(one[3])) for one in audited] == [
        ("setup_code", "cong-chinh", "", {"what": "made", "minutes": 15, "wifi": False})
    ]

    # For the box that takes its place, at the door where it stands; another office's it does not become.
    assert run("enrol", "cong-chinh", *told).returncode == 0
    elsewhere = run("enrol", "cong-chinh", "--new", *told[2:], "--place", "UBND phường Khác")
    assert "belongs to UBND phường Thử" in complaint(elsewhere)


@pytest.mark.parametrize(
    ("kiosk", "told", "words"),
    [
        ("cong-chinh", ("--code", "c.png"), "--enrolment"),
        ("cong-chinh", ("--code", "c.png", "--file", "box.enrol"), "--code"),
        ("cong-chinh", ("--code", "c.png", "--minutes", "61"), "--minutes"),
        ("cong-chinh", ("--code", "c.png", *ENROLMENT), "collector broker"),
    ],
)
def test_a_set_up_code_that_cannot_be_made_is_said(data, kiosk, told, words):
    assert words in complaint(run("enrol", kiosk, "--place", "Thử", "--data", data, *told))


def test_no_set_up_code_is_made_for_a_box_that_would_have_the_centres_name(tmp_path, data):
    assert run("broker", "--host", "192.168.1.10", "--data", data).returncode == 0
    told = ("--place", "Thử", "--code", str(tmp_path / "code.png"), *ENROLMENT, "--data", data)

    assert "choose another" in complaint(run("enrol", "collector", *told))


def test_a_technicians_badge_is_drawn(tmp_path, data):
    file = tmp_path / "badge.png"
    assert run("migrate", "--data", data).returncode == 0
    assert run("user", "add", "lan", "--role", "technician", "--data", data).returncode == 0

    done = run("technician", "badge", "lan", "--days", "7", "--file", str(file), "--data", data)

    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with Image.open(file) as picture:
        (code,) = zxingcpp.read_barcodes(picture)
    assert code.text.startswith("EK1:")
    assert code.text not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("lan", "--days", "8"), "--days"),
        (("nobody",), "not known"),
        (("hoa",), "technician"),
    ],
)
def test_a_badge_is_made_for_technicians_only(tmp_path, data, arguments, words):
    assert run("migrate", "--data", data).returncode == 0
    for name, role in (("lan", "technician"), ("hoa", "auditor")):
        assert run("user", "add", name, "--role", role, "--data", data).returncode == 0

    done = run("technician", "badge", *arguments, "--file", str(tmp_path / "b.png"), "--data", data)

    assert words in complaint(done)


@pytest.mark.parametrize(
    "told", ["192.168.1.10", "192.168.1.10:0", "192.168.1.10:99999", "https://x:1", "::1:8884"]
)
def test_an_address_for_new_boxes_that_is_none_is_said(data, told):
    assert "HOST:PORT" in complaint(run("serve", "--enrolment", told, "--data", data))


def test_a_centre_without_authority_does_not_begin_to_enrol(data):
    assert run("migrate", "--data", data).returncode == 0

    done = run("web", "--enrolment", f"127.0.0.1:{free_port()}", "--web-port", "0", "--data", data)

    assert "collector broker" in complaint(done)


def test_the_running_centre_listens_for_new_boxes_and_ends_at_once(tmp_path, broker):
    centre, port = Centre(tmp_path, broker.port), free_port()
    mqtt = free_port()
    told = ("--host", "localhost", "--port", str(mqtt), "--data", str(centre.data))
    assert run("broker", *told).returncode == 0
    try:
        centre.start("--enrolment", f"127.0.0.1:{port}")

        where = ("--enrolment", f"127.0.0.1:{port}", "--data", str(centre.data))
        (told,) = [line for line in run("doctor", *where).stdout.splitlines() if " enrolment " in line]
        assert (
            told.split()
            == f"ok enrolment 127.0.0.1:{port} answers, and sends boxes to localhost:{mqtt}".split()
        )
        assert centre.end() == 0
    finally:
        centre.kill()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "none by code"),
        ({"ENROLMENT": "127.0.0.1:1"}, "does not answer"),
        ({"ENROLMENT": "", "BROKER_FOR_BOXES": "mqtt.example.vn:8883"}, "none by code"),
    ],
)
def test_the_doctor_says_whether_new_boxes_are_taken(quick_centre, settings, told, words):
    settings.ENROLMENT = ""
    for name, value in told.items():
        setattr(settings, name, value)

    assert words in enrolling.check(quick_centre.data).says


def test_the_doctor_sees_boxes_sent_to_a_broker_that_cannot_prove_itself(quick_centre, settings):
    assert enrolling.check(quick_centre.data).state is State.OK
    settings.BROKER_FOR_BOXES = "localhost:8883 mqtt.example.vn:8883"

    found = enrolling.check(quick_centre.data)

    assert found.state is State.WARNING
    assert "collector broker --host mqtt.example.vn" in found.says


def test_a_door_for_new_boxes_that_is_another_centres_is_wrong(quick_centre, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    authority = Authority(other)
    authority.prepare(Settings(("localhost",), free_port(), "127.0.0.1", authority.shelf.owner()))

    assert enrolling.check(other).state is State.WRONG
