"""What is forgotten when its time is over: by the clock of the place, in the database, and in every copy of it."""

import datetime as dt
import json
import logging
import re
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, OperationalError, connection

from collector import months, personal, retention, schedule, upkeep, zones
from collector.broker import shelf
from collector.broker.authority import Authority
from collector.broker.own import SERVICE_LIFE
from collector.broker.settings import Settings
from collector.enrolment import enrol, sealing_keys
from collector.errors import KeyUnusable
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.keyring import Keyring
from collector.models import Kiosk, Place, SealingKey, SetAside, Visit
from collector.opening import open_visit
from collector.retention import retain
from collector.upkeep import Upkeep
from kiosk.credentials import sealing_keys as read_keys
from kiosk.formats import recognise
from kiosk.sealing import Sealer
from mqtt_bridge import wire
from mqtt_bridge.wire import ClockEvent
from mqtt_bridge.wire.events import ClockFacts
from tests import people
from tests.collector import managers
from tests.collector.conftest import entry, run, visit
from tests.collector.databases import used

VIETNAM, PARIS, TOKYO = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Tokyo")
NOW = dt.datetime(2026, 11, 24, 8, 5, tzinfo=VIETNAM)
DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)
VISITOR = recognise(people.CCCD)


class World:
    """A centre with one office, whose door sees the same visitor again and again."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.keyring = Keyring(folder)
        self.store = Store()
        self.sequence = 0
        enrol("kiosk-1", "UBND phường Thử")

    def sealer(self, kiosk="kiosk-1", now=NOW):
        place = Kiosk.objects.get(name=kiosk).place
        today = now.astimezone(zones.named(place.zone)).date()
        return Sealer(kiosk, b"k" * 32, read_keys(sealing_keys(place, self.keyring, today)))

    def see(self, at, kiosk="kiosk-1", *, sealer=None, received=None, **change):
        """A visit at some time, sealed by the key of that day and stored a moment later; the row."""
        if sealer is None:
            sealer = (
                self.sealer(kiosk, at) if Kiosk.objects.filter(name=kiosk).exists() else Sealer(kiosk, b"")
            )
        self.sequence += 1
        facts = entry(sequence=self.sequence)
        event = visit(
            self.sequence,
            kiosk=kiosk,
            **{
                "id": facts.id,
                "at": at,
                "pseudonyms": sealer.pseudonyms(VISITOR),
                "person": sealer.seal(VISITOR, facts.id, at),
                **change,
            },
        )
        self.store.commit([Received(kiosk, (event,))], received or at + MINUTE)
        return Visit.objects.get(id=facts.id)

    def name_of(self, row):
        row.refresh_from_db()
        person = open_visit(row, self.keyring)
        return person if person is None else person.get("name")


@pytest.fixture
def world(database, tmp_path):
    return World(tmp_path)


@pytest.fixture
def small(on_sqlite, tmp_path):
    return World(tmp_path)


def keeps_person(row):
    row.refresh_from_db()
    return any(getattr(row, name) is not None for name in ("person", "document", "phone", "other"))


def test_names_go_when_the_day_ended_more_than_keep_days_ago_and_the_visit_stays(world):
    midnight = dt.datetime(2026, 10, 25, tzinfo=VIETNAM)
    old, young = world.see(midnight - MINUTE), world.see(midnight)
    assert (world.name_of(old), world.name_of(young)) == ("Nguyễn Văn Thử", "Nguyễn Văn Thử")

    done = retain(world.keyring, NOW)

    assert done.visits == 1
    assert (keeps_person(old), keeps_person(young)) == (False, True)
    assert world.name_of(young) == "Nguyễn Văn Thử"
    assert (old.sealing_key, old.direction, old.at) == ("", "in", midnight - MINUTE)
    assert Visit.objects.count() == 2


def test_another_boxs_visit_with_the_same_id_keeps_its_names_as_long_as_it_should(on_postgresql, tmp_path):
    """A stolen box was told the id, and sends a visit of long ago."""
    world = World(tmp_path)
    enrol("kiosk-2", "UBND phường Thử")
    young = world.see(NOW - DAY)
    old = world.see(NOW - 40 * DAY, "kiosk-2")
    Visit.objects.filter(kiosk="kiosk-2").update(id=young.pk)

    assert retain(world.keyring, NOW).visits == 1

    held = {visit.kiosk: visit.person is not None for visit in Visit.objects.filter(id=young.pk)}
    assert held == {"kiosk-1": True, old.kiosk: False}


def test_retention_walks_through_what_tells_of_somebody_alone(on_postgresql):
    place = Place.objects.create(name="UBND phường Thử")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO collector_visit (id, kiosk, place_id, door, epoch, sequence, direction, via, operator,"
            " verified, answers, at, clock_trusted, boot, monotonic, format, sealing_key, received_at)"
            " SELECT gen_random_uuid(), 'cong', %s, '', %s, n, 'in', 'camera', '', true, '', now(), true, %s, 1,"
            " 'cccd', '', now() FROM generate_series(1, 5000) AS n",
            [place.pk, UUID(int=1), UUID(int=2)],
        )
        cursor.execute("ANALYZE collector_visit")
    _, visited, _ = next(retention._limits(NOW))

    lot = Visit.objects.filter(visited, retention._is_old(NOW), personal.is_held()).order_by("pk")[:500]

    assert "Index Scan using collector_visit_others_id_idx" in lot.explain()


def test_doing_it_again_does_nothing(world):
    world.see(NOW - 40 * DAY)
    retain(world.keyring, NOW)

    again = retain(world.keyring, NOW)

    assert (again.visits, again.destroyed, again.made, again.sessions) == (0, 0, 0, 0)


def test_many_are_forgotten_lot_by_lot(small, monkeypatch):
    monkeypatch.setattr(retention, "LOT", 3)
    sealer = small.sealer("kiosk-1", NOW - 40 * DAY)
    rows = [small.see(NOW - 40 * DAY, sealer=sealer) for _ in range(10)]

    assert retain(small.keyring, NOW).visits == 10
    assert not any(keeps_person(row) for row in rows)


def test_each_place_keeps_as_long_as_it_says_by_its_own_clock(small):
    enrol("tokyo-1", "Sứ quán Thử")
    enrol("paris-1", "Lãnh sự quán Thử")
    Place.objects.filter(name="Sứ quán Thử").update(zone="Asia/Tokyo", keep_days=10)
    Place.objects.filter(name="Lãnh sự quán Thử").update(zone="Europe/Paris", keep_days=10)
    # At 08:05 in Vietnam it is 10:05 in Tokyo, and 02:05 in Paris: the same day in all three.
    limits = {
        "tokyo-1": dt.datetime(2026, 11, 14, tzinfo=TOKYO),
        "paris-1": dt.datetime(2026, 11, 14, tzinfo=PARIS),
        "kiosk-1": dt.datetime(2026, 10, 25, tzinfo=VIETNAM),
        "nobodys": dt.datetime(2026, 10, 25, tzinfo=VIETNAM),
    }
    rows = {kiosk: [small.see(at - MINUTE, kiosk), small.see(at, kiosk)] for kiosk, at in limits.items()}

    retain(small.keyring, NOW)

    kept = {kiosk: [keeps_person(row) for row in two] for kiosk, two in rows.items()}
    assert kept == {kiosk: [False, True] for kiosk in limits}


def test_a_time_that_was_put_right_counts(small):
    """The door's clock said 2020 when somebody came in this morning."""
    wrong = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    row = small.see(wrong, sealer=small.sealer(), received=NOW - HOUR, clock_trusted=False, monotonic_s=600.0)
    retain(small.keyring, NOW)
    assert keeps_person(row), "nobody knows yet when that was"

    clock = ClockEvent(
        specversion="1.0",
        source="/doors/kiosk-1",
        id="01a209b9-3a11-7c55-8f10-bb6b31a3f2c4",
        time=NOW,
        sequence="2",
        epoch=row.epoch,
        data=ClockFacts(boot=row.boot, started=NOW - 3 * HOUR),
    )
    assert wire.decode(wire.encode([clock]))
    small.store.commit([Received("kiosk-1", (clock,))], NOW)

    retain(small.keyring, NOW)
    row.refresh_from_db()
    assert row.at == NOW - 3 * HOUR + 10 * MINUTE
    assert small.name_of(row) == "Nguyễn Văn Thử"
    retain(small.keyring, NOW + 31 * DAY)
    assert not keeps_person(row)


def test_a_visit_is_forgotten_as_its_own_place_has_it_wherever_the_box_went(world):
    row = world.see(NOW - 40 * DAY)
    elsewhere = Place.objects.create(name="UBND phường Xa", keep_days=90)
    Kiosk.objects.update(place=elsewhere)

    retain(world.keyring, NOW)

    assert not keeps_person(row)


def test_visits_of_a_places_own_page_are_forgotten_with_those_of_its_doors(world):
    row = world.see(NOW - 40 * DAY)
    Visit.objects.update(kiosk=f"@{row.place_id}")

    retain(world.keyring, NOW)

    assert not keeps_person(row)


def test_a_clock_that_was_years_ahead_keeps_nobody_for_years(small):
    row = small.see(NOW + 900 * DAY, sealer=small.sealer(), received=NOW - 40 * DAY, clock_trusted=False)

    retain(small.keyring, NOW)

    assert not keeps_person(row)


def test_what_was_set_aside_is_emptied_too(small):
    for number, days in enumerate((40, 20)):
        SetAside.objects.create(
            topic="doors/v1/kiosk-1/visit",
            reason="id: already stored with another content",
            payload=b"sealed",
            digest=bytes([number]) * 32,
            kiosk="kiosk-1",
            received_at=NOW - days * DAY,
        )

    assert retain(small.keyring, NOW).set_aside == 1
    assert [bytes(one.payload) for one in SetAside.objects.order_by("received_at")] == [b"", b"sealed"]


def test_counting_only_changes_nothing(small):
    row = small.see(NOW - 40 * DAY)
    before = (small.folder / "sealing.keys").read_bytes()

    done = retain(small.keyring, NOW, dry_run=True)

    assert (done.visits, done.destroyed > 0, done.made) == (1, True, 0)
    assert small.name_of(row) == "Nguyễn Văn Thử"
    assert (small.folder / "sealing.keys").read_bytes() == before


def test_the_page_shows_a_visit_whose_name_is_forgotten(small, settings):
    settings.DATA = small.folder
    small.see(NOW - 40 * DAY)
    retain(small.keyring, NOW)
    path = f"/places/{Place.objects.get().pk}/"

    html = managers.browser().get(path, {"date": f"{NOW - 40 * DAY:%Y-%m-%d}"}).content.decode()

    assert "08:05:00" in html
    assert "Nguyễn" not in html


class TestKeys:
    def test_a_key_opens_what_was_sealed_on_its_day_until_its_time_is_over(self, small):
        row = small.see(NOW - 20 * DAY)
        retain(small.keyring, NOW)
        assert small.name_of(row) == "Nguyễn Văn Thử"

        retain(small.keyring, NOW + 11 * DAY)

        assert small.keyring.sealing(row.sealing_key) is None
        assert row.sealing_key not in (small.folder / "sealing.keys").read_text()

    def test_the_day_of_a_key_ends_at_the_midnight_of_the_place(self, small):
        small.see(dt.datetime(2026, 10, 24, 12, tzinfo=VIETNAM))
        (key,) = SealingKey.objects.filter(begins=dt.datetime(2026, 10, 24, tzinfo=VIETNAM))
        assert key.id.startswith("20261024-30-")

        retain(small.keyring, dt.datetime(2026, 11, 23, 23, 59, tzinfo=VIETNAM))
        assert small.keyring.sealing(key.id)
        retain(small.keyring, dt.datetime(2026, 11, 24, 0, 0, tzinfo=VIETNAM))
        assert small.keyring.sealing(key.id) is None
        key.refresh_from_db()
        assert key.destroyed_at == dt.datetime(2026, 11, 24, 0, 0, tzinfo=VIETNAM)

    def test_the_last_day_of_a_key_is_the_one_on_which_it_is_destroyed_however_long_names_are_kept_now(
        self, small
    ):
        row = small.see(dt.datetime(2026, 10, 24, 12, tzinfo=VIETNAM))
        Place.objects.update(keep_days=1)

        assert schedule.last_day([row.sealing_key], VIETNAM) == dt.date(2026, 11, 24)
        retain(small.keyring, dt.datetime(2026, 11, 24, 0, 0, tzinfo=VIETNAM))
        assert small.keyring.sealing(row.sealing_key) is None
        assert schedule.last_day([row.sealing_key], VIETNAM) == dt.date(2026, 11, 24)

    def test_what_is_sealed_to_no_key_has_no_last_day(self, small):
        assert schedule.last_day(["", "unknown"], VIETNAM) is None

    def test_a_destroyed_key_makes_copies_of_the_database_unreadable_and_the_page_says_so(
        self, small, tmp_path_factory, settings
    ):
        row = small.see(NOW - 20 * DAY)
        backup = tmp_path_factory.mktemp("backup")
        with (
            closing(sqlite3.connect(small.folder / "collector.sqlite3")) as source,
            closing(sqlite3.connect(backup / "collector.sqlite3")) as copy,
        ):
            source.backup(copy)
        retain(small.keyring, NOW + 11 * DAY)

        settings.DATA = small.folder
        with used("", backup):
            copied = Visit.objects.get(id=row.id)
            assert copied.person is not None
            assert open_visit(copied, Keyring(small.folder)) is None
            path = f"/places/{Place.objects.get().pk}/"
            html = managers.browser().get(path, {"date": f"{NOW - 20 * DAY:%Y-%m-%d}"}).content.decode()
        assert "không đọc được" in html
        assert "Nguyễn" not in html

    def test_a_key_in_the_environment_is_left_to_whoever_put_it_there(self, small, monkeypatch, caplog):
        row = small.see(NOW - 20 * DAY)
        held = json.loads((small.folder / "sealing.keys").read_text())
        monkeypatch.setenv("COLLECTOR_SEALING_KEYS", json.dumps({row.sealing_key: held[row.sealing_key]}))

        done = retain(small.keyring, NOW + 11 * DAY)
        upkeep.warn_of_keys(done.left)

        assert done.left == (row.sealing_key,)
        assert row.sealing_key not in (small.folder / "sealing.keys").read_text()
        assert SealingKey.objects.get(id=row.sealing_key).destroyed_at is None
        assert row.sealing_key in caplog.text
        assert "take them out of COLLECTOR_SEALING_KEYS" in caplog.text
        assert held[row.sealing_key] not in caplog.text

        monkeypatch.delenv("COLLECTOR_SEALING_KEYS")
        assert retain(small.keyring, NOW + 11 * DAY).left == ()
        assert SealingKey.objects.get(id=row.sealing_key).destroyed_at

    def test_a_key_that_one_machine_destroyed_is_destroyed_in_the_copy_of_another(self, small, tmp_path):
        row = small.see(NOW - 40 * DAY)
        (tmp_path / "web").mkdir()
        copy = tmp_path / "web" / "sealing.keys"
        copy.write_bytes((small.folder / "sealing.keys").read_bytes())
        retain(small.keyring, NOW)
        when = SealingKey.objects.get(id=row.sealing_key).destroyed_at

        done = retain(Keyring(copy.parent), NOW + HOUR, days_left=schedule.SCARCE_AT)

        assert row.sealing_key not in copy.read_text()
        assert (done.destroyed > 0, done.made) == (True, 0)
        assert SealingKey.objects.get(id=row.sealing_key).destroyed_at == when

    def test_a_machine_with_a_copy_of_the_keys_makes_none_of_its_own(self, small, tmp_path):
        retain(small.keyring, NOW)
        (tmp_path / "web").mkdir()
        (tmp_path / "web" / "sealing.keys").write_bytes((small.folder / "sealing.keys").read_bytes())
        retain(small.keyring, NOW + 31 * DAY)

        made = retain(Keyring(tmp_path / "web"), NOW + 32 * DAY, days_left=schedule.SCARCE_AT).made

        assert made == 0

    def test_there_are_always_keys_for_the_days_ahead(self, small):
        assert retain(small.keyring, NOW).made == schedule.DAYS_AHEAD
        made = [retain(small.keyring, NOW + day * DAY).made for day in range(5, 100, 5)]

        assert sum(made) == 90
        assert set(made) == {0, 30}
        ahead = SealingKey.objects.filter(begins__gt=NOW + 95 * DAY).count()
        assert schedule.TOPPED_UP_AT <= ahead + 1 <= schedule.DAYS_AHEAD

    def test_a_public_place_needs_none(self, small):
        Place.objects.update(kind=Place.PUBLIC)

        assert retain(small.keyring, NOW).made == 0

    def test_the_last_key_is_kept_as_long_as_doors_may_seal_with_it(self, small):
        """A door that was cut off for a year goes on with the last key that it knows."""
        sealer = small.sealer()
        Place.objects.update(kind=Place.PUBLIC)
        row = small.see(NOW + 300 * DAY, sealer=sealer)

        retain(small.keyring, NOW + 310 * DAY)

        assert small.name_of(row) == "Nguyễn Văn Thử"

    def test_a_key_that_is_lost_is_not_given_to_doors_any_more(self, small):
        lost = {key.id for key in small.sealer().keys}
        (small.folder / "sealing.keys").unlink()

        found = small.sealer()

        assert len(found.keys) == schedule.DAYS_AHEAD
        assert lost.isdisjoint(key.id for key in found.keys)
        assert small.name_of(small.see(NOW, sealer=found)) == "Nguyễn Văn Thử"

    def test_a_machine_that_lacks_a_copy_of_the_signing_key_makes_none(self, tmp_path):
        with pytest.raises(KeyUnusable, match="copy it from the machine of `collector attend`"):
            Keyring(tmp_path, is_copy=True).signing()

    def test_two_processes_do_not_undo_what_the_other_made(self, small):
        rings = [Keyring(small.folder) for _ in range(4)]
        threads = [
            threading.Thread(
                target=lambda ring=ring, n=n: [ring.make_sealing([f"k{n}-{i}"]) for i in range(10)]
            )
            for n, ring in enumerate(rings)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(json.loads((small.folder / "sealing.keys").read_text())) == 40


class TestReplacing:
    def test_doors_get_the_new_keys_and_only_those(self, small):
        old = small.sealer().keys
        schedule.replace(30, NOW, VIETNAM, small.keyring)
        new = small.sealer().keys

        assert len(new) == len(old)
        assert {key.id for key in old}.isdisjoint(key.id for key in new)
        assert all(
            abs(one.begins - other.begins) < dt.timedelta(seconds=1)
            for one, other in zip(old, new, strict=True)
        )

    def test_a_door_that_knows_both_takes_the_new_one(self, small):
        old = small.sealer().keys
        schedule.replace(30, NOW, VIETNAM, small.keyring)
        new = small.sealer().keys
        both = tuple(sorted((*old, *new), key=lambda key: key.begins))

        for days in range(5):
            sealed = Sealer("kiosk-1", b"k" * 32, both).seal(VISITOR, "v", NOW + days * DAY)
            assert sealed.key in {key.id for key in new}

    def test_the_old_keys_go_on_opening_what_is_sealed_to_them(self, small):
        sealer = small.sealer()
        row = small.see(NOW, sealer=sealer)
        schedule.replace(30, NOW, VIETNAM, small.keyring)
        later = small.see(NOW + DAY, sealer=sealer)
        retain(small.keyring, NOW + 2 * DAY)

        assert (small.name_of(row), small.name_of(later)) == ("Nguyễn Văn Thử", "Nguyễn Văn Thử")
        retain(small.keyring, NOW + 33 * DAY)
        assert small.keyring.sealing(row.sealing_key) is None

    def test_twice_on_one_day(self, small):
        for _ in range(3):
            schedule.replace(30, NOW, VIETNAM, small.keyring)
            before = small.sealer().keys
        assert small.sealer().keys == before
        assert len(before) == schedule.DAYS_AHEAD

    def test_the_schedule_goes_on_from_the_new_keys(self, small):
        schedule.replace(30, NOW, VIETNAM, small.keyring)
        assert len(small.sealer(now=NOW + 60 * DAY).keys) == schedule.DAYS_AHEAD
        days = [key.begins.astimezone(VIETNAM).date() for key in small.sealer(now=NOW + 60 * DAY).keys]

        assert days == [(NOW + day * DAY).date() for day in range(60, 180)]


class TestUpkeep:
    def test_the_days_work_is_done_once_a_day_by_the_centres_clock(self, on_sqlite):
        now, done = [NOW], []
        upkeep_ = Upkeep(done.append, lambda: now[0])
        for _ in range(60):
            assert upkeep_.attempt() == upkeep.LOOK_S
            now[0] += HOUR

        assert [f"{at:%d %H:%M}" for at in done] == ["24 08:05", "25 00:05", "26 00:05"]

    @pytest.mark.parametrize(
        "trouble", [OperationalError("database is locked"), KeyUnusable("key x: y"), OSError(28, "full")]
    )
    def test_what_fails_is_told_and_tried_again_in_an_hour(self, on_sqlite, caplog, trouble):
        troubles = [trouble]

        def work(_):
            if troubles:
                raise troubles.pop()

        upkeep_ = Upkeep(work, lambda: NOW)

        assert (upkeep_.attempt(), upkeep_.attempt()) == (upkeep.AGAIN_S, upkeep.LOOK_S)
        assert "trying again in 3600 s" in caplog.text

    def test_it_begins_after_the_start_and_ends_when_asked(self, on_sqlite, monkeypatch):
        monkeypatch.setattr(upkeep, "FIRST_S", 0.01)
        done = threading.Event()
        upkeep_ = Upkeep(lambda _: done.set(), lambda: NOW)
        thread = threading.Thread(target=upkeep_.run)
        thread.start()
        assert done.wait(10)
        upkeep_.stop()
        thread.join(10)

        assert not thread.is_alive()

    def test_the_days_work_forgets_and_says_so_in_figures(self, small, caplog):
        caplog.set_level(logging.INFO)
        row = small.see(NOW - 40 * DAY)

        upkeep.daily(small.folder, NOW)

        assert not keeps_person(row)
        assert "1 visits and 0 messages set aside lost their names" in caplog.text
        assert "Thử" not in caplog.text

    def test_months_that_cannot_be_made_now_keep_nothing_else_from_being_done(self, small, monkeypatch):
        def busy(_now):
            raise DatabaseError("somebody reads the table")

        row = small.see(NOW - 40 * DAY)
        monkeypatch.setattr(months, "make_ahead", busy)

        with pytest.raises(DatabaseError, match="somebody reads"):
            upkeep.daily(small.folder, NOW)
        assert not keeps_person(row)

    def test_sessions_that_have_run_out_are_cleared(self, small):
        for number, days in enumerate((-1, 1)):
            Session.objects.create(session_key=str(number), session_data="", expire_date=NOW + days * DAY)

        assert retain(small.keyring, NOW).sessions == 1
        assert Session.objects.count() == 1

    def test_without_a_broker_of_its_own_a_centre_renews_nothing(self, tmp_path):
        upkeep.renew_certificates(tmp_path)

        assert list(tmp_path.iterdir()) == []

    def test_certificates_that_grow_old_are_renewed(self, tmp_path, caplog):
        caplog.set_level(logging.INFO)
        long_ago = dt.datetime.now(dt.UTC) - SERVICE_LIFE * 0.8
        aged = Authority(tmp_path, clock=lambda: long_ago)
        aged.prepare(Settings(("localhost",), 8883, "127.0.0.1", aged.shelf.owner()))
        centre = aged.shelf.read(shelf.CENTRE_CERTIFICATE)
        ends = aged.ends()

        upkeep.renew_certificates(tmp_path)

        assert aged.shelf.read(shelf.CENTRE_CERTIFICATE) != centre
        assert aged.ends()[0] == ends[0]
        assert aged.ends()[1] > ends[1]
        assert "broker: wrote" in caplog.text
        caplog.clear()
        upkeep.renew_certificates(tmp_path)
        assert caplog.text == ""


def test_the_daily_work_of_a_running_broker_is_read_by_it(tmp_path):
    """In a process of its own: the broker is told by its process id."""
    from tests.collector.broker_tls import TlsBroker

    broker = TlsBroker(tmp_path / "data")
    try:
        broker.authority.shelf.path(shelf.CENTRE_CERTIFICATE).unlink()
        upkeep.renew_certificates(tmp_path / "data")
        assert broker.authority.shelf.path(shelf.CENTRE_CERTIFICATE).exists()
        assert broker.process.poll() is None
    finally:
        broker.stop()


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    """The data folder of a centre with one box."""
    folder = tmp_path_factory.mktemp("centre")
    told = ("--place", "UBND phường Thử", "--data", str(folder / "data"), "--folder", str(folder / "box"))
    done = run("enrol", "kiosk-1", *told)
    assert done.returncode == 0, done.stderr
    return folder / "data"


class TestCommands:
    def test_retain_prints_one_line_of_figures(self, centre):
        done = run("retain", "--dry-run", "--data", str(centre))

        assert done.stdout == (
            "would be: "
            "0 visits and 0 messages set aside lost their names, 0 keys destroyed, 0 left to you, 0 made ahead,"
            " 0 sessions cleared\n"
        )

    def test_retain_tells_what_visits_it_would_drop(self, centre):
        done = run("retain", "--dry-run", "--keep-months", "240", "--data", str(centre))

        assert re.fullmatch(
            r"would be: 0 visits of before \d{4}-\d\d-01 dropped", done.stdout.splitlines()[1]
        )

    def test_no_fewer_than_one_month_is_kept(self, centre):
        done = run("retain", "--data", str(centre), COLLECTOR_KEEP_MONTHS="0")

        assert done.returncode == 2
        assert "--keep-months" in done.stderr

    def test_keys_are_replaced_and_listed(self, centre):
        done = run("key", "rotate", "--data", str(centre))
        assert done.stdout == "120 new keys for names that are kept 30 days\n"

        told = run("key", "list", "--data", str(centre)).stdout

        head, old, new, rest = told.splitlines()
        assert head.split() == ["key", "from", "kept", "days", "private", "half"]
        assert old.split()[1:] == new.split()[1:] == [f"{dt.datetime.now(VIETNAM):%Y-%m-%d}", "30", "file"]
        assert rest == "238 for days ahead, 0 destroyed"
        assert not any(
            secret in told for secret in json.loads((centre / "sealing.keys").read_text()).values()
        )

    def test_days_that_no_place_keeps_are_named(self, centre):
        done = run("key", "rotate", "7", "--data", str(centre))

        assert done.returncode == 2
        assert "there are 30" in done.stderr

    def test_doors_are_listed(self, centre):
        lines = run("doors", "--data", str(centre)).stdout.splitlines()

        assert lines[0].split() == [
            *(
                "kiosk",
                "place",
                "door",
                "is",
                "seen",
                "waiting",
                "aside",
                "serves",
                "camera",
                "clock",
                "config",
            )
        ]
        assert lines[1].split("  ")[0] == "kiosk-1"
        assert "never seen" in lines[1]


def test_the_centre_leaves_no_image_of_its_memory():
    code = """
import resource, sys
from collector.__main__ import main
sys.argv = ["collector", "--version"]
try:
    main()
finally:
    print(resource.getrlimit(resource.RLIMIT_CORE))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "(0, 0)"
