"""Times put right at the centre, in whatever order a door's messages come."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from collector.enrolment import enrol
from collector.ingest.clocks import put_right
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.models import Clock, DayDue, Gap, Mark, SetAside, Visit
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


def test_a_clock_puts_right_what_its_own_box_saw_though_another_uses_the_same_ids(on_postgresql):
    store, boot = Store(), UUID(BOOT)
    for kiosk, at in (("cong-chinh", STARTED), ("cong-sau", WRONG)):
        event = visit(1, kiosk=kiosk, id=uuid(1), at=at, boot=BOOT, clock_trusted=False, monotonic_s=60.0)
        store.commit([Received(kiosk, (event,))], timezone.now())
    Clock.objects.create(
        kiosk="cong-sau", epoch=EPOCH, sequence=2, boot=boot, started=NEXT_STARTED, received_at=STARTED
    )

    put_right({("cong-sau", boot)})

    found = dict(Visit.objects.values_list("kiosk", "at"))
    assert found == {"cong-chinh": STARTED, "cong-sau": NEXT_STARTED + timedelta(seconds=60)}


def test_days_of_several_boots_are_marked_in_one_order(on_sqlite):
    """Two collectors that mark the same days would wait for each other otherwise."""
    places = {kiosk: enrol(kiosk, f"UBND phường {kiosk}").place.pk for kiosk in ("cong-sau", "cong-chinh")}
    store = Store()
    for number, kiosk in enumerate(places, 1):
        event = visit(1, kiosk=kiosk, epoch=EPOCH, id=uuid(number), at=WRONG, boot=BOOT, clock_trusted=False)
        store.commit([Received(kiosk, (event,))], timezone.now())
        Clock.objects.create(
            kiosk=kiosk, epoch=EPOCH, sequence=2, boot=UUID(BOOT), started=STARTED, received_at=STARTED
        )

    with CaptureQueriesContext(connection) as asked:
        put_right({(kiosk, UUID(BOOT)) for kiosk in places})

    marks = [one["sql"] for one in asked if "INSERT" in one["sql"] and "daydue" in one["sql"]]
    assert len(marks) == 1
    assert set(DayDue.objects.values_list("place", flat=True)) == set(places.values())


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
