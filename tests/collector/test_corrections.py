"""A visit that was taken back at its door did not take place, wherever visits are counted or listed."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from collector import counting, days
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.models import Visit
from kiosk.model import Direction, Source
from tests.collector.conftest import visit

NOW = dt.datetime(2026, 3, 14, 2, tzinfo=dt.UTC)
DAY = days.of(dt.date(2026, 3, 14), ZoneInfo("Asia/Ho_Chi_Minh"))
BEFORE = days.of(dt.date(2026, 3, 13), ZoneInfo("Asia/Ho_Chi_Minh"))

pytestmark = pytest.mark.usefixtures("database")


def taken_back(sequence, event, **change):
    facts = {"corrects": str(event.id), "direction": Direction.OUT, "operator": "bao-ve-1"}
    return visit(sequence, **{"kiosk": event.kiosk, **facts, **change})


def store(*events):
    collector = Store()
    for event in events:
        collector.commit([Received(event.kiosk, (event,))], NOW)


def counted(day=DAY):
    tally = counting.count(day)
    return (tally.total, tally.came, tally.left, tally.taken_back)


def listed(day=DAY):
    return [row.sequence for row in counting.to_be_listed(counting.visits_of(day)).order_by("sequence")]


def test_neither_what_was_taken_back_nor_what_took_it_back_counts():
    came = visit(1)
    store(came, taken_back(2, came), visit(3), visit(4, direction=Direction.OUT))

    assert counted() == (2, 1, 1, 1)
    assert counting.count(DAY).kiosks == {"cong-chinh": 2}


def test_without_corrections_all_count():
    store(visit(1), visit(2, direction=Direction.OUT))

    assert counted() == (2, 1, 1, 0)


def test_a_correction_that_came_before_its_visit_holds_as_soon_as_both_are_there():
    came = visit(1)
    store(taken_back(2, came))
    assert (counted(), listed()) == ((0, 0, 0, 0), [2])

    store(came)

    assert (counted(), listed()) == ((0, 0, 0, 1), [1])


def test_a_visit_before_midnight_that_is_taken_back_after_it_counts_on_neither_day():
    midnight = DAY.begins
    came = visit(1, at=midnight - dt.timedelta(minutes=1))
    store(came, taken_back(2, came, at=midnight + dt.timedelta(minutes=1)))

    assert (counted(BEFORE), counted(DAY)) == ((0, 0, 0, 1), (0, 0, 0, 0))
    assert (listed(BEFORE), listed(DAY)) == ([1], [])


def test_a_door_takes_back_its_own_visits_only():
    came = visit(1)
    store(came, taken_back(1, came, kiosk="cong-sau"))

    assert counted() == (1, 1, 0, 0)
    assert listed() == [1, 1]
    assert counting.corrections(Visit.objects.all()) == {}


def test_the_ids_of_all_that_is_stored_are_told():
    came = visit(1)
    undone = taken_back(2, came)
    store(came, undone)

    assert list(counting.ids(DAY)) == [str(came.id), str(undone.id)]


def test_of_two_corrections_the_first_is_told():
    came = visit(1)
    store(came, taken_back(2, came), taken_back(3, came))

    assert {id_: one.sequence for id_, one in counting.corrections(Visit.objects.all()).items()} == {
        came.id: 2
    }
    assert counted() == (0, 0, 0, 1)


def test_numbers_that_visitors_keyed_in_alone_are_counted_apart():
    alone = visit(1, source=Source.KEYPAD)
    undone = visit(2, source=Source.KEYPAD)
    store(alone, undone, taken_back(3, undone), visit(4, source=Source.KEYPAD, operator="bao-ve-1"))

    tally = counting.count(DAY)

    assert (tally.total, tally.unverified) == (2, 1)
