"""Which visits somebody wants in a list."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q, QuerySet

from collector import counting, days, zones
from collector.models import Place, Visit

MOST_DAYS = 366
CHUNK = 1000
"""Visits a query: between two of them, nothing of the database is held."""


@dataclass(frozen=True, slots=True)
class Selection:
    """
    What was asked for. An empty text chooses all.

    Attributes:
        first: The first day, by the place's clock.
        last: The last day; not before the first.
        direction: `in` or `out`.
        via: `camera`, `reader`, `keypad` or `web`.
        door: The name of the box at a door.
        guard: The guard's name.
    """

    first: dt.date
    last: dt.date
    direction: str = ""
    via: str = ""
    door: str = ""
    guard: str = ""

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> "Selection":
        """
        What `written` has written.

        Raises:
            KeyError, TypeError, ValueError: If it has not.
        """
        first, last = (dt.date.fromisoformat(query[name]) for name in ("first", "last"))
        return cls(first, last, *(str(query.get(name, "")) for name in ("direction", "via", "door", "guard")))

    def written(self) -> dict[str, str]:
        """As JSON takes it; what chooses all is left out. No visitor is in it."""
        return {name: str(value) for name, value in asdict(self).items() if value}

    def visits(self, place: Place) -> QuerySet[Visit]:
        """Those of a place, without those that take back one that is listed: it is told there."""
        zone = zones.named(place.zone)
        begins, ends = days.of(self.first, zone).begins, days.of(self.last, zone).ends
        found = Visit.objects.filter(place=place, at__gte=begins, at__lt=ends)
        chosen = narrowed(found, direction=self.direction, via=self.via, door=self.door, guard=self.guard)
        return counting.to_be_listed(chosen)


def narrowed(visits: QuerySet[Visit], *, direction: str, via: str, door: str, guard: str) -> QuerySet[Visit]:
    """Those of some visits that went this way, by this reading, box and guard; each empty for all."""
    chosen = {"direction": direction, "via": via, "kiosk": door, "operator": guard}
    return visits.filter(**{name: one for name, one in chosen.items() if one})


def chunks(visits: QuerySet[Visit]) -> Iterator[list[Visit]]:
    """
    Visits from the oldest on, `CHUNK` by `CHUNK`; however many there are, no more of them are held.

    Each chunk is a query of its own: a list that takes a minute holds up nobody who writes. A visit whose
    time is put right in that minute may stand twice, or not at all.
    """
    ordered = visits.order_by("at", "id")
    after = Q()
    while chunk := list(ordered.filter(after)[:CHUNK]):
        yield chunk
        last = chunk[-1]
        after = Q(at__gte=last.at) & (Q(at__gt=last.at) | Q(pk__gt=last.pk))
