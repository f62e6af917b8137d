"""How the doors are: what the centre keeps of what they say, who is silent, and what no stranger can do."""

import logging
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from collector import doors
from collector.doors import Presence
from collector.ingest import watching
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.ingest.watching import WatchDesk
from collector.models import Kiosk, Place, SetAside
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire.health import Clock, Door, Health, Queue, encode_health

NOW = datetime(2026, 11, 24, 1, 5, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def health(at=NOW, *, trusted=True, waiting=0, aside=0, camera=True):
    return Health(
        version="0.1.0",
        boot=UUID("0c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9"),
        uptime_s=3600,
        queue=Queue(waiting=waiting, sent=0, stored=10, aside=aside),
        last_receipt=None,
        clock=Clock(trusted=trusted, time=at),
        door=Door(running=True, state="serving", camera=camera, keypad=True),
        disk_free_mb=1000,
        temperature_c=None,
        throttled=None,
        config=3,
        enrolled=True,
        keeps_names=True,
        certificate_expires=None,
    )


class World:
    """A desk with a registry of two boxes, and a clock that the test moves."""

    def __init__(self) -> None:
        place = Place.objects.create(name="UBND phường Thử")
        for name in ("kiosk-1", "kiosk-2"):
            Kiosk.objects.create(name=name, place=place, door="Cửa chính")
        self.now, self.now_s = NOW, 1000.0
        store = Store()
        self.desk = WatchDesk(
            lambda asides: store.commit([Received(aside=asides)], self.now), lambda: self.now
        )
        self.come_up()

    def come_up(self):
        self.desk.came_up(None)

    def pass_s(self, seconds, step=1):
        for _ in range(int(seconds / step)):
            self.now += step * SECOND
            self.now_s += step
            self.desk.turn(None, self.now_s)

    def say(self, payload, kiosk="kiosk-1", channel=Channel.HEALTH):
        self.desk.heard(Topic(kiosk, channel), payload, None)

    def tell(self, kiosk="kiosk-1", **how):
        self.say(encode_health(health(**{"at": self.now, **how})), kiosk)

    def live_s(self, seconds, *kiosks):
        """The boxes tell each minute how they are."""
        for _ in range(int(seconds / 60)):
            for kiosk in kiosks:
                self.tell(kiosk)
            self.pass_s(60, step=5)


@pytest.fixture
def world(database):
    return World()


@pytest.fixture
def small(on_sqlite):
    return World()


def box(name="kiosk-1"):
    return Kiosk.objects.get(name=name)


def test_the_last_that_a_box_said_is_kept(world):
    world.tell(waiting=7)
    world.pass_s(1)
    world.tell(waiting=8, camera=False)
    world.pass_s(1)

    assert box().health["queue"]["waiting"] == 8
    assert box().health["door"]["camera"] is False
    assert box().seen_at == NOW + SECOND
    assert box("kiosk-2").seen_at is None


def test_availability_is_kept(world):
    for said, online in ((b"online", True), (b"offline", False)):
        world.say(said, channel=Channel.AVAILABILITY)
        world.pass_s(1)
        assert box().online is online


def test_all_that_came_in_a_turn_is_one_transaction(small, django_assert_max_num_queries):
    place = Place.objects.get()
    many = [f"box-{number}" for number in range(200)]
    Kiosk.objects.bulk_create(Kiosk(name=name, place=place) for name in many)
    for name in many:
        small.tell(name)

    with django_assert_max_num_queries(8):
        small.pass_s(1)

    assert Kiosk.objects.filter(seen_at__isnull=False).count() == 200


def test_more_than_a_turn_can_take_is_taken_turn_by_turn(small, monkeypatch):
    monkeypatch.setattr(watching, "KIOSKS_A_TURN", 1)
    small.tell("kiosk-1")
    small.tell("kiosk-2")
    small.pass_s(1)
    assert Kiosk.objects.filter(seen_at__isnull=False).count() == 1
    small.pass_s(1)
    assert Kiosk.objects.filter(seen_at__isnull=False).count() == 2


class TestWhatTheBrokerHasKept:
    """Retained: what comes first after the line came up may be days old."""

    @pytest.fixture(autouse=True)
    def seen_long_ago(self, small):
        Kiosk.objects.update(seen_at=NOW - timedelta(days=2))

    def test_an_old_message_does_not_make_a_dead_box_alive(self, small):
        small.tell(at=NOW - timedelta(days=1))
        small.pass_s(1)

        assert box().seen_at == NOW - timedelta(days=1)

    def test_nor_one_of_a_box_whose_clock_is_not_set(self, small):
        small.tell(trusted=False, at=NOW + timedelta(days=3))
        small.pass_s(1)

        assert box().seen_at == NOW - timedelta(days=2)
        assert box().health["clock"]["trusted"] is False

    def test_the_second_message_was_never_kept_by_anybody(self, small):
        for _ in range(2):
            small.tell(trusted=False, at=NOW - timedelta(days=900))
            small.pass_s(1)

        assert box().seen_at == NOW + SECOND

    def test_a_clock_that_is_ahead_makes_nobody_seen_in_the_future(self, small):
        small.tell(at=NOW + timedelta(days=900))
        small.pass_s(1)

        assert box().seen_at == NOW

    def test_a_new_line_brings_what_is_kept_once_more(self, small):
        small.tell()
        small.tell()
        small.pass_s(1)
        small.come_up()
        small.now += timedelta(hours=5)
        small.tell(at=NOW)
        small.pass_s(1)

        assert box().seen_at == NOW

    def test_what_the_broker_has_thrown_away_says_nothing(self, small):
        small.say(b"")
        small.say(b"", channel=Channel.AVAILABILITY)
        small.pass_s(1)

        assert SetAside.objects.count() == 0
        assert box().online is None


class TestStrangers:
    def test_a_box_that_nobody_enrolled_is_told_once_and_not_kept(self, world, caplog):
        for _ in range(3):
            world.tell("nobody")
            world.say(b"online", "nobody", Channel.AVAILABILITY)
            world.pass_s(1)

        assert [record.message for record in caplog.records] == [
            "kiosk nobody: not of this centre, so not watched; enrol it"
        ]
        assert Kiosk.objects.count() == 2

    def test_a_thousand_names_fill_neither_log_nor_memory(self, small, caplog, monkeypatch):
        monkeypatch.setattr(watching, "STRANGERS", 5)
        for number in range(50):
            small.tell(f"nobody-{number}")
        small.pass_s(1)

        assert len(caplog.records) == 5
        assert small.desk._news == {}

    @pytest.mark.parametrize(
        ("payload", "why"),
        [
            (b"{}", "health: message: object missing required field version"),
            (b"\xff\xfe", "health: not JSON in UTF-8"),
            (b"[" * 100_000, "health: message: expected object, got array"),
            (
                encode_health(health()).replace(b"3600", b'"Nguyen Van Thu"'),
                "health: uptime_s: expected int, got str",
            ),
        ],
    )
    def test_bad_health_is_set_aside_and_blocks_nothing(self, small, caplog, payload, why):
        small.say(payload)
        small.tell("kiosk-2")
        small.pass_s(1)

        (aside,) = SetAside.objects.all()
        assert (aside.topic, aside.reason) == ("doors/v1/kiosk-1/health", why)
        assert bytes(aside.payload) == payload[: len(aside.payload)]
        assert box("kiosk-2").seen_at
        assert "Nguyen" not in caplog.text

    def test_bad_availability_too(self, world):
        world.say(b"here", channel=Channel.AVAILABILITY)
        world.say(b"here", channel=Channel.AVAILABILITY)
        world.pass_s(1)

        (aside,) = SetAside.objects.all()
        assert aside.reason == "availability: neither online nor offline"

    def test_the_same_bad_message_is_kept_once(self, small):
        for _ in range(5):
            small.say(b"{}")
            small.pass_s(1)

        assert SetAside.objects.count() == 1

    def test_a_flood_of_bad_messages_is_kept_in_part(self, small):
        for number in range(1000):
            small.say(b"%d" % number)
        small.pass_s(1)

        assert SetAside.objects.count() == watching.ASIDES_A_TURN

    def test_bad_messages_of_strangers_are_not_kept(self, small):
        small.say(b"{}", "nobody")
        small.pass_s(1)

        assert SetAside.objects.count() == 0


class TestSilence:
    @pytest.fixture(autouse=True)
    def all_logged(self, caplog):
        caplog.set_level(logging.INFO, "collector.ingest.watching")

    def test_a_box_that_has_said_nothing_for_three_minutes_is_silent_and_told_once(self, small, caplog):
        small.live_s(600, "kiosk-1", "kiosk-2")
        assert caplog.text == ""

        small.live_s(600, "kiosk-1")

        assert [record.message for record in caplog.records] == ["kiosk kiosk-2: silent"]

    def test_one_that_comes_back_is_told_too(self, small, caplog):
        small.live_s(600, "kiosk-1", "kiosk-2")
        small.live_s(600, "kiosk-1")
        caplog.clear()
        small.live_s(120, "kiosk-1", "kiosk-2")

        assert [record.message for record in caplog.records] == ["kiosk kiosk-2: back"]

    def test_one_that_goes_offline_is_silent_at_once(self, small, caplog):
        small.live_s(600, "kiosk-1")
        small.say(b"offline", channel=Channel.AVAILABILITY)
        small.pass_s(25)

        assert [record.message for record in caplog.records] == ["kiosk kiosk-1: silent"]

    def test_a_line_that_is_dialled_anew_is_no_silence(self, small, caplog):
        small.live_s(600, "kiosk-1")
        small.say(b"offline", channel=Channel.AVAILABILITY)
        small.pass_s(9)
        small.say(b"online", channel=Channel.AVAILABILITY)
        small.pass_s(25)

        assert caplog.text == ""

    def test_whom_our_own_absence_has_kept_from_us_is_not_silent(self, small, caplog):
        small.live_s(600, "kiosk-1", "kiosk-2")
        small.now += timedelta(hours=3)
        small.come_up()
        small.pass_s(20)
        small.live_s(600, "kiosk-1", "kiosk-2")

        assert caplog.text == ""

    def test_who_was_silent_before_the_start_is_a_number(self, small, caplog):
        Kiosk.objects.update(seen_at=NOW - timedelta(days=1))
        small.live_s(600, "kiosk-1")

        assert [record.message for record in caplog.records] == ["1 kiosks are silent; see `collector doors`"]

    def test_many_at_once_are_a_number(self, small, caplog):
        place = Place.objects.get()
        many = [f"box-{number}" for number in range(30)]
        Kiosk.objects.bulk_create(Kiosk(name=name, place=place) for name in many)
        small.live_s(300, *many)
        small.pass_s(300)

        assert [record.message for record in caplog.records] == [
            "30 kiosks fell silent, 0 are back; see `collector doors`"
        ]

    def test_a_revoked_box_is_missed_by_nobody(self, small, caplog):
        small.live_s(300, "kiosk-1")
        Kiosk.objects.update(revoked_at=NOW)
        small.pass_s(600)

        assert caplog.text == ""


def test_the_doors_as_the_centre_knows_them(small):
    place = Place.objects.create(name="Bảo tàng Thử")
    Kiosk.objects.create(name="kiosk-3", place=place, revoked_at=NOW)
    Kiosk.objects.create(name="kiosk-4", place=place, online=False, seen_at=NOW)
    Kiosk.objects.create(name="kiosk-5", place=place, online=True, seen_at=NOW - 4 * MINUTE)
    small.tell(camera=False)
    small.pass_s(1)

    found = {door.kiosk: door for door in doors.every(small.now)}

    assert {name: door.presence for name, door in found.items()} == {
        "kiosk-1": Presence.ONLINE,
        "kiosk-2": Presence.NEVER_SEEN,
        "kiosk-3": Presence.REVOKED,
        "kiosk-4": Presence.SILENT,
        "kiosk-5": Presence.SILENT,
    }
    assert [door.place for door in found.values()] == ["Bảo tàng Thử"] * 3 + ["UBND phường Thử"] * 2
    assert (found["kiosk-1"].works, found["kiosk-2"].works) == (True, None)
    assert found["kiosk-1"].said("door", "camera") is False
    assert found["kiosk-2"].said("door", "camera") is None
