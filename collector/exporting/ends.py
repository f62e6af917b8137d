"""When somebody left whom no door saw leave, for the visits of a list."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from collector.models import CheckOut, Place, Visit

AUTOMATIC, BY_HAND = "automatic", "by_hand"


@dataclass(frozen=True, slots=True)
class End:
    """
    An end that the centre, or somebody by hand, has put to a visit.

    Attributes:
        at: When (aware).
        how: `automatic` or `by_hand`.
    """

    at: dt.datetime
    how: str


def ends(place: Place, visits: Sequence[Visit]) -> dict[UUID, End]:
    """The ends of those of some visits that have one: the newest holds, and may say that there is none."""
    came = [visit.pk for visit in visits if visit.direction == "in"]
    newest = {one.visit: one for one in CheckOut.objects.filter(place=place, visit__in=came).order_by("pk")}
    return {
        visit: End(one.at, AUTOMATIC if one.automatic else BY_HAND)
        for visit, one in newest.items()
        if one.at is not None
    }
