"""`collector doctor`: each thing when it is well, when it is ill, and what it says to do then."""

import datetime as dt
import getpass
import json
import re
import threading
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django_otp.plugins.otp_totp.models import TOTPDevice

from collector.backup import stamp
from collector.broker.authority import Authority
from collector.broker.settings import Settings
from collector.doctor import (
    boxes,
    certificates,
    clock,
    copies,
    examining,
    files,
    keys,
    network,
    people,
    storage,
)
from collector.doctor.finding import Finding, State, is_well, summary
from collector.enrolment import enrol, sealing_keys
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.keyring import Keyring
from collector.models import Grant, Kiosk, SetAside
from kiosk.entries import SealedPerson
from mqtt_bridge import wire
from tests.collector.broker_tls import TlsBroker
from tests.collector.conftest import run, visit
from tests.ports import free_port

NOW = dt.datetime(2026, 11, 24, 1, 5, tzinfo=dt.UTC)
TODAY, DAY = dt.date(2026, 11, 24), dt.timedelta(days=1)
EPOCH = "00000000-0000-4000-8000-000000000001"
THINGS = [
    *("data folder", "database", "keys", "certificates", "broker", "page", "enrolment"),
    *("clock", "doors", "journals", "retention", "accounts", "backups"),
]


@pytest.fixture
def data(tmp_path):
    """A data folder with its keys, for its owner only."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    ring = Keyring(folder)
    ring.signing()
    ring.place_key(1)
    return folder


def see(*sequences, settled=0, at=NOW, **change):
    events = [
        visit(number, id=str(uuid.uuid4()), epoch=EPOCH, settled=settled, at=at, **change)
        for number in sequences
    ]
    return Store().commit([Received("cong-chinh", (event,)) for event in events], at)


def test_a_folder_as_it_should_be_is_well(data):
    assert files.check(data).state is State.OK


def test_a_folder_that_is_not_there_is_named(tmp_path):
    found = files.check(tmp_path / "nowhere")

    assert found.state is State.WRONG
    assert f"{tmp_path}/nowhere: not there; run `collector migrate`" in found.says


@pytest.mark.parametrize("name", ["signing.key", "pseudonym.key"])
def test_a_key_that_others_may_read_is_named(data, name):
    (data / name).chmod(0o640)

    found = files.check(data)

    assert found.state is State.WRONG
    assert f"run `chmod 600 {data / name}`" in found.says


def test_a_disk_that_fills_is_told_before_it_is_full(data, monkeypatch):
    monkeypatch.setattr(files, "SCANT_MB", 10**12)
    assert files.check(data).state is State.WARNING

    monkeypatch.setattr(files, "TOO_LITTLE_MB", 10**12)
    assert files.check(data).state is State.WRONG


def test_a_database_that_is_up_to_date_is_well(database):
    found = storage.check(database.folder)

    assert found.state is State.OK, found.says
    assert "up to date" in found.says


def test_a_database_that_is_behind_is_ill(on_sqlite):
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'collector'")

    assert storage.check(on_sqlite.folder).says == "not up to date; run `collector migrate`"


def test_a_damaged_file_is_ill(on_sqlite):
    see(*range(1, 1000))
    connections.close_all()
    file = on_sqlite.folder / "collector.sqlite3"
    content = bytearray(file.read_bytes())
    content[-30 * 4096 :] = b"\x05" * (30 * 4096)
    file.write_bytes(content)

    found = storage.check(on_sqlite.folder)

    assert found.state is State.WRONG
    assert "put back a backup" in found.says


def test_a_server_that_forgets_what_it_said_is_ill(on_postgresql, postgresql):
    name = on_postgresql.url.rpartition("/")[2]
    postgresql.run(f"ALTER DATABASE {name} SET synchronous_commit = off")
    connections.close_all()

    found = storage.check(on_postgresql.folder)

    assert found.state is State.WRONG
    assert "synchronous_commit is off" in found.says


def test_the_keys_of_a_new_centre_are_well(on_sqlite, data):
    assert keys.check(data, NOW) == Finding("keys", State.OK, "no place keeps names yet")


def test_it_says_for_how_many_days_doors_have_keys(on_sqlite, data):
    sealing_keys(enrol("cong-chinh", "UBND phường Thử").place, Keyring(data), TODAY)

    assert keys.days_left(Keyring(data), NOW) == {30: 120}
    assert keys.check(data, NOW).says == "sealing keys for 120 days"
    assert keys.check(data, NOW + 100 * DAY).state is State.WARNING
    assert keys.check(data, NOW + 130 * DAY).state is State.WRONG


def test_sealing_keys_whose_private_half_is_lost_count_for_nothing(on_sqlite, data):
    sealing_keys(enrol("cong-chinh", "UBND phường Thử").place, Keyring(data), TODAY)
    (data / "sealing.keys").unlink()

    assert keys.days_left(Keyring(data), NOW) == {30: 0}
    assert keys.check(data, NOW).state is State.WRONG


def test_a_lost_key_of_boxes_is_not_made_anew(on_sqlite, data):
    sealing_keys(enrol("cong-chinh", "UBND phường Thử").place, Keyring(data), TODAY)
    (data / "signing.key").unlink()

    found = keys.check(data, NOW)

    assert found.state is State.WRONG
    assert "signing.key: not there; put it back from a backup" in found.says
    assert not (data / "signing.key").exists()


def test_certificates_are_told_of_before_they_run_out(data):
    now = dt.datetime.now(dt.UTC)
    assert certificates.check(data, now).state is State.OK
    Authority(data).prepare(Settings(("broker.example",), 8883, "", getpass.getuser()))

    assert certificates.check(data, now).state is State.OK
    assert certificates.check(data, now + 800 * DAY).state is State.WARNING
    found = certificates.check(data, now + 1200 * DAY)
    assert found.state is State.WRONG
    assert "server.crt: ran out" in found.says


def test_a_broker_that_answers_is_well(broker, data):
    assert network.broker("127.0.0.1", broker.port, data, tls=False).state is State.OK
    assert network.broker("127.0.0.1 127.0.0.2", broker.port, data, tls=False).state is not State.WRONG


def test_a_broker_that_does_not_answer_is_ill(data):
    found = network.broker("127.0.0.1", free_port(), data, tls=False)

    assert found.state is State.WRONG
    assert "systemctl start mosquitto" in found.says


def test_a_broker_that_speaks_no_tls_is_ill(broker, data):
    Authority(data).prepare(Settings(("broker.example",), 8883, "", getpass.getuser()))

    assert network.broker("127.0.0.1", broker.port, data, tls=True).state is State.WRONG


def test_a_broker_that_speaks_tls_is_well_for_who_knows_its_authority(tmp_path, data):
    broker = TlsBroker(tmp_path / "broker")
    try:
        port = broker.settings.port
        assert network.broker("localhost", port, tmp_path / "broker", tls=True).state is State.OK

        Authority(data).prepare(broker.settings)
        found = network.broker("localhost", port, data, tls=True)
    finally:
        broker.stop()
    assert found.state is State.WRONG
    assert "no TLS with it" in found.says


@pytest.fixture
def says():
    """A page on a port of its own, that says of its health what it is told to."""
    told = {}

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if told.get("database") else 503)
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told, server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"database": True, "line_up": True}, State.OK),
        ({"database": True, "line_up": None}, State.OK),
        ({"database": True, "line_up": False}, State.WRONG),
        ({"database": False, "line_up": True}, State.WRONG),
    ],
)
def test_the_page_says_how_the_service_is(says, facts, state):
    told, port = says
    told.update(facts)

    assert network.page("127.0.0.1", port).state is state


def test_a_page_that_does_not_answer_is_ill():
    assert "systemctl start collector" in network.page("127.0.0.1", free_port()).says


def test_a_clock_that_was_never_set_is_ill():
    assert clock.check(dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).state is State.WRONG
    assert clock.check(NOW).state is not State.WRONG


def test_boxes_are_told_of_by_what_ails_them(on_sqlite):
    for kiosk in ("cong-chinh", "cong-phu", "cong-sau"):
        enrol(kiosk, "UBND phường Thử")
    Kiosk.objects.filter(name="cong-chinh").update(
        online=True, seen_at=NOW, health={"queue": {"aside": 2}, "door": {"running": False, "state": None}}
    )
    Kiosk.objects.filter(name="cong-phu").update(online=True, seen_at=NOW - DAY)

    found = boxes.check(NOW)

    assert found.state is State.WARNING
    assert "1 silent: cong-phu" in found.says
    assert "1 never seen: cong-sau" in found.says
    assert "1 with visits set aside: cong-chinh" in found.says
    assert "1 out of order: cong-chinh" in found.says


def test_messages_that_nobody_understood_are_counted(on_sqlite):
    SetAside.objects.create(topic="x", reason="y", payload=b"z", digest=b"d" * 32, received_at=NOW)

    assert "1 messages were not understood" in boxes.check(NOW).says


def test_journals_without_holes_are_well(database):
    see(1, 2, 3)

    assert boxes.journals().state is State.OK


def test_what_a_lost_database_does_not_have_is_named(database):
    """The door holds receipts up to 7, from before an older copy was put back."""
    see(1, 2, 3)
    see(8, 9, settled=7)

    found = boxes.journals()

    assert found.state is State.WARNING
    assert "4 entries are missing that the boxes may still have: cong-chinh 4–7" in found.says


def test_a_hole_among_thousands_is_found(on_sqlite):
    see(*range(1, 1500), *range(1501, 3200))
    see(3201, settled=3200)

    assert "2 entries are missing that the boxes may still have: cong-chinh 1500–1500, 3200–3200" in (
        boxes.journals().says
    )


def test_a_gap_that_the_door_told_of_is_no_hole(on_sqlite):
    see(1)
    first = json.loads(wire.encode([visit(2, epoch=EPOCH)]))
    gap = first | {"type": "vn.entrance-kiosk.gap.v1", "data": {"through": 5, "why": "damaged"}}
    events = wire.decode(json.dumps(gap).encode())
    Store().commit([Received("cong-chinh", tuple(events))], NOW)
    see(6)

    assert boxes.journals().state is State.OK


def test_names_that_should_be_forgotten_are_counted(on_sqlite, data):
    see(1, 2, person=SealedPerson("2026-1", b"sealed"))

    assert people.forgetting(data, NOW + 20 * DAY).state is State.OK
    found = people.forgetting(data, NOW + 40 * DAY)
    assert found.state is State.WRONG
    assert "2 visits still have names" in found.says
    assert "collector retain" in found.says


def test_a_centre_that_nobody_can_log_in_to_says_how_to(on_sqlite):
    assert "collector user add" in people.accounts().says


def test_who_comes_to_names_without_a_second_factor_is_counted_and_not_named(on_sqlite, settings):
    settings.SECOND_FACTOR = True
    manager, province = (User.objects.create_user(name) for name in ("thu", "tinh"))
    Grant.objects.create(user=manager, role=Grant.Role.MANAGER)
    Grant.objects.create(user=province, role=Grant.Role.PROVINCE)

    found = people.accounts()
    assert (found.state, "1 of 2" in found.says, "thu" in found.says) == (State.WARNING, True, False)

    TOTPDevice.objects.create(user=manager, name="app", confirmed=True)
    assert people.accounts().state is State.OK


def test_backups_are_asked_for(data):
    assert copies.check(data, NOW).state is State.WARNING

    stamp.tell(data, "database", NOW)

    assert copies.check(data, NOW + DAY).state is State.OK
    assert copies.check(data, NOW + 3 * DAY).state is State.WARNING


def test_a_database_that_is_away_leaves_the_rest_to_be_looked_at(on_sqlite, data, settings):
    connections.close_all()
    connections["default"].settings_dict["NAME"] = data / "nowhere.sqlite3"

    found = list(
        examining.examine(data, NOW, broker=("127.0.0.1", 1), tls=False, page=("127.0.0.1", free_port()))
    )

    assert [one.thing for one in found] == THINGS
    assert {one.thing for one in found if one.state is State.WRONG} == {"database", "broker", "page"}
    assert not (data / "nowhere.sqlite3").exists()


def test_the_command_looks_at_a_centre_that_runs(centre, broker):
    centre.start()
    port = centre.address.rstrip("/").rpartition(":")[2]
    how = ("--data", str(centre.data), "--mqtt-port", str(broker.port), "--web-port", port)

    done = run("doctor", "--json", *how)
    told = json.loads(done.stdout)

    assert (done.returncode, told["well"]) == (0, True), done
    assert [one["thing"] for one in told["things"]] == THINGS
    centre.kill()
    done = run("doctor", *how)
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stdout.splitlines()][:6] == [
        "ok",
        "ok",
        "ok",
        "ok",
        "ok",
        "wrong",
    ]


def test_a_centre_that_is_not_there_is_not_made(tmp_path):
    done = run("doctor", "--data", str(tmp_path / "nowhere"))

    assert done.returncode == 1
    assert not (tmp_path / "nowhere").exists()


def test_every_thing_stands_in_the_guide():
    guide = (Path(__file__).parents[2] / "docs" / "running.md").read_text(encoding="utf-8")
    table = guide.partition("| thing | is well when |")[2].partition("\n\n")[0]

    assert re.findall(r"^\| `([a-z ]+)` \|", table, re.MULTILINE) == THINGS


def test_warnings_are_no_illness():
    found = [Finding("doors", State.WARNING, "1 silent"), Finding("clock", State.OK, "right")]

    assert is_well(found)
    assert summary(found)["well"] is True
    assert str(found[0]) == "!      doors        1 silent"
