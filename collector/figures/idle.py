"""Offices that do not use their doors: nobody has come to one for a while."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from collector import days, doors, sorting
from collector.models import DayFigures, Place

DAYS = 7
"""So many days without a visit make an office idle."""
_ANYBODY_AT_THE_DOOR = Q(came__gt=F("elsewhere") - F("left"))
"""Who only opened the office's own page somewhere uses no door."""


@dataclass(frozen=True, slots=True)
class Idle:
    """
    A place where nobody has come to a door for a while.

    Attributes:
        place: Which.
        last: When somebody came or left last; None for never.
        doors: Its doors now.
    """

    place: Place
    last: dt.date | None
    doors: doors.Doors


def idle(places: QuerySet[Place], day: dt.date, now: dt.datetime) -> list[Idle]:
    """
    Of some places those without a visit on a day and on the days before, `DAYS` in all; by name.

    A place that was made within these days is none yet.

    Args:
        places: Among which.
        day: The last of these days.
        now: The present (aware), for the doors.
    """
    figures = DayFigures.objects.filter(_ANYBODY_AT_THE_DOOR, place=OuterRef("pk"), date__lte=day)
    lately = figures.filter(date__gt=day - dt.timedelta(days=DAYS))
    last = Subquery(figures.order_by("-date").values("date")[:1])
    chosen = places.filter(~Exists(lately), made_at__lt=_since(day)).annotate(last=last)
    found = sorted(chosen.select_related("unit"), key=lambda place: sorting.key(place.name))
    known = doors.by_place(Place.objects.filter(pk__in=[place.pk for place in found]), now)
    return [Idle(place, place.last, known.get(place.pk, doors.Doors())) for place in found]


@dataclass(frozen=True, slots=True)
class OfUnit:
    """
    The idle places of a unit.

    Attributes:
        name: The unit's; empty for places of none.
        places: How many places the unit has.
        idle: Those that are idle, by name.
    """

    name: str
    places: int
    idle: Sequence[Idle]


def by_unit(found: Iterable[Idle], places: QuerySet[Place]) -> list[OfUnit]:
    """
    Idle places by the unit that they belong to, by name; at last those of no unit.

    Args:
        found: The idle ones, by name.
        places: Among which they were found.
    """
    whole = dict(places.order_by().values_list("unit").annotate(Count("pk")))
    units: dict[int | None, list[Idle]] = {}
    for one in found:
        units.setdefault(one.place.unit_id, []).append(one)
    told = [OfUnit(str(some[0].place.unit or ""), whole[unit], some) for unit, some in units.items()]
    return sorted(told, key=lambda one: (not one.name, sorting.key(one.name)))


def are_new(places: QuerySet[Place], day: dt.date) -> bool:
    """Whether all of some places were made too late to be idle on a day."""
    return not places.filter(made_at__lt=_since(day)).exists()


def _since(day: dt.date) -> dt.datetime:
    """Until when a place must have been made that is idle on a day."""
    return days.of(day - dt.timedelta(days=DAYS - 1), timezone.get_current_timezone()).begins
