"""Offices that do not use their doors: nobody has come for a while."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from collector import doors
from collector.models import DayFigures, Place

DAYS = 7
"""So many days without a visit make an office idle."""
_ANYBODY = Q(came__gt=0) | Q(left__gt=0)


@dataclass(frozen=True, slots=True)
class Idle:
    """
    A place where nobody has come for a while.

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

    Args:
        places: Among which.
        day: The last of these days.
        now: The present (aware), for the doors.
    """
    figures = DayFigures.objects.filter(_ANYBODY, place=OuterRef("pk"), date__lte=day)
    lately = figures.filter(date__gt=day - dt.timedelta(days=DAYS))
    last = Subquery(figures.order_by("-date").values("date")[:1])
    found = list(places.filter(~Exists(lately)).annotate(last=last).select_related("unit").order_by("name"))
    known = doors.by_place(Place.objects.filter(pk__in=[place.pk for place in found]), now)
    return [Idle(place, place.last, known.get(place.pk, doors.Doors())) for place in found]
