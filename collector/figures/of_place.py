"""A place's day, read from the database and counted."""

import datetime as dt
from collections.abc import Iterable

import msgspec

from collector import counting, days, zones
from collector.days import Day
from collector.figures import day
from collector.figures.day import Ended, Passed
from collector.models import CheckOut, DayFigures, Place, Visit
from collector.passages import IN, Passage
from collector.stays import Ending, How, stays

_encode = msgspec.json.Encoder().encode
_FIELDS = ("via", "verified", *Passage._fields)
_Row = tuple[Passed, Passage]
"""A visit as it is counted, and as it tells who is who."""


def count(
    place: Place,
    date: dt.date,
    before: DayFigures | None,
    now: dt.datetime,
    dropped_before: dt.date | None = None,
) -> DayFigures | None:
    """
    Count a place's day; nothing is written.

    Stays are known as long as it is known who is who. When retention has taken that away, what was counted of
    them before holds. So does all that was counted of a day of which visits were dropped, but where more have
    come since than were counted.

    Args:
        place: Which.
        date: Which day, by the place's clock.
        before: What was counted before; None for nothing.
        now: The present (aware), before which all visits were there to be seen.
        dropped_before: What happened before this day, by UTC, may be gone; None where nothing is.

    Returns:
        The row to be written; None where what was counted before holds, or nobody came or left.
    """
    zone = zones.named(place.zone)
    whole = days.of(date, zone)
    visits = _visits(place, whole)
    if not visits and before is None:
        return None
    if before is not None and _is_dropped(whole, dropped_before) and len(visits) <= before.came + before.left:
        return None
    figures = day.figure((passed for passed, _ in visits), _ended(place, whole, visits), zone)
    row = DayFigures(
        place=place,
        date=date,
        came=figures.came,
        left=figures.left,
        unverified=figures.unverified,
        elsewhere=figures.elsewhere,
        **figures.by_via,
        by_hour=_written(figures.by_hour),
        counted_at=now,
        automatic=figures.automatic,
        minutes=_written(figures.minutes),
    )
    first_kept = now.astimezone(zone).date() - dt.timedelta(days=place.keep_days)
    if before is not None and date < first_kept and _is_forgotten(visits):
        row.automatic, row.minutes = before.automatic, before.minutes
    return row


def _visits(place: Place, whole: Day) -> list[_Row]:
    of_day = Visit.objects.filter(place=place, at__gte=whole.begins, at__lt=whole.ends)
    found = counting.that_took_place(of_day).values_list(*_FIELDS)
    return [
        (Passed(passage.at, passage.direction == IN, via, verified, not passage.is_from_elsewhere), passage)
        for via, verified, *told in found
        for passage in (Passage(*told),)
    ]


def _ended(place: Place, whole: Day, visits: Iterable[_Row]) -> list[Ended]:
    """The stays that are over."""
    ids = Visit.objects.filter(place=place, at__gte=whole.begins, at__lt=whole.ends).values("pk")
    endings = CheckOut.objects.filter(visit__in=ids, place=place).values_list("pk", *Ending._fields[1:])
    found = stays((passage for _, passage in visits), (Ending(*ending) for ending in endings))
    return [
        Ended(stay.left_at - stay.came_at, stay.how == How.AUTOMATIC)
        for stay in found
        if stay.left_at is not None
    ]


def _is_dropped(whole: Day, dropped_before: dt.date | None) -> bool:
    """Whether visits of a day may have been dropped."""
    return dropped_before is not None and whole.begins.date() < dropped_before


def _is_forgotten(visits: Iterable[_Row]) -> bool:
    """
    Of an old day, whether it is not known any more who is who.

    Of a younger one that is no question: who had their data erased, or never told who they are, is no reason
    to forget the stays of others.
    """
    return any(not (passage.document or passage.phone or passage.other) for _, passage in visits)


def _written(numbers: Iterable[int]) -> str:
    return _encode(tuple(numbers)).decode()
