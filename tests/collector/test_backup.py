"""Backups are proved by putting them back: whole databases of both kinds, and the keys."""

import datetime as dt
import getpass
import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
import threading
import uuid
import zipfile
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from collector import months, retention
from collector.backup import archive, keys, restoring, stamp, taking
from collector.backup.errors import BackupUnusable
from collector.broker.authority import Authority
from collector.broker.settings import Settings
from collector.enrolment import enrol, sealing_keys
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.keyring import Keyring
from collector.models import Kiosk, Mark, SealingKey, Visit
from collector.opening import open_visit
from kiosk.credentials import sealing_keys as read_keys
from kiosk.formats import recognise
from kiosk.sealing import Sealer
from kiosk.store.outbox import Outbox
from mqtt_bridge import wire
from tests import people
from tests.collector.conftest import run, visit, wait_until
from tests.collector.databases import SQLITE
from tests.kiosk.books import fill
from tests.ports import free_port

RUNNING = Path(__file__).parents[2] / "docs" / "running.md"
NOW = dt.datetime(2026, 11, 24, 1, 5, tzinfo=dt.UTC)
SAME_DAY = dt.date(2026, 11, 24)


def see(*sequences, store=None, epoch="00000000-0000-4000-8000-000000000001", **change):
    """Store visits of these numbers."""
    received = [
        Received("cong-chinh", (visit(number, epoch=epoch, **{"id": str(uuid.uuid4()), **change}),))
        for number in sequences
    ]
    return (store or Store()).commit(received, NOW)


def put_back(path, **how):
    with archive.opened(path) as backup:
        return restoring.restore(backup, **{"replace": False, **how})


def forget(database):
    """The machine is lost, and a new one stands there with nothing on it."""
    connections.close_all()
    if database.kind == SQLITE:
        for file in database.folder.glob("collector.sqlite3*"):
            file.unlink()
    else:
        with connections["default"].cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connections.close_all()


@pytest.fixture
def copy(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "elsewhere" / "monday.backup"


@pytest.fixture(autouse=True)
def data(tmp_path, settings):
    settings.DATA = tmp_path
    return tmp_path


def test_what_was_lost_comes_back(database, copy):
    enrol("cong-chinh", "UBND phường Thử")
    see(*range(1, 101))
    before = set(Visit.objects.values_list("pk", "kiosk", "sequence", "at"))

    taking.take(copy, NOW)
    forget(database)
    held = put_back(copy)

    assert (held.places, held.boxes, held.visits) == (1, 1, 100)
    assert set(Visit.objects.values_list("pk", "kiosk", "sequence", "at")) == before
    assert Kiosk.objects.get().place.name == "UBND phường Thử"
    assert Mark.objects.get().through == 100


def test_the_restored_database_goes_on_where_it_was(database, copy):
    see(1, 2, 3)
    taking.take(copy, NOW)
    forget(database)
    put_back(copy)

    outcome = see(4)

    assert outcome.stored == 1
    assert outcome.receipts[0][1].through == 4


def months_of_table():
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text, count(*) FROM collector_visit GROUP BY 1 ORDER BY 1")
        return cursor.fetchall()


def test_months_come_back_as_they_were_whatever_months_there_are(on_postgresql, copy):
    """The backup has what the server has not, and the other way round."""
    months.make_ahead(NOW - dt.timedelta(days=400))
    store = Store()
    for number, days in enumerate((0, 40, 400), 1):
        see(number, store=store, at=NOW - dt.timedelta(days=days), id=in_month(days))
    before = months_of_table()
    taking.take(copy, NOW)
    for days in (1, 0):
        dropped = months.drop_old(NOW - dt.timedelta(days=days), 12)
    assert "collector_visit_2025_09" in dropped.months
    months.make_ahead(NOW)
    see(4, id=in_month(-20))

    put_back(copy, replace=True)

    assert [name for name, _ in before] == ["collector_visit_2025_10", "collector_visit_others"]
    assert months_of_table() == before
    assert "collector_visit_2026_11" in months.make_ahead(NOW)
    assert see(5, id=in_month(0)).stored == 1


def in_month(days):
    """An id that a door made so many days ago."""
    at = NOW - dt.timedelta(days=days)
    return str(uuid.UUID(int=(int(at.timestamp() * 1000) << 80) | uuid.uuid4().int >> 48))


def test_names_open_with_the_keys_that_were_put_back(database, copy, data):
    box = enrol("cong-chinh", "UBND phường Thử")
    keyring = Keyring(data)
    sealer = Sealer("cong-chinh", b"k" * 32, read_keys(sealing_keys(box.place, keyring, SAME_DAY)))
    visitor, id_ = recognise(people.CCCD), str(uuid.uuid4())
    person = sealer.seal(visitor, id_, NOW)
    Store().commit([Received("cong-chinh", (visit(1, id=id_, person=person),))], NOW)
    of_keys = copy.with_name("keys.backup")
    taking.take(copy, NOW)
    keys.take(of_keys, data, NOW)
    forget(database)
    (data / "sealing.keys").unlink()

    put_back(copy)
    assert open_visit(Visit.objects.get(), Keyring(data)) is None
    with archive.opened(of_keys) as backup:
        keys.restore(backup, data, replace=False)

    assert open_visit(Visit.objects.get(), Keyring(data))["name"] == visitor.name


def test_a_backup_taken_while_visits_come_is_of_one_moment(database, copy):
    """Whatever number the mark has, exactly so many visits are there."""
    stop, begun = threading.Event(), threading.Event()

    def write():
        store, number = Store(), 0
        while not stop.is_set():
            see(*range(number + 1, number + 21), store=store)
            number += 20
            if number >= 100:
                begun.set()
        connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(20)
        first = taking.take(copy, NOW)
        through = Mark.objects.get().through
        last = taking.take(copy.with_name("tuesday.backup"), NOW)
    finally:
        stop.set()
        writer.join()
    forget(database)

    put_back(copy)

    assert 100 <= first.database.visits <= through <= last.database.visits
    assert Visit.objects.count() == first.database.visits == Mark.objects.get().through


class Box:
    """A box with a journal of its own, whose line reaches the centre at once."""

    def __init__(self, folder):
        self.folder = folder
        self.store = Store()
        fill(folder, 10)

    def send(self, most=50):
        """What a bridge does when the line comes up; how many entries went out."""
        with closing(Outbox(self.folder)) as outbox:
            entries = outbox.after(outbox.settled(), most)
            if not entries:
                return 0
            events = [wire.event(wire.Sender("kiosk-1"), entry, outbox.settled()) for entry in entries]
            outbox.mark_sent(entry.sequence for entry in entries)
            outcome = self.store.commit([Received("kiosk-1", tuple(events))], NOW)
            outbox.mark_stored(outcome.receipts[0][1].through)
        return len(entries)


def test_what_came_after_the_backup_is_still_in_the_boxes_and_can_be_had_from_there(database, copy, tmp_path):
    """As docs/running.md says: not by itself, but by one command on each box."""
    box = Box(tmp_path / "box")
    box.send(5)
    taking.take(copy, NOW)
    box.send()
    forget(database)
    put_back(copy)
    box.store = Store()
    fill(box.folder, 1, 10)

    sent = box.send()

    assert (sent, Visit.objects.count(), Mark.objects.get().through) == (1, 6, 11)
    assert box.send() == 0

    (command,) = re.findall(r'"(UPDATE entries [^"]+)"', RUNNING.read_text(encoding="utf-8"))
    with closing(sqlite3.connect(box.folder / "journal.sqlite3")) as journal, journal:
        journal.execute(command)

    assert box.send() == 11
    assert sorted(Visit.objects.values_list("sequence", flat=True)) == list(range(1, 12))
    assert box.send() == 0


def test_a_restored_file_is_sound(on_sqlite, copy):
    see(*range(1, 501))
    taking.take(copy, NOW)
    forget(on_sqlite)
    put_back(copy)
    connections.close_all()

    with closing(sqlite3.connect(on_sqlite.folder / "collector.sqlite3")) as line:
        assert line.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert line.execute("PRAGMA foreign_key_check").fetchall() == []


def test_visits_are_not_lost_by_mistake(database, copy):
    taking.take(copy, NOW)
    see(1)

    with pytest.raises(BackupUnusable, match=r"holds 1 visits.*--replace"):
        put_back(copy)

    assert Visit.objects.count() == 1


def test_visits_are_lost_when_that_is_meant(database, copy):
    see(1)
    taking.take(copy, NOW)
    see(2, 3)

    put_back(copy, replace=True)

    assert list(Visit.objects.values_list("sequence", flat=True)) == [1]


def test_a_damaged_file_is_replaced_only_when_that_is_meant(on_sqlite, copy):
    see(*range(1, 200))
    taking.take(copy, NOW)
    connections.close_all()
    file = on_sqlite.folder / "collector.sqlite3"
    file.write_bytes(b"x" * file.stat().st_size)

    with pytest.raises(BackupUnusable, match="damaged"):
        put_back(copy)
    put_back(copy, replace=True)

    assert Visit.objects.count() == 199


def test_no_backup_is_made_of_a_damaged_database(on_sqlite, copy):
    see(*range(1, 2000))
    taking.take(copy, NOW)
    connections.close_all()
    file = on_sqlite.folder / "collector.sqlite3"
    content = bytearray(file.read_bytes())
    content[-20 * 4096 :] = os.urandom(20 * 4096)
    file.write_bytes(content)
    before = copy.read_bytes()

    with pytest.raises(BackupUnusable, match="keep your older backups"):
        taking.take(copy, NOW)

    assert copy.read_bytes() == before


@pytest.mark.parametrize("where", ["first", "middle", "last"])
def test_a_backup_that_the_disk_has_changed_is_refused_and_nothing_is_touched(on_sqlite, copy, where):
    see(*range(1, 50))
    taking.take(copy, NOW)
    see(50)
    content = bytearray(copy.read_bytes())
    place = {"first": 100, "middle": len(content) // 2, "last": len(content) - 30}[where]
    content[place : place + 16] = os.urandom(16)
    copy.write_bytes(content)

    with pytest.raises(BackupUnusable, match=r"damaged|none, or cut short|not one of this centre"):
        put_back(copy, replace=True)

    assert Visit.objects.count() == 50


def test_a_backup_that_was_cut_short_is_refused(on_sqlite, copy):
    see(1)
    taking.take(copy, NOW)
    copy.write_bytes(copy.read_bytes()[:-40])

    with pytest.raises(BackupUnusable, match="cut short"):
        put_back(copy, replace=True)


def test_what_is_no_backup_is_refused(on_sqlite, copy):
    for content in (b"", b"Nguyen", b"x" * 10_000):
        copy.write_bytes(content)
        with pytest.raises(BackupUnusable, match=str(copy)):
            put_back(copy)


def test_a_zip_of_somebody_else_is_refused(on_sqlite, copy):
    with zipfile.ZipFile(copy, "w") as file:
        file.writestr("manifest.json", json.dumps({"manifest_version": 3, "name": "a browser's"}))

    with pytest.raises(BackupUnusable, match="not one of this centre"):
        put_back(copy)


def changed(copy, **facts):
    """The same backup, saying something else of itself."""
    with zipfile.ZipFile(copy) as file:
        held = {name: file.read(name) for name in file.namelist()}
    manifest = json.loads(held["manifest.json"])
    manifest["database"].update(facts)
    with zipfile.ZipFile(copy, "w") as file:
        for name, content in {**held, "manifest.json": json.dumps(manifest)}.items():
            file.writestr(name, content)


def test_a_backup_of_a_newer_version_is_refused(on_sqlite, copy):
    manifest = taking.take(copy, NOW)
    changed(copy, migrations=[*manifest.database.migrations, "collector.9999_wonders"])

    with pytest.raises(BackupUnusable, match=r"9999_wonders.*install that version"):
        put_back(copy)


def test_a_backup_of_the_other_kind_is_refused(database, copy):
    taking.take(copy, NOW)
    other = "postgresql" if database.kind == SQLITE else "sqlite"
    changed(copy, kind=other)

    with pytest.raises(BackupUnusable, match=r"PostgreSQL.*SQLite|SQLite.*PostgreSQL"):
        put_back(copy)


def test_a_backup_is_for_its_owner_only(on_sqlite, copy):
    taking.take(copy, NOW)

    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [file.name for file in copy.parent.iterdir()] == [copy.name]


def test_a_file_that_is_no_backup_is_not_written_over(on_sqlite, copy):
    copy.write_text("the minutes of the meeting")

    with pytest.raises(BackupUnusable, match="no backup; choose another name"):
        taking.take(copy, NOW)

    assert copy.read_text() == "the minutes of the meeting"


def test_an_older_backup_gives_way_to_a_newer(on_sqlite, copy):
    taking.take(copy, NOW)
    see(1)

    assert taking.take(copy, NOW).database.visits == 1
    with archive.opened(copy) as backup:
        assert backup.manifest.database.visits == 1


def test_a_folder_that_is_not_there_is_named(on_sqlite, copy):
    with pytest.raises(BackupUnusable, match=r"nowhere.*choose another"):
        taking.take(copy.parent / "nowhere" / "x.backup", NOW)


def test_a_centre_that_runs_keeps_its_database(on_sqlite, copy):
    see(1)
    taking.take(copy, NOW)
    file = on_sqlite.folder / "collector.sqlite3"
    with closing(sqlite3.connect(file)) as other:
        other.execute("SELECT count(*) FROM collector_visit").fetchone()

        with pytest.raises(BackupUnusable, match="in use; stop the centre"):
            put_back(copy, replace=True)

        assert other.execute("SELECT count(*) FROM collector_visit").fetchone() == (1,)


def test_a_restoring_that_is_killed_leaves_the_old_or_the_new(on_sqlite, copy):
    """Whenever that is; and the next one is not in its way."""
    see(*range(1, 6001))
    taking.take(copy, NOW)
    see(6001)
    connections.close_all()
    command = [sys.executable, "-m", "collector", "restore", "--replace", copy, "--data", on_sqlite.folder]
    for delay_s in (0.9, 1.1, 1.3, 1.5):
        restoring_ = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with suppress(subprocess.TimeoutExpired):
            restoring_.wait(delay_s)
        restoring_.kill()
        restoring_.wait()

        with closing(sqlite3.connect(on_sqlite.folder / "collector.sqlite3")) as line:
            assert line.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert line.execute("SELECT count(*) FROM collector_visit").fetchone()[0] in {6000, 6001}
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "6000 visits" in done.stdout


def test_what_a_power_cut_has_left_goes_with_the_next(on_sqlite, copy):
    left = copy.parent / ".backup-0ld"
    left.mkdir()
    (left / "database.sqlite3").write_bytes(b"x")
    os.utime(left, (0, 0))

    taking.take(copy, NOW)

    assert [file.name for file in copy.parent.iterdir()] == [copy.name]


def test_a_database_that_is_behind_is_copied_before_it_is_brought_up_to_date(on_sqlite, copy):
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'axes'")
    connections.close_all()

    done = run("backup", str(copy), "--data", str(on_sqlite.folder))

    assert done.stdout == f"{copy}: 0 places, 0 boxes, 0 visits\n", done.stderr


def test_a_server_that_others_use_keeps_its_database(on_postgresql, postgresql, copy):
    see(1)
    taking.take(copy, NOW)
    connections.close_all()
    with psycopg.connect(on_postgresql.url), pytest.raises(BackupUnusable, match="1 others are connected"):
        put_back(copy, replace=True)


def test_without_postgresqls_programs_it_says_what_to_install(on_postgresql, copy, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(BackupUnusable, match="pg_dump: not found; install postgresql-client"):
        taking.take(copy, NOW)


def test_a_server_whose_restoring_fails_keeps_what_it_had(on_postgresql, copy):
    """A table of the backup cannot be made: something of that name is there that is not ours to drop."""
    see(1)
    taking.take(copy, NOW)
    see(2)
    with connections["default"].cursor() as cursor:
        cursor.execute("DROP TABLE collector_gap; CREATE VIEW collector_gap AS SELECT 1 AS id")
    connections.close_all()

    with pytest.raises(BackupUnusable, match=r"psql: .*collector_gap"):
        put_back(copy, replace=True)

    assert Visit.objects.count() == 2


def test_it_is_known_when_the_last_was_made(on_sqlite, copy, data):
    assert stamp.read(data) == {}

    taking.take(copy, NOW)

    assert stamp.read(data) == {"database": NOW}


def test_other_keys_are_not_lost_by_mistake(on_sqlite, copy, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        Keyring(folder).signing()
    keys.take(copy, first, NOW)
    before = (second / "signing.key").read_bytes()

    with archive.opened(copy) as backup, pytest.raises(BackupUnusable, match=r"signing.key.*--replace"):
        keys.restore(backup, second, replace=False)
    assert (second / "signing.key").read_bytes() == before

    with archive.opened(copy) as backup:
        assert keys.restore(backup, second, replace=True) == ["signing.key"]
    assert (second / "signing.key").read_bytes() == (first / "signing.key").read_bytes()


def test_a_destroyed_key_does_not_come_back(on_sqlite, copy, data):
    keyring = Keyring(data)
    public = keyring.make_sealing(["20261001-30-aaaaaa", "20261101-30-bbbbbb"])
    SealingKey.objects.bulk_create(
        SealingKey(id=key, public=half, begins=NOW, keep_days=30) for key, half in public.items()
    )
    keys.take(copy, data, NOW)
    keyring.destroy_sealing(["20261001-30-aaaaaa"])
    SealingKey.objects.filter(pk="20261001-30-aaaaaa").update(destroyed_at=NOW)
    (data / "sealing.keys").unlink()

    with archive.opened(copy) as backup:
        keys.restore(backup, data, replace=False)

    assert set(json.loads((data / "sealing.keys").read_bytes())) == {"20261101-30-bbbbbb"}


def test_a_destroyed_key_does_not_come_back_when_the_keys_are_put_back_first(on_sqlite, copy, data):
    keyring = Keyring(data)
    (public,) = keyring.make_sealing(["20261001-30-aaaaaa"]).values()
    keys.take(copy, data, NOW)
    SealingKey.objects.create(
        id="20261001-30-aaaaaa", public=public, begins=NOW, keep_days=30, destroyed_at=NOW
    )

    keys.agree(data, NOW)

    assert json.loads((data / "sealing.keys").read_bytes()) == {}


def test_the_authority_over_the_broker_goes_on_with_its_keys(on_sqlite, copy, tmp_path):
    """Boxes that it certified before are believed by what it makes on the new machine."""
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir(mode=0o700)
    told = Settings(("broker.example",), 8883, "", getpass.getuser())
    Authority(old).prepare(told)
    keys.take(copy, old, NOW)

    with archive.opened(copy) as backup:
        keys.restore(backup, new, replace=False)

    assert Authority(new).ca_pem() == Authority(old).ca_pem()
    assert [file.name for file in Authority(new).prepare(told)] == ["mosquitto.conf"]
    assert stat.S_IMODE((new / "broker" / "ca.key").stat().st_mode) == 0o600


def test_keys_that_only_the_key_file_knows_are_destroyed_in_time(database, copy, data):
    """The database that was put back is of a time before they were made; the doors sealed with them since."""
    box, keyring = enrol("cong-chinh", "UBND phường Thử"), Keyring(data)
    sealing_keys(box.place, keyring, SAME_DAY)
    taking.take(copy, NOW)
    (later,) = keyring.make_sealing(["20261124-30-cccccc"])
    forget(database)
    put_back(copy)

    assert keys.agree(data, NOW) == 1
    assert keys.agree(data, NOW) == 0
    retention.retain(keyring, NOW + dt.timedelta(days=30))
    assert keyring.sealing(later) is not None
    retention.retain(keyring, NOW + dt.timedelta(days=32))
    assert keyring.sealing(later) is None


def test_keys_of_a_hostile_backup_go_nowhere_else(on_sqlite, copy, tmp_path):
    source = tmp_path / "x"
    source.write_text("x")
    archive.write(copy, "keys", {"../../escaped": source}, NOW)

    with archive.opened(copy) as backup, pytest.raises(BackupUnusable, match="no key"):
        keys.restore(backup, tmp_path / "data", replace=True)


def test_the_commands_bring_a_whole_centre_back(any_centre, door, tmp_path):
    """The keys and the database go into two files, the machine is lost, and a new one has both again."""
    centre, copy, of_keys = any_centre, tmp_path / "db.backup", tmp_path / "keys.backup"
    centre.start()
    door.post(door.event(1), door.event(2))
    wait_until(lambda: door.through == 2, "two visits are stored")
    told = {"COLLECTOR_DATABASE": centre.database}

    taken = run("backup", str(copy), "--data", str(centre.data), **told)
    assert taken.stdout == f"{copy}: 0 places, 0 boxes, 2 visits\n", taken.stderr
    assert run("backup", "--keys", str(of_keys), "--data", str(centre.data), **told).returncode == 0
    in_use = run("restore", "--replace", str(copy), "--data", str(centre.data), **told)
    assert in_use.returncode == 2
    assert "stop the centre" in in_use.stderr
    signing = (centre.data / "signing.key").read_bytes()
    centre.kill()
    for file in sorted(centre.data.rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()

    how = () if not centre.database else ("--replace",)
    done = run("restore", *how, str(copy), "--data", str(centre.data), **told)
    assert done.stdout.startswith("0 places, 0 boxes, 2 visits"), done.stderr
    done = run("restore", str(of_keys), "--data", str(centre.data), **told)
    assert "signing.key" in done.stdout, done.stderr

    assert (centre.data / "signing.key").read_bytes() == signing
    assert centre.total() == 2


def test_keys_are_put_back_where_there_is_no_database_yet(postgresql, copy, tmp_path):
    Keyring(tmp_path).signing()
    keys.take(copy, tmp_path, NOW)
    name = postgresql.create()
    try:
        for number, url in enumerate(("", "", postgresql.url(name))):
            told = {"COLLECTOR_DATABASE": url}
            done = run("restore", str(copy), "--data", str(tmp_path / f"new-{number // 2}"), **told)
            assert done.returncode == 0, done.stderr
    finally:
        postgresql.drop(name)


def test_a_server_that_is_away_gets_one_line(copy, tmp_path):
    Keyring(tmp_path).signing()
    keys.take(copy, tmp_path, NOW)
    told = {"COLLECTOR_DATABASE": f"postgresql://x@127.0.0.1:{free_port()}/x"}

    for arguments in (("restore", str(copy)), ("backup", str(copy.with_name("x.backup")))):
        done = run(*arguments, "--data", str(tmp_path / "new"), **told)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
        assert "is the server running" in done.stderr


def test_the_command_says_what_is_wrong_in_one_line(tmp_path):
    done = run("restore", str(tmp_path / "missing"), "--data", str(tmp_path / "data"))

    assert done.returncode == 2
    assert done.stderr.startswith(f'collector: backup "{tmp_path}/missing": no such file')
    assert len(done.stderr.splitlines()) == 1
