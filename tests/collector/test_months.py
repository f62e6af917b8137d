"""Visits by months: made ahead, moved, dropped when their time is over; what was counted of them stays."""

import threading
import uuid
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from collector import months
from collector.doctor import boxes
from collector.doctor.finding import State
from collector.figures import due
from collector.figures.keeping import Keeping
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.models import CheckOut, DayFigures, Dropping, Kiosk, Mark, Place, Visit
from tests.collector.conftest import visit, wait_until
from tests.collector.databases import POSTGRESQL

NOW = datetime(2026, 11, 30, 2, tzinfo=UTC)
DAY = timedelta(days=1)
EPOCH = "00000000-0000-4000-8000-000000000001"


def identity(at):
    """An id that a door makes at a time, by its clock."""
    return str(uuid.UUID(int=int(at.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62 | uuid.uuid4().int >> 66))


def seen(sequence, at, **facts):
    return visit(sequence, id=identity(at), at=at, epoch=EPOCH, **facts)


def store(*events, received_at=None):
    """Each came when it happened; what came of the last."""
    centre = Store()
    return [
        centre.commit([Received(event.kiosk, events=(event,))], received_at or event.time) for event in events
    ][-1]


def drop(now, keep_months):
    """As the daily work does: written down on one day, done on the next; and visits come as ever."""
    store(seen(Visit.objects.filter(kiosk="cua-sau").count() + 1, now, kiosk="cua-sau"))
    months.drop_old(now - DAY, keep_months)
    return months.drop_old(now, keep_months)


def kept():
    """The visits of the door that this is about."""
    return Visit.objects.exclude(kiosk="cua-sau")


def of_table(name):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {name}")
        return cursor.fetchone()[0]


def test_the_models_are_as_the_migrations_make_them(on_sqlite):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_months_are_made_from_a_year_back_to_two_ahead_and_once(on_postgresql):
    made = months.make_ahead(NOW)

    assert (made[0], made[-1], len(made)) == ("collector_visit_2025_11", "collector_visit_2027_01", 15)
    assert months.make_ahead(NOW + timedelta(days=2)) == ["collector_visit_2027_02"]


def test_sqlite_has_one_table(on_sqlite):
    assert months.make_ahead(NOW) == []


def test_a_visit_lies_in_the_month_of_its_id_whatever_its_time_is_put_right_to(on_postgresql):
    months.make_ahead(NOW)
    last, first = datetime(2026, 11, 30, 23, 59, 59, 999_000, UTC), datetime(2026, 12, 1, tzinfo=UTC)

    store(seen(1, last), seen(2, first), seen(3, datetime(1999, 5, 1, tzinfo=UTC)))
    Visit.objects.update(at=NOW)

    assert [of_table(f"collector_visit_{name}") for name in ("2026_11", "2026_12", "others")] == [1, 1, 1]


def test_a_month_that_is_made_late_takes_over_what_lies_among_the_others(on_postgresql):
    days = [NOW - timedelta(days=number) for number in range(60)]
    store(*(seen(number, at) for number, at in enumerate(days, 1)))
    before = set(Visit.objects.values_list())

    months.make_ahead(NOW)

    assert of_table("collector_visit_others") == 0
    assert set(Visit.objects.values_list()) == before


def test_collectors_go_on_while_months_are_made(on_postgresql):
    """They have begun to write into what is moved: they wait, and nothing is lost."""
    stop, stored, troubles = threading.Event(), [], []

    def write():
        centre, sequence = Store(), 0
        try:
            while not stop.is_set():
                sequence += 1
                event = seen(sequence, NOW + timedelta(days=31 * (sequence % 12)))
                centre.commit([Received(event.kiosk, events=(event,))], NOW)
                stored.append(event.id)
        except Exception as error:  # noqa: BLE001 - told below
            troubles.append(error)
        finally:
            connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    for ahead in range(12):
        wait_until(lambda ahead=ahead: len(stored) > 10 * ahead or troubles, "visits are stored")
        months.make_ahead(NOW + timedelta(days=31 * ahead))
    stop.set()
    writer.join()

    assert not troubles
    assert sorted(Visit.objects.values_list("id", flat=True)) == sorted(stored)


def test_what_is_too_old_is_dropped_and_the_rest_is_not(database):
    months.make_ahead(NOW)
    old, young = datetime(2026, 5, 31, 23, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    late = NOW - 200 * DAY
    for number, (at, received_at) in enumerate([(old, old), (young, young), (late, NOW - DAY)], 1):
        store(seen(number, at), received_at=received_at)

    drop(NOW, None)
    told = months.drop_old(NOW, 5, dry_run=True)
    assert kept().count() == 3
    done = drop(NOW, 5)

    assert (told.before, done.before) == (date(2026, 6, 1),) * 2
    # A box that was cut off for long brought one of that month yesterday: the month waits.
    left = {1, 2, 3} if database.kind == POSTGRESQL else {2, 3}
    assert set(kept().values_list("sequence", flat=True)) == left
    drop(NOW + 30 * DAY, 6)
    assert set(kept().values_list("sequence", flat=True)) == {2}


def test_names_that_a_place_still_keeps_are_not_dropped(database):
    Place.objects.create(name="UBND phường Chiềng An", keep_days=400)
    store(seen(1, NOW - timedelta(days=390)))

    assert drop(NOW, 1).before == date(2025, 10, 1)
    assert kept().count() == 1


def test_without_a_setting_nothing_is_dropped(database):
    store(seen(1, NOW - timedelta(days=3000)))

    assert str(months.drop_old(NOW, None)) == "all visits are kept"
    assert (Visit.objects.count(), Dropping.objects.count()) == (1, 0)


def test_a_wrong_clocks_visit_is_kept_as_long_as_any_other(database):
    """It says 1970, and came in September."""
    store(
        seen(1, datetime(1970, 1, 1, 0, 5, tzinfo=UTC), clock_trusted=False),
        received_at=NOW - timedelta(days=70),
    )

    drop(NOW, 3)
    assert kept().count() == 1
    drop(NOW, 1)
    assert kept().count() == 0


@contextmanager
def storing(*events):
    """A collector that has these in a transaction, and ends it a moment after somebody has begun to wait for it."""
    begun, end = threading.Event(), threading.Event()

    def write():
        try:
            with transaction.atomic():
                Store().commit([Received(event.kiosk, events=(event,)) for event in events], NOW)
                begun.set()
                end.wait(20)
        finally:
            connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(20)
    try:
        yield end
    finally:
        end.set()
        writer.join()


def test_a_month_into_which_somebody_is_storing_is_not_dropped(on_postgresql):
    months.make_ahead(NOW)
    old = NOW - 200 * DAY
    store(seen(1, old))
    store(seen(1, NOW, kiosk="cua-sau"))
    months.drop_old(NOW - DAY, 3)

    with storing(seen(1, old, kiosk="cua-khac")) as end:
        threading.Timer(0.3, end.set).start()
        months.drop_old(NOW, 3)

    assert set(Visit.objects.values_list("kiosk", flat=True)) == {"cong-chinh", "cua-khac", "cua-sau"}


def test_nothing_is_dropped_before_all_collectors_know_of_it(database):
    months.make_ahead(NOW)
    event = seen(1, NOW - 200 * DAY)
    store(event, seen(2, NOW))
    centre = Store()
    centre.commit([Received(event.kiosk, events=(event,))], NOW)

    assert (
        str(months.drop_old(NOW, 3)) == "visits of before 2026-08-01 will be dropped with the next day's work"
    )
    assert Visit.objects.count() == 2
    months.drop_old(NOW + months.NOTICE, 3)
    assert Visit.objects.count() == 1
    assert Dropping.objects.count() == 1


def test_a_centre_whose_clock_is_ahead_by_years_drops_nothing(database):
    months.make_ahead(NOW)
    store(seen(1, NOW - 40 * DAY), seen(2, NOW - DAY))
    wrong = datetime(2040, 1, 1, tzinfo=UTC)

    for day in range(3):
        months.drop_old(wrong + day * DAY, 24)
    # Even where visits are stored by that clock.
    store(seen(3, NOW), received_at=wrong)
    for day in range(3):
        months.drop_old(wrong + day * DAY, 24)

    assert (Visit.objects.count(), Dropping.objects.count()) == (3, 0)


def test_a_clock_that_is_behind_by_years_does_not_forget_what_was_dropped(dropped):
    months.drop_old(datetime(2020, 1, 1, tzinfo=UTC), 3)

    assert months.dropped_before() == date(2026, 8, 1)


def test_what_a_wrong_clock_has_written_down_is_forgotten(database):
    Dropping.objects.create(before=date(2038, 1, 1), at=datetime(2040, 1, 1, tzinfo=UTC))
    store(seen(1, NOW))

    months.drop_old(NOW, 3)

    assert months.dropped_before() == date(2026, 8, 1)


@pytest.fixture
def dropped(database):
    """A day was counted, and then dropped."""
    place = Place.objects.create(name="UBND phường Chiềng An")
    Kiosk.objects.create(name="cong-chinh", place=place)
    months.make_ahead(NOW)
    at = NOW - timedelta(days=200)
    events = [seen(number, at + timedelta(minutes=number)) for number in range(1, 4)]
    store(*events)
    CheckOut.objects.create(visit=events[0].id, place=place, at=at + timedelta(hours=1), made_at=at)
    Keeping(lambda: NOW).turn()
    drop(NOW, 3)
    assert kept().count() == 0
    return events


def test_a_dropped_day_keeps_its_figures_even_if_all_is_counted_again(dropped):
    before = list(DayFigures.objects.values())

    due.mark_all(date(2000, 1, 1), date(2999, 12, 31))
    Keeping(lambda: NOW).turn()

    assert before[0]["came"] == 3
    assert list(DayFigures.objects.values()) == before


def test_what_was_dropped_does_not_come_anew_when_a_door_sends_it_again(dropped):
    outcome = store(*dropped, received_at=NOW)

    assert kept().count() == 0
    assert (outcome.repeated, outcome.set_aside) == (1, 0)
    assert [receipt.through for _, receipt in outcome.receipts] == [3]
    assert Mark.objects.get(kiosk="cong-chinh").through == 3


def test_what_was_dropped_is_not_missed(dropped):
    """But what else is not there is."""
    assert boxes.journals().state is State.OK

    store(seen(4, NOW), seen(5, NOW), seen(6, NOW))
    Visit.objects.filter(sequence=5).delete()
    assert "5–5" in boxes.journals().says


def test_as_old_a_visit_that_the_centre_never_had_is_stored(dropped):
    outcome = store(seen(4, dropped[-1].time), received_at=NOW)

    assert (outcome.stored, kept().get().sequence) == (1, 4)


def test_months_that_were_dropped_are_not_made_again(dropped):
    assert months.make_ahead(NOW) == []
