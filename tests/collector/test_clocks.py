"""Times put right at the centre, in whatever order a door's messages come."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.models import Clock, Gap, Mark, SetAside, Visit
from kiosk.entries import DAMAGED, ClockEntry, GapEntry
from mqtt_bridge import wire
from mqtt_bridge.wire import Sender
from tests.collector.conftest import visit

EPOCH = "00000000-0000-4000-8000-000000000001"
BOOT, NEXT_BOOT = "0c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9", "1c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9"
STARTED = datetime(2026, 11, 23, 0, 40, tzinfo=UTC)
NEXT_STARTED = STARTED + timedelta(hours=5)
WRONG = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)


@pytest.fixture
def commit(on_sqlite):
    store = Store()

    def commit(*events, kiosk="cong-chinh"):
        return store.commit([Received(kiosk, events)], timezone.now())

    return commit


def uuid(sequence):
    return str(UUID(int=sequence))


def early(sequence, monotonic_s, boot=BOOT):
    """A visit before the clock was set."""
    return visit(
        sequence, id=uuid(sequence), at=WRONG, clock_trusted=False, boot=boot, monotonic_s=monotonic_s
    )


def late(sequence, monotonic_s, started=STARTED, boot=BOOT):
    """A visit after that."""
    at = started + timedelta(seconds=monotonic_s)
    return visit(sequence, id=uuid(sequence), at=at, boot=boot, monotonic_s=monotonic_s)


def clock(sequence, started=STARTED, boot=BOOT):
    told = ClockEntry(
        id=uuid(sequence), epoch=EPOCH, sequence=sequence, at=started, boot=boot, started=started
    )
    return wire.event(Sender("cong-chinh"), told)


def gap(sequence, through):
    told = GapEntry(
        id=uuid(sequence), epoch=EPOCH, sequence=sequence, at=STARTED, through=through, why=DAMAGED
    )
    return wire.event(Sender("cong-chinh"), told)


MORNING = [
    early(1, 60.0),
    early(2, 120.5),
    clock(3),
    late(4, 600.0),
    gap(5, 8),
    early(9, 30.0, NEXT_BOOT),
    clock(10, NEXT_STARTED, NEXT_BOOT),
    late(11, 90.0, NEXT_STARTED, NEXT_BOOT),
    early(12, 5.0, "2c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9"),
]
"""Two boots whose clocks were set at last, a gap, and one whose clock never was."""
RIGHT = {
    1: STARTED + timedelta(seconds=60),
    2: STARTED + timedelta(seconds=120.5),
    4: STARTED + timedelta(seconds=600),
    9: NEXT_STARTED + timedelta(seconds=30),
    11: NEXT_STARTED + timedelta(seconds=90),
    12: WRONG,
}


@pytest.mark.parametrize("seed", range(12))
def test_in_whatever_order_and_batches_all_comes_to_the_same(commit, seed):
    chance = random.Random(seed)
    events = [*MORNING, *chance.sample(MORNING, 4)] if seed else list(MORNING)
    if seed:
        chance.shuffle(events)
    while events:
        size = chance.randint(1, 4)
        commit(*events[:size])
        del events[:size]

    visits = Visit.objects.all()
    assert {one.sequence: one.at for one in visits} == RIGHT
    assert {one.sequence for one in visits if not one.clock_trusted} == {12}
    assert (Mark.objects.get().through, SetAside.objects.count()) == (12, 0)
    assert (Clock.objects.count(), Gap.objects.count()) == (2, 1)


def test_a_clock_that_is_set_again_puts_all_of_its_boot_right(commit):
    again = STARTED + timedelta(seconds=10)

    commit(early(1, 60.0), clock(2), late(3, 100.0), clock(4, again), late(5, 200.0, again))

    assert [one.at for one in Visit.objects.order_by("sequence")] == [
        again + timedelta(seconds=passed) for passed in (60, 100, 200)
    ]


def test_a_visit_sent_again_with_its_right_time_is_the_same_visit(commit):
    """The door has put it right by itself; the centre by the clock."""
    commit(early(1, 60.0))
    commit(late(1, 60.0), clock(2))

    assert [one.at for one in Visit.objects.all()] == [STARTED + timedelta(seconds=60)]
    assert SetAside.objects.count() == 0


def test_a_clock_of_another_kiosk_puts_nothing_right(commit):
    commit(early(1, 60.0))
    other = wire.event(
        Sender("cong-sau"),
        ClockEntry(id=uuid(9), epoch=EPOCH, sequence=1, at=STARTED, boot=BOOT, started=STARTED),
    )
    commit(other, kiosk="cong-sau")

    assert Visit.objects.get().at == WRONG


def test_a_wrong_time_beyond_all_calendars_is_put_right_too(commit):
    commit(visit(1, at=datetime(9998, 12, 31, tzinfo=UTC), clock_trusted=False, monotonic_s=1.0), clock(2))

    assert Visit.objects.get().at == STARTED + timedelta(seconds=1)
