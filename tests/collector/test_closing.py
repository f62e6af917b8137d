"""When a place closes, whoever no door saw leave is checked out; whenever that is heard of."""

import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from collector import days, inside
from collector.closing import Closing, _heard_of, _oldest_kept, close
from collector.enrolment import enrol
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.keyring import Keyring
from collector.models import CheckOut, DayDue, Place, Visit
from collector.stays import How
from collector.zones import named
from kiosk.entries import ClockEntry, Pseudonyms
from kiosk.model import Direction
from mqtt_bridge import wire
from mqtt_bridge.wire import Sender
from tests.collector.conftest import visit

DATE = dt.date(2026, 3, 14)
PLACE = "UBND phường Thử"


def at(hour, minute=0, date=DATE):
    """By the place's clock."""
    return dt.datetime.combine(date, dt.time(hour, minute), named("Asia/Ho_Chi_Minh")).astimezone(dt.UTC)


MIDNIGHT = at(0, date=DATE + dt.timedelta(days=1))
EVENING = at(18)


@pytest.fixture
def place(database, settings):
    settings.DATA = database.folder
    Keyring(database.folder)
    enrol("cong-chinh", PLACE, "Cửa chính")
    Place.objects.update(closes=dt.time(17))
    return Place.objects.get()


@pytest.fixture
def store(place):
    """Store visits: at what hour (or instant), which way, of whom."""
    numbers = iter(range(1, 10_000))

    def store(*visits, received=None, **more):
        events = [
            visit(
                next(numbers),
                **{
                    "at": moment if isinstance(moment, dt.datetime) else at(moment),
                    "direction": Direction(way),
                    "pseudonyms": Pseudonyms(document=who.encode() * 32) if who else Pseudonyms(),
                    "person": None,
                    **more,
                },
            )
            for moment, way, who in visits
        ]
        Store().commit([Received("cong-chinh", events)], received or EVENING)
        return events

    return store


def check_outs():
    return [(one.at, one.automatic) for one in CheckOut.objects.order_by("pk")]


def stays(place, date=DATE):
    zone = named(place.zone)
    return [(stay.left_at, stay.how) for stay in inside.of_day(place, days.of(date, zone))]


def test_who_is_still_inside_is_checked_out_at_closing_time(place, store):
    store((8, "in", "a"), (9, "in", "b"), (10, "out", "b"))

    assert close(place, DATE, EVENING) == 1

    assert check_outs() == [(at(17), True)]
    assert stays(place) == [(at(17), How.AUTOMATIC), (at(10), How.DOOR)]


def test_before_closing_time_nobody_is(place, store):
    store((8, "in", "a"))

    assert close(place, DATE, at(16, 59)) == 0


def test_without_a_closing_time_it_is_midnight(place, store):
    Place.objects.update(closes=None)
    place.refresh_from_db()
    store((8, "in", "a"))

    assert close(place, DATE, MIDNIGHT - dt.timedelta(seconds=1)) == 0
    assert close(place, DATE, MIDNIGHT) == 1
    assert stays(place) == [(MIDNIGHT, How.AUTOMATIC)]


def test_who_comes_after_closing_time_stays_until_midnight(place, store):
    store((8, "in", "a"), (19, "in", "a"), (20, "in", "b"))

    assert close(place, DATE, at(21)) == 1
    assert close(place, DATE, MIDNIGHT) == 2
    assert stays(place) == [(at(17), How.AUTOMATIC), (MIDNIGHT, How.AUTOMATIC), (MIDNIGHT, How.AUTOMATIC)]


def test_a_day_is_closed_once(place, store):
    store((8, "in", "a"), (8, "in", ""))

    assert [close(place, DATE, EVENING) for _ in range(3)] == [2, 0, 0]


def test_a_leaving_that_is_heard_of_later_counts_before_the_check_out(place, store):
    store((8, "in", "a"))
    close(place, DATE, EVENING)

    store((11, "out", "a"), received=MIDNIGHT)

    assert stays(place) == [(at(11), How.DOOR)]
    assert close(place, DATE, MIDNIGHT) == 0


def test_who_was_said_to_be_inside_after_closing_time_is_checked_out_at_midnight(place, store):
    (came,) = store((8, "in", "a"))
    close(place, DATE, EVENING)
    CheckOut.objects.create(visit=came.id, place=place, at=None, by="an", reason="x", made_at=at(18, 5))

    assert close(place, DATE, at(20)) == 0
    assert close(place, DATE, MIDNIGHT) == 1
    assert stays(place) == [(MIDNIGHT, How.AUTOMATIC)]


def test_what_was_said_of_other_days_is_not_read_for_this_one(place, store):
    old = DATE - dt.timedelta(days=1)
    came = store((at(8, date=old), "in", "a"), (8, "in", "b"))
    for visit_ in came:
        by = {"at": None, "by": "an", "reason": "x", "made_at": at(9)}
        CheckOut.objects.create(visit=visit_.id, place=place, **by)

    for visit_, date in zip(came, (old, DATE), strict=True):
        found = inside.endings(place, days.of(date, named(place.zone)))
        assert [str(ending.visit) for ending in found] == [str(visit_.id)]


def test_a_clock_that_runs_behind_that_of_the_page_ends_it_all_the_same(place, store):
    (came,) = store((8, "in", "a"))
    late = MIDNIGHT + dt.timedelta(minutes=2)
    CheckOut.objects.create(visit=came.id, place=place, at=None, by="an", reason="x", made_at=late)

    assert [close(place, DATE, MIDNIGHT) for _ in range(2)] == [1, 0]


def test_the_day_is_counted_anew(place, store):
    store((8, "in", "a"))
    DayDue.objects.all().delete()

    close(place, DATE, EVENING)

    assert list(DayDue.objects.values_list("place", "date")) == [(place.pk, DATE)]


class Clockwork:
    """The closing of places, at times that a test sets."""

    def __init__(self):
        self.time = EVENING
        self._closing = Closing(lambda: self.time)

    def turn(self, time):
        self.time = time
        return self._closing.turn()


def test_in_the_course_of_the_day_each_is_checked_out_when_due(place, store):
    clockwork = Clockwork()
    store((8, "in", "a"), (9, "in", "b"), received=at(9))

    turns = [clockwork.turn(time) for time in (at(10), at(16, 59, DATE), at(17), at(17, 1), MIDNIGHT)]

    assert turns == [0, 0, 2, 0, 0]


def test_a_centre_that_was_off_for_days_catches_up(place, store):
    days_ago = [DATE - dt.timedelta(days=number) for number in (5, 4, 3)]
    store(*((at(8, date=date), "in", "a") for date in days_ago), received=at(8, date=days_ago[-1]))

    assert Clockwork().turn(EVENING) == 3
    assert Clockwork().turn(EVENING) == 0


def test_a_centre_that_never_closed_a_day_asks_for_no_visits_but_of_days_that_are_kept(place, store):
    month = dt.timedelta(days=30)
    for age in (month, 3 * month):
        store((at(8, date=DATE - age), "in", "a"), received=at(9, date=DATE - age))

    heard_of = _heard_of({place.pk: place}, _oldest_kept([place], EVENING))

    assert set(heard_of) == {(place.pk, DATE - month)}
    assert Clockwork().turn(EVENING) == 1


def test_visits_whose_time_is_over_are_left_alone(place, store):
    store((at(8, date=DATE - dt.timedelta(days=31)), "in", "a"))

    assert Clockwork().turn(EVENING) == 0


def test_what_a_door_that_was_cut_off_tells_late_is_closed_too(place, store):
    clockwork = Clockwork()
    clockwork.turn(EVENING)
    old = DATE - dt.timedelta(days=3)

    store((at(8, date=old), "in", "a"), (at(9, date=old), "in", "b"), received=at(18, 1))

    assert clockwork.turn(at(18, 2)) == 2
    assert stays(place, old) == [(at(17, date=old), How.AUTOMATIC)] * 2


def test_visits_that_a_clock_moves_to_a_day_before_are_closed_there(place, store):
    clockwork = Clockwork()
    boot = str(uuid.uuid4())
    store((at(17, 30), "in", "a"), clock_trusted=False, boot=boot, monotonic_s=60.0, received=at(17, 31))
    clockwork.turn(EVENING)
    old = DATE - dt.timedelta(days=2)
    (first,) = Visit.objects.all()
    became_true = ClockEntry(
        id=str(uuid.uuid4()),
        epoch=str(first.epoch),
        sequence=9000,
        at=at(19),
        boot=boot,
        started=at(8, date=old),
    )
    Store().commit([Received("cong-chinh", [wire.event(Sender("cong-chinh"), became_true, 0)])], at(19))

    assert clockwork.turn(MIDNIGHT) == 1
    assert stays(place, old) == [(at(17, date=old), How.AUTOMATIC)]


def test_a_closing_time_that_was_set_to_what_has_passed_holds_at_once(place, store):
    clockwork = Clockwork()
    store((8, "in", "a"), received=at(9))
    clockwork.turn(at(16))

    Place.objects.update(closes=dt.time(15, 30))

    assert clockwork.turn(at(16, 1)) == 1
    assert stays(place) == [(at(15, 30), How.AUTOMATIC)]


def test_two_processes_at_the_same_time_check_out_nobody_twice(place, store):
    store(*((8, "in", letter) for letter in "abcdef"))
    both = threading.Barrier(2)

    def work(_):
        try:
            both.wait()
            return close(place, DATE, EVENING)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as processes:
        written = sorted(processes.map(work, range(2)))

    assert written == [0, 6]
    assert CheckOut.objects.count() == 6


def test_the_thread_ends_when_it_is_told_to(place, store):
    store((8, "in", "a"))
    closing = Closing(lambda: EVENING)
    closing.stop()

    closing.run()

    assert CheckOut.objects.count() == 0
