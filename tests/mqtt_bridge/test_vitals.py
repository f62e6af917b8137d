"""What a box tells of itself, when it tells it, and that nobody's name can be in it."""

import types
import typing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import msgspec
import pytest
from msgspec import structs

from kiosk import machine
from kiosk.errors import BadMessage, JournalFailed
from kiosk.formats import recognise
from kiosk.model import Direction, Source, Visit
from kiosk.store.facts import DoorFacts, Facts, UnderWay
from kiosk.store.holding import DOOR, Hold
from kiosk.store.journal import SqliteJournal
from kiosk.store.outbox import Outbox
from mqtt_bridge import vitals
from mqtt_bridge.topics import Channel
from mqtt_bridge.vitals import Look, Vitals, is_news
from mqtt_bridge.wire import health as wire
from mqtt_bridge.wire.health import Clock, Door, Health, Queue
from tests import people
from tests.fakes import MORNING, FakeClock
from tests.mqtt_bridge.made import BOOT

WELL = Health(
    version="0.1.0",
    boot=UUID(BOOT),
    uptime_s=3600,
    queue=Queue(waiting=0, sent=0, stored=120, aside=0),
    last_receipt=MORNING,
    clock=Clock(trusted=True, time=MORNING),
    door=Door(running=True, state="serving", camera=True, keypad=True),
    disk_free_mb=10_000,
    temperature_c=48.3,
    throttled=0,
    config=3,
    enrolled=True,
    keeps_names=True,
    certificate_expires=MORNING,
)


class FakeLine:
    """A line that remembers what was posted; `up` is whether it takes anything."""

    def __init__(self) -> None:
        self.posted: list[tuple[Channel, Health, bool]] = []
        self.up = True

    def post(self, channel, payload, *, name="", retain=False):
        if not self.up:
            return None
        self.posted.append((channel, wire.decode_health(payload), retain))
        return 1


class World:
    """Vitals over a box that the test changes."""

    def __init__(self) -> None:
        self.health = WELL
        self.counted = 0
        self.trouble: Exception | None = None
        self.line = FakeLine()
        self.vitals = Vitals(self.look, self.count)
        self.now_s = 1000.0

    def look(self):
        if self.trouble:
            raise self.trouble
        return structs.replace(self.health, queue=structs.replace(self.health.queue, stored=0))

    def count(self):
        self.counted += 1
        return 120

    def pass_s(self, seconds, line="up"):
        for _ in range(int(seconds * 4)):
            self.now_s += 0.25
            self.vitals.turn(self.line if line == "up" else None, self.now_s)


@pytest.fixture
def world():
    world = World()
    world.vitals.came_up(world.line)
    world.pass_s(1)
    return world


def change(**what):
    """Health in which something is otherwise; `queue__aside` is that of the queue."""
    health = WELL
    for name, value in what.items():
        part, _, field = name.partition("__")
        whole = structs.replace(getattr(health, part), **{field: value}) if field else value
        health = structs.replace(health, **{part: whole})
    return health


def test_a_box_tells_at_once_when_the_line_is_up_and_the_broker_keeps_it(world):
    assert world.line.posted == [(Channel.HEALTH, WELL, True)]


def test_a_box_tells_each_minute_though_nothing_changes(world):
    world.pass_s(185)

    assert len(world.line.posted) == 4


def test_what_is_stored_is_counted_only_when_it_is_told(world):
    world.pass_s(59)

    assert world.counted == len(world.line.posted) == 1


@pytest.mark.parametrize(
    "changed",
    [
        change(door=Door(running=False)),
        change(door__camera=False),
        change(door__keypad=False),
        change(door__state="out_of_order"),
        change(clock__trusted=False),
        change(queue__aside=1),
        change(queue__waiting=1),
        change(queue__waiting=100),
        change(disk_free_mb=9_000),
        change(disk_free_mb=11_000),
        change(throttled=0x50005),
        change(config=4),
        change(enrolled=False),
        change(keeps_names=False),
        change(certificate_expires=MORNING + timedelta(days=200)),
        change(version="0.1.1"),
    ],
)
def test_a_change_is_told_within_seconds(world, changed):
    world.health = changed
    world.pass_s(5)

    assert len(world.line.posted) == 2


@pytest.mark.parametrize(
    "changed",
    [
        change(uptime_s=3700),
        change(clock__time=MORNING + timedelta(minutes=1)),
        change(temperature_c=61.0),
        change(disk_free_mb=9_600),
        change(disk_free_mb=10_400),
        change(queue__sent=500),
        change(last_receipt=MORNING + timedelta(minutes=1)),
    ],
)
def test_what_changes_all_the_time_waits_for_the_minute(world, changed):
    world.health = changed
    world.pass_s(50)

    assert len(world.line.posted) == 1


def test_a_queue_is_news_when_it_grows_by_a_digit():
    told = [change(queue__waiting=count) for count in (0, 5, 99, 100, 999, 1000)]

    assert [is_news(*two) for two in pairwise(told)] == [True, False, True, False, True]


def test_a_box_that_flickers_is_told_no_more_than_each_five_seconds(world):
    for second in range(60):
        world.health = change(door__camera=second % 2 == 0)
        world.pass_s(1)

    assert len(world.line.posted) <= 13


def test_nothing_is_told_or_even_looked_at_while_the_line_is_down(world):
    world.trouble = AssertionError("looked")

    world.pass_s(120, line="down")


def test_a_new_connection_is_told_at_once(world):
    world.pass_s(2)
    world.vitals.came_up(world.line)
    world.pass_s(1)

    assert len(world.line.posted) == 2


def test_what_the_line_did_not_take_is_told_again(world):
    world.line.up = False
    world.health = change(door__camera=False)
    world.pass_s(6)
    world.line.up = True
    world.pass_s(5)

    assert len(world.line.posted) == 2


def test_a_journal_that_cannot_be_read_is_told_once_in_the_log_and_visits_go_on(world, caplog):
    world.trouble = JournalFailed("journal: cannot count entries: disk I/O error")
    world.pass_s(60)
    world.trouble = None
    world.pass_s(6)

    assert [record.message for record in caplog.records] == [
        "health not told: journal: cannot count entries: disk I/O error"
    ]
    assert len(world.line.posted) == 2


def test_health_survives_the_road():
    assert wire.decode_health(wire.encode_health(WELL)) == WELL


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        wire.encode_health(WELL).replace(b'"0.1.0"', b'"Nguy\xe1\xbb\x85n"'),
        wire.encode_health(WELL).replace(b'"serving"', b'"asleep"'),
        wire.encode_health(WELL).replace(b"3600", b"-1"),
        wire.encode_health(WELL).replace(b"10000", b"1e400"),
        wire.encode_health(WELL).replace(b"Z", b""),
    ],
)
def test_health_that_is_none_is_refused_without_its_text(spoilt):
    with pytest.raises(BadMessage) as refused:
        wire.decode_health(spoilt)

    assert "Nguy" not in str(refused.value)


def test_no_field_of_health_can_hold_a_text_of_somebody_elses():
    """Only numbers, times, words known beforehand, and a version of a narrow form."""
    found = set(_leaves(Health))

    assert found <= {int, float, bool, datetime, UUID, type(None), "serving", "out_of_order", wire.Version}


def _leaves(kind):
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        for field in structs.fields(kind):
            yield from _leaves(field.type)
    elif kind == wire.Version:
        yield kind
    elif typing.get_origin(kind) is typing.Annotated:
        yield from _leaves(typing.get_args(kind)[0])
    elif typing.get_origin(kind) in {typing.Union, types.UnionType, typing.Literal}:
        for one in typing.get_args(kind):
            yield from _leaves(one)
    else:
        yield kind


class TestLooking:
    @pytest.fixture
    def journal(self, tmp_path):
        book = SqliteJournal(tmp_path, boot=BOOT)
        yield book
        book.close()

    @pytest.fixture
    def facts(self, journal, tmp_path):
        facts = Facts(tmp_path)
        yield facts
        facts.close()

    @pytest.fixture
    def look(self, facts, tmp_path):
        return Look(
            facts=facts,
            folder=tmp_path,
            boot=BOOT,
            is_clock_trusted=lambda: True,
            throttled=lambda: None,
            certificate_expires=lambda: None,
            enrolled=False,
            keeps_names=False,
        )

    def fill(self, journal, count):
        for _ in range(count):
            journal.append(Visit(recognise(people.CCCD), Direction.IN, Source.CAMERA, FakeClock().now()))

    def test_the_queue_is_counted_by_state(self, journal, facts, look, tmp_path):
        self.fill(journal, 7)
        outbox = Outbox(tmp_path)
        outbox.mark_sent([1, 2, 3, 4])
        outbox.mark_stored(2)
        outbox.set_aside(7, "cannot be written as a message")
        outbox.close()

        # What is set aside leaves a gap, which goes out in its place.
        assert facts.under_way() == UnderWay(waiting=3, sent=2, aside=1)
        assert facts.stored() == 2
        assert look().queue == Queue(waiting=3, sent=2, stored=0, aside=1)
        assert abs(look().last_receipt - datetime.now(UTC)) < timedelta(minutes=1)
        assert not facts.is_all_stored()

    def test_a_new_journal_has_nothing_to_tell(self, facts, look):
        health = look()

        assert (health.last_receipt, health.config, health.queue.waiting) == (None, 0, 0)
        assert facts.is_all_stored()

    def test_a_door_that_does_not_run_tells_nothing_of_its_devices(self, journal, look):
        journal.tell_door(serving=True, camera=True, keypad=True)

        assert look().door == Door(running=False)

    def test_a_door_that_runs_has_said_how_it_is(self, journal, facts, look, tmp_path):
        hold = Hold(tmp_path, DOOR)
        assert look().door == Door(running=True)

        journal.tell_door(serving=False, camera=True, keypad=False)

        assert look().door == Door(running=True, state="out_of_order", camera=True, keypad=False)
        assert facts.door() == DoorFacts(serving=False, camera=True, keypad=False, keeps_names=False)
        hold.release()

    def test_the_door_writes_on_change_only(self, journal, facts):
        def version():
            return facts._db.execute("PRAGMA data_version").fetchone()[0]

        journal.tell_door(serving=True, camera=True, keypad=True)
        before = version()
        journal.tell_door(serving=True, camera=True, keypad=True)
        assert version() == before

        journal.tell_door(serving=True, camera=False, keypad=True)
        assert version() != before

    def test_facts_that_no_door_writes_are_none(self, journal, facts):
        for told in ("", "[]", "{}", '{"serving": 1}', "null"):
            journal._db.execute("DELETE FROM door")
            journal._db.execute("INSERT INTO door VALUES (?)", [told])
            assert facts.door() is None


class TestTheBox:
    def test_temperature(self, tmp_path):
        file = tmp_path / "temp"
        file.write_text("48312\n")

        assert machine.temperature_c(file) == 48.3

    @pytest.mark.parametrize("text", ["", "hot", None])
    def test_no_temperature(self, tmp_path, text):
        file = tmp_path / "temp"
        if text is not None:
            file.write_text(text)

        assert machine.temperature_c(file) is None

    def test_the_disk_has_some_room(self, tmp_path):
        assert machine.disk_free_mb(tmp_path) > 0
        assert machine.disk_free_mb(tmp_path / "nowhere") is None

    def test_the_boot_was_some_time_ago(self):
        assert machine.uptime_s() > 0

    def program(self, tmp_path, text):
        file = tmp_path / "vcgencmd"
        file.write_text(f"#!/bin/sh\necho asked >> {tmp_path}/asked\n{text}\n")
        file.chmod(0o755)
        return str(file)

    @pytest.mark.parametrize(
        ("says", "bits"),
        [
            ('[ "$1" = get_throttled ] && echo throttled=0x50005', 0x50005),
            ("echo throttled=0x0", 0),
            ("echo throttled=0x50005; exit 1", None),
            ("echo throttled=5", None),
            ("echo throttled=0x1234567890", None),
            ("echo error=1 error_msg=Command not registered", None),
            ("printf '\\377'", None),
            ("exec sleep 60", None),
        ],
    )
    def test_the_firmwares_own_program_says_why_it_slowed_down(self, tmp_path, monkeypatch, says, bits):
        monkeypatch.setattr(machine, "ANSWERS_WITHIN_S", 0.5)

        assert machine.Throttled(self.program(tmp_path, says)).bits() == bits

    def test_it_is_asked_once_a_minute(self, tmp_path):
        now_s = [5.0]
        throttled = machine.Throttled(self.program(tmp_path, "echo throttled=0x0"), lambda: now_s[0])
        for _ in range(13):
            assert throttled.bits() == 0
            now_s[0] += 10

        assert (tmp_path / "asked").read_text().count("asked") == 3

    def test_one_that_fails_is_not_asked_again_for_an_hour(self, tmp_path):
        now_s = [5.0]
        throttled = machine.Throttled(self.program(tmp_path, "exit 1"), lambda: now_s[0])
        for _ in range(100):
            assert throttled.bits() is None
            now_s[0] += 30

        assert (tmp_path / "asked").read_text().count("asked") == 1

    def test_where_there_is_none_nobody_is_asked(self, tmp_path):
        assert machine.Throttled(None).bits() is None
        assert machine.Throttled(str(tmp_path / "none")).bits() is None


def test_the_pace_is_that_of_the_contract():
    assert (vitals.EVERY_S, vitals.LOOK_S, machine.ASKED_EVERY_S) == (60, 5, 60)
