"""Figures of days: the same as counting by hand, in whatever order and however late the visits come."""

import json
import threading
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector import registering
from collector.enrolment import enrol
from collector.figures import day, due, summing
from collector.figures.keeping import Keeping
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.models import CheckOut, Clock, DayDue, DayFigures, Mark, Place, Visit
from kiosk.entries import ClockEntry, Pseudonyms
from kiosk.model import Direction, Source
from mqtt_bridge import wire
from mqtt_bridge.wire import Sender
from tests.collector.conftest import run, visit

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
EPOCHS = {name: str(UUID(int=number)) for number, name in enumerate(("cong-chinh", "cong-sau"), 1)}
BOOT = "0c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9"


def local(hour, minute=0, day=TODAY, zone=VIETNAM):
    return datetime.combine(day, time(hour, minute), zone).astimezone(UTC)


def known(number):
    """Pseudonyms of a person, whose document that is."""
    return Pseudonyms(document=bytes([number]) * 32)


def passed(sequence, at, direction="in", who=1, kiosk="cong-chinh", **facts):
    told = {"source": Source.CAMERA, "boot": BOOT, "id": str(uuid4())} | facts
    return visit(
        sequence,
        kiosk=kiosk,
        epoch=EPOCHS[kiosk],
        at=at,
        direction=Direction(direction),
        pseudonyms=known(who),
        **told,
    )


def store(*events, kiosk="cong-chinh", at=None):
    Store().commit([Received(kiosk, events)], at or timezone.now())


def figures(day_=TODAY):
    return DayFigures.objects.filter(date=day_).first()


@pytest.fixture
def place(on_sqlite):
    return enrol("cong-chinh", "UBND phường Thử", "Cửa chính").place


@pytest.fixture
def any_place(database):
    """The same on each kind of database in turn."""
    return enrol("cong-chinh", "UBND phường Thử", "Cửa chính").place


@pytest.fixture
def keeping():
    return Keeping()


def test_a_day_in_figures(any_place, keeping):
    store(
        passed(1, local(8, 5)),
        passed(2, local(8, 30), who=2, source=Source.KEYPAD),
        passed(3, local(9, 0), "out"),
        passed(4, local(9, 41), "out", who=2),
        passed(5, local(10, 0), who=3),
    )

    keeping.turn()

    found = figures()
    assert (found.came, found.left, found.unverified, found.automatic) == (3, 2, 1, 0)
    assert (found.camera, found.reader, found.keypad, found.web) == (2, 0, 1, 0)
    assert {hour: n for hour, n in enumerate(json.loads(found.by_hour)) if n} == {8: 2, 10: 1}
    assert json.loads(found.minutes) == [55, 71]


def test_a_later_visit_is_counted_at_the_next_turn(place, keeping):
    store(passed(1, local(8)))
    keeping.turn()
    store(passed(2, local(8, 1), who=2))

    keeping.turn()

    assert figures().came == 2


def test_what_came_while_nobody_counted_is_counted_after_the_start(place, keeping):
    store(passed(1, local(8)))
    keeping.turn()
    yesterday = TODAY - timedelta(days=1)
    store(passed(2, local(8, day=yesterday), who=2))

    Keeping().turn()

    assert figures(yesterday).came == 1


def test_what_was_taken_back_counts_nowhere(any_place, keeping):
    wrong = str(uuid4())
    store(passed(1, local(23, 59), id=wrong), passed(3, local(8)))
    keeping.turn()
    tomorrow = TODAY + timedelta(days=1)
    store(passed(2, local(0, 0, day=tomorrow), corrects=wrong))

    keeping.turn()

    assert figures().came == 1
    assert figures(tomorrow) is None


def test_each_place_has_its_own_midnight(any_place, keeping):
    paris = enrol("cong-sau", "Lãnh sự quán tại Paris").place
    Place.objects.filter(pk=paris.pk).update(zone="Europe/Paris")
    at = local(1)
    store(passed(1, at))
    store(passed(1, at, kiosk="cong-sau"), kiosk="cong-sau")

    keeping.turn()

    found = dict(DayFigures.objects.values_list("place", "date"))
    assert found == {any_place.pk: TODAY, paris.pk: TODAY - timedelta(days=1)}


def test_a_day_that_begins_within_an_hour_of_universal_time(place, keeping):
    Place.objects.filter(pk=place.pk).update(zone="Asia/Kathmandu")
    kathmandu = ZoneInfo("Asia/Kathmandu")
    store(passed(1, local(23, 59, zone=kathmandu)), passed(2, local(0, 1, TODAY + timedelta(1), kathmandu)))

    keeping.turn()

    assert [figures(TODAY + timedelta(days)).came for days in (0, 1)] == [1, 1]


def test_what_took_long_to_be_committed_is_counted_all_the_same(on_postgresql):
    """As where the server waits for its standby, or one collector for another."""
    enrol("cong-chinh", "UBND phường Thử", "Cửa chính")
    now = timezone.now()
    clock = [now]
    keeping = Keeping(lambda: clock[0])
    begun, end = threading.Event(), threading.Event()

    def write():
        try:
            with transaction.atomic():
                store(passed(2, now, kiosk="cong-chinh"), at=now)
                begun.set()
                end.wait(20)
        finally:
            connections.close_all()

    store(passed(1, now - timedelta(days=1)), at=now - timedelta(hours=1))
    keeping.turn()
    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(20)
    clock[0] = now + timedelta(minutes=5)
    keeping.turn()
    end.set()
    writer.join()
    clock[0] = now + timedelta(minutes=6)
    keeping.turn()

    assert sum(DayFigures.objects.values_list("came", flat=True)) == 2


def test_a_visit_whose_clock_is_put_right_moves_to_its_day(any_place, keeping):
    store(passed(1, datetime(1970, 1, 1, tzinfo=UTC), clock_trusted=False, monotonic_s=3600.0))
    keeping.turn()
    assert figures(date(1970, 1, 1)).came == 1
    started = local(7)
    told = ClockEntry(
        id=str(uuid4()), epoch=EPOCHS["cong-chinh"], sequence=2, at=started, boot=BOOT, started=started
    )
    store(wire.event(Sender("cong-chinh"), told))

    keeping.turn()

    assert (figures(date(1970, 1, 1)).came, figures().came) == (0, 1)


def test_who_is_checked_out_by_the_centre_stays_for_no_time_that_is_known(place, keeping):
    (came, other) = (passed(1, local(8)), passed(2, local(9), who=2))
    store(came, other, passed(3, local(9, 30), "out", who=2))
    keeping.turn()
    CheckOut.objects.create(visit=came.id, place=place, at=local(17), automatic=True, made_at=NOW)
    due.mark([(place.pk, TODAY)])

    keeping.turn()

    assert (figures().automatic, json.loads(figures().minutes)) == (1, [30])


def test_stays_are_still_known_when_names_are_forgotten(place, keeping):
    old = TODAY - timedelta(days=40)
    store(passed(1, local(8, day=old)), passed(2, local(8, 20, day=old), "out"))
    keeping.turn()
    Visit.objects.update(person=None, document=None, phone=None, other=None)
    store(passed(3, local(9, day=old), who=3))

    keeping.turn()

    assert (figures(old).came, json.loads(figures(old).minutes)) == (2, [20])


def test_one_who_had_their_data_erased_keeps_nobody_else_from_being_counted(place):
    day_, count = timezone.localdate(), Keeping()
    store(passed(1, local(0, 1, day_)), passed(2, local(0, 2, day_), who=2))
    count.turn()
    Visit.objects.filter(sequence=1).update(person=None, document=None)
    store(passed(3, local(0, 12, day_), "out", who=2))

    count.turn()

    assert json.loads(figures(day_).minutes) == [10]


def test_who_never_told_who_they_are_is_counted_when_checked_out(place, keeping):
    Place.objects.filter(pk=place.pk).update(kind=Place.PUBLIC)
    day_ = timezone.localdate()
    came = passed(1, local(0, 1, day_))
    store(came)
    Visit.objects.update(document=None)
    keeping.turn()
    CheckOut.objects.create(
        visit=came.id, place=place, at=local(0, 2, day_), automatic=True, made_at=timezone.now()
    )
    due.mark([(place.pk, day_)])

    keeping.turn()

    assert figures(day_).automatic == 1


def test_who_uses_the_page_of_the_place_from_elsewhere_was_not_at_the_door(any_place, keeping):
    store(*(passed(number, local(8), who=number) for number in range(1, 5)))
    for number, at_door in ((1, None), (2, True), (3, False)):
        Visit.objects.filter(sequence=number).update(via="web", at_door=at_door)

    keeping.turn()

    assert (figures().came, figures().web, figures().elsewhere) == (4, 3, 1)


def test_visits_of_a_box_that_is_enrolled_later(place, keeping):
    store(passed(1, local(8)), at=NOW - timedelta(hours=2))
    store(passed(1, local(8), kiosk="cong-sau"), kiosk="cong-sau", at=NOW - timedelta(hours=2))
    keeping.turn()

    second = enrol("cong-sau", "UBND phường Khác").place
    keeping.turn()

    assert DayFigures.objects.get(place=second).came == 1


def test_a_day_marked_anew_while_it_is_counted_stays_due(any_place, keeping, monkeypatch):
    from collector.figures import of_place

    store(passed(1, local(8)))
    honest = of_place.count

    def count(*args):
        row = honest(*args)
        due.mark([(any_place.pk, TODAY)])
        return row

    monkeypatch.setattr(of_place, "count", count)
    keeping.turn()
    assert (figures(), DayDue.objects.count()) == (None, 1)

    monkeypatch.undo()
    keeping.turn()
    assert (figures().came, DayDue.objects.count()) == (1, 0)


def test_what_changes_a_day_that_is_due_already_renews_the_mark(place):
    due.mark([(place.pk, TODAY)])
    first = DayDue.objects.get().at

    due.mark([(place.pk, TODAY)])

    assert DayDue.objects.get().at > first


def test_all_days_of_a_place_are_counted_anew_when_its_time_zone_changes(any_place, keeping):
    store(passed(1, local(8)), passed(2, local(20), who=2), at=NOW - timedelta(days=2))
    keeping.turn()

    registering.set_place(any_place.name, {"zone": "America/Los_Angeles"})
    keeping.turn()

    assert {row.date.day: row.came for row in DayFigures.objects.all()} == {23: 1, 24: 1}


def test_what_else_is_set_at_a_place_leaves_its_days_as_they_are(place, keeping):
    store(passed(1, local(8)))
    keeping.turn()

    registering.set_place(place.name, {"zone": place.zone, "keep_days": "31"})

    assert not DayDue.objects.exists()


def test_days_are_counted_anew_on_the_command_line(place, on_sqlite):
    store(
        passed(1, local(8)), passed(2, local(8, day=TODAY - timedelta(days=9))), at=NOW - timedelta(hours=2)
    )
    Keeping().turn()
    Place.objects.filter(pk=place.pk).update(zone="America/Los_Angeles")

    done = run("figures", "recount", "--from", "2026-11-20", "--data", str(on_sqlite.folder))

    assert (done.returncode, done.stdout) == (0, "2 days counted\n"), done.stderr
    assert {row.date.day: row.came for row in DayFigures.objects.all()} == {15: 1, 23: 1, 24: 0}


def test_sums_are_those_of_each_day_and_place(any_place):
    other = Place.objects.create(name="UBND phường Khác")
    for number, (place, day_) in enumerate([(any_place, 0), (any_place, 1), (other, 1), (any_place, 9)], 1):
        hours = [0] * 24
        hours[number] = number
        DayFigures.objects.create(
            place=place,
            date=TODAY + timedelta(days=day_),
            came=number,
            keypad=number,
            by_hour=json.dumps(hours),
            minutes=json.dumps([number, 60]),
            counted_at=NOW,
        )

    days_ = (TODAY, TODAY + timedelta(days=1))
    found = summing.by_place(Place.objects.all(), *days_)

    whole = summing.together(found.values())
    assert {place: one.came for place, one in found.items()} == {any_place.pk: 3, other.pk: 3}
    assert +whole.by_hour == {1: 1, 2: 2, 3: 3}
    assert whole.minutes == {1: 1, 2: 1, 3: 1, 60: 3}
    assert (whole.keypad_share, whole.median_minutes) == (1.0, 31.5)
    assert summing.by_date(Place.objects.all(), *days_) == {days_[0]: (1, 0), days_[1]: (5, 0)}
    assert summing.came_by_place(Place.objects.filter(pk=other.pk), *days_) == {other.pk: 3}


KIOSKS = ("cong-chinh", "cong-sau")
EARLY_BOOT, STARTED = "1c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9", local(0) - timedelta(hours=2)
SEEN = st.fixed_dictionaries(
    {
        "who": st.integers(1, 4),
        "minute": st.integers(-120, 36 * 60),
        "direction": st.sampled_from(["in", "out"]),
        "kiosk": st.sampled_from(KIOSKS),
        "source": st.sampled_from([Source.CAMERA, Source.KEYPAD]),
        "is_early": st.booleans(),
        "is_taken_back": st.booleans(),
    }
)
"""Passages; of the early ones the door's clock was not right yet."""


def events_of(seen):
    """What the doors send of these passages, and of their clocks; and when what took place really was."""
    numbers, events, real = Counter(), [], []

    def add(kiosk, at, is_early, **facts):
        numbers[kiosk] += 1
        early = {"boot": EARLY_BOOT, "clock_trusted": False, "monotonic_s": (at - STARTED).total_seconds()}
        told = datetime(1970, 1, 1, tzinfo=UTC) + (at - STARTED) if is_early else at
        events.append(passed(numbers[kiosk], told, kiosk=kiosk, **(early if is_early else {}), **facts))
        return events[-1]

    for one in seen:
        at = local(0) + timedelta(minutes=one["minute"])
        same = {name: one[name] for name in ("kiosk", "is_early", "direction", "who")}
        event = add(at=at, source=one["source"], **same)
        if one["is_taken_back"]:
            add(at=at + timedelta(minutes=1), corrects=str(event.id), **same)
        else:
            real.append((at, event.data))
    for kiosk in KIOSKS:
        numbers[kiosk] += 1
        facts = {"epoch": EPOCHS[kiosk], "sequence": numbers[kiosk], "at": STARTED, "started": STARTED}
        events.append(wire.event(Sender(kiosk), ClockEntry(id=str(uuid4()), boot=EARLY_BOOT, **facts)))
    return events, real


def naive(real, zone):
    """Of each day: who came, who left, who is not verified, and by hour; counted by hand."""
    counts = {}
    for at, facts in real:
        there = at.astimezone(zone)
        row = counts.setdefault(there.date(), [0, 0, 0, Counter()])
        came = facts.direction.value == "in"
        row[0] += came
        row[1] += not came
        row[2] += not facts.verified
        row[3][there.hour] += came
    return {day_: [*numbers, +hours] for day_, (*numbers, hours) in counts.items()}


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(
    seen=st.lists(SEEN, max_size=10),
    zone=st.sampled_from(["Asia/Ho_Chi_Minh", "Asia/Kathmandu", "America/Los_Angeles"]),
    data=st.data(),
)
def test_figures_are_what_counting_by_hand_finds(any_place, seen, zone, data):
    for kind in (DayFigures, DayDue, Visit, Clock, Mark):
        kind.objects.all().delete()
    Place.objects.filter(pk=any_place.pk).update(zone=zone)
    enrol("cong-sau", any_place.name)
    keeping = Keeping()
    events, real = events_of(seen)
    for event in data.draw(st.permutations(events)):
        store(event, kiosk=event.kiosk)
        if data.draw(st.booleans()):
            keeping.turn()
    keeping.turn()

    found = {
        row.date: [row.came, row.left, row.unverified, +Counter(dict(enumerate(json.loads(row.by_hour))))]
        for row in DayFigures.objects.exclude(came=0, left=0)
    }
    assert found == naive(real, ZoneInfo(zone))


@given(st.lists(st.integers(0, 600)))
def test_the_median_is_that_of_all_stays(minutes):
    from statistics import median

    assert day.median(Counter(minutes)) == (median(minutes) if minutes else None)
