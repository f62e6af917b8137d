"""Days that must be counted anew."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from collector import days, zones
from collector.models import DayDue, DayFigures, Place, Visit

_ROWS = 500
"""Rows an INSERT."""
_HOUR, _INSTANT = dt.timedelta(hours=1), dt.timedelta(microseconds=1)
_TO_THE_HOUR = len("2026-11-24 01")
PlaceDay = tuple[int, dt.date]
"""A place's number, and a date by its clock."""


def mark(days: Iterable[PlaceDay]) -> None:
    """
    Have days counted anew, soon. In the transaction of what has changed them.

    A day that is being counted meanwhile waits for that transaction, and is counted once more.
    """
    now = timezone.now()
    DayDue.objects.bulk_create(
        (DayDue(place_id=place, date=date, at=now) for place, date in sorted(set(days))),
        batch_size=_ROWS,
        update_conflicts=True,
        unique_fields=("place", "date"),
        update_fields=("at",),
    )


def mark_times(times: Iterable[tuple[int, dt.datetime]]) -> None:
    """
    Have the days counted anew that some instants fall on.

    Args:
        times: Numbers of places, and when (aware).
    """
    wanted = set(times)
    if not wanted:
        return
    found = Place.objects.filter(pk__in={place for place, _ in wanted}).values_list("pk", "zone")
    clocks = {place: zones.named(zone) for place, zone in found}
    mark((place, at.astimezone(clocks[place]).date()) for place, at in wanted if place in clocks)


def mark_visits(visits: QuerySet[Visit]) -> None:
    """Have the days of some visits counted anew."""
    mark_times(times(visits))


def times(visits: QuerySet[Visit]) -> set[tuple[int, dt.datetime]]:
    """
    Places, and instants on whose days visits fall.

    Both ends of each hour: in some zones a day begins in the middle of one.
    """
    hour = Substr(Cast("at", TextField()), 1, _TO_THE_HOUR)
    known = visits.filter(place__isnull=False).annotate(hour=hour).order_by("place", "hour")
    found: set[tuple[int, dt.datetime]] = set()
    for place, text in known.values_list("place", "hour").distinct():
        begins = dt.datetime.fromisoformat(f"{text}:00+00:00")
        found |= {(place, begins), (place, begins + _HOUR - _INSTANT)}
    return found


def mark_place(place: Place) -> None:
    """Have all days of a place counted anew: those of its visits, and those that have figures."""
    mark_visits(Visit.objects.filter(place=place))
    mark((place.pk, date) for date in DayFigures.objects.filter(place=place).values_list("date", flat=True))


def mark_all(first: dt.date, last: dt.date) -> None:
    """Have all days from the first to the last, both included, counted anew, where visits or figures are."""
    for place in Place.objects.order_by("pk"):
        zone = zones.named(place.zone)
        begins, ends = days.of(first, zone).begins, days.of(last, zone).ends
        mark_visits(Visit.objects.filter(place=place, at__gte=begins, at__lt=ends))
        counted = DayFigures.objects.filter(place=place, date__range=(first, last))
        mark((place.pk, date) for date in counted.values_list("date", flat=True))
