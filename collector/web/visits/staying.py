"""Who is inside, as the page writes them: each with what their visits tell of them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from collector.models import Place, Visit
from collector.people import Shown
from collector.stays import Stay
from collector.web.visits.table import Row, rows

_PART = 500
"""Visits a question."""


@dataclass(frozen=True, slots=True)
class Staying:
    """
    Somebody who is inside.

    Attributes:
        stay: Since when.
        row: The visit that they came with.
        person: Who; what that visit does not tell, later ones may.
        received_at: When the centre stored the newest visit of the stay.
    """

    stay: Stay
    row: Row
    person: Shown
    received_at: dt.datetime

    @property
    def names(self) -> bool:
        """Whether anything personal is shown."""
        return bool(self.person.name or self.person.document or self.person.phone)


def staying(place: Place, stays: Iterable[Stay]) -> list[Staying]:
    """
    Open the visits of those who are inside.

    Args:
        place: Where.
        stays: Theirs, in the order in which they are to be told.
    """
    found = list(stays)
    ids = [id_ for stay in found for id_ in stay.visits]
    opened: dict[UUID, Row] = {row.visit.pk: row for row in rows(place, _visits(ids))}
    return [_one(stay, opened) for stay in found if stay.came in opened]


def _visits(ids: list[UUID]) -> Iterable[Visit]:
    """Part by part: a database takes only so many questions at once."""
    for start in range(0, len(ids), _PART):
        yield from Visit.objects.filter(pk__in=ids[start : start + _PART])


def _one(stay: Stay, opened: dict[UUID, Row]) -> Staying:
    told = [opened[id_] for id_ in stay.visits if id_ in opened]
    best = max(told, key=lambda row: _worth(row.person))
    return Staying(stay, opened[stay.came], best.person, max(row.visit.received_at for row in told))


def _worth(person: Shown) -> tuple[bool, bool, bool]:
    """A name is worth most; then a phone, by which somebody can be called."""
    return bool(person.name), bool(person.phone), person.readable
