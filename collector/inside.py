"""Who stayed at a place on a day, and who is inside it now; no personal field is asked for."""

import datetime as dt

from collector import counting, days, zones
from collector.days import Day
from collector.models import CheckOut, Place
from collector.passages import Passage
from collector.stays import Ending, Stay, stays

_PSEUDONYMS = 3
"""The last fields of a passage."""


def now(place: Place, instant: dt.datetime) -> list[Stay]:
    """
    Who is inside, in the order in which they came.

    Args:
        place: Where.
        instant: The present (aware). Nobody stays longer than the day, by the place's own clock.
    """
    zone = zones.named(place.zone)
    today = days.of(instant.astimezone(zone).date(), zone)
    return [stay for stay in of_day(place, today) if stay.left_at is None]


def of_day(place: Place, day: Day) -> list[Stay]:
    """All stays of a day, in the order in which they began."""
    return stays(passages(place, day), endings(place, day))


def passages(place: Place, day: Day) -> list[Passage]:
    """Who passed which way on a day, in no order; without what was taken back."""
    of_day = counting.that_took_place(counting.visits_at(place, day))
    # PostgreSQL gives views of bytes, which are none in a dictionary.
    return [
        Passage(*facts[:-_PSEUDONYMS], *(value and bytes(value) for value in facts[-_PSEUDONYMS:]))
        for facts in of_day.values_list(*Passage._fields)
    ]


def endings(place: Place, day: Day) -> list[Ending]:
    """The check-outs of a day's visits."""
    visits = counting.visits_at(place, day).values("pk")
    found = CheckOut.objects.filter(visit__in=visits, place=place)
    return [Ending(*facts) for facts in found.values_list("pk", *Ending._fields[1:])]
