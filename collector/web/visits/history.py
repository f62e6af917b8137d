"""What became of a visit since somebody passed the door."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from collector import counting, people
from collector.models import Change, CheckOut, Visit

_REASON_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Happening:
    """
    One thing that happened to a visit.

    Attributes:
        at: When.
        what: `stored`; `put_right`, of its time; `taken_back` at the door; `automatic` or `by_hand`, of a
            check-out; `corrected` or `erased`, of its person.
        who: Who did it; empty for the centre.
        reason: Why, in their words; empty for none.
        time: What the clock said at first, or when they left; None where it has none, or they had not left.
        fields: Which fields were corrected.
    """

    at: dt.datetime
    what: str
    who: str = ""
    reason: str = ""
    time: dt.datetime | None = None
    fields: tuple[str, ...] = ()


def of(visit: Visit, stayed: Iterable[UUID]) -> list[Happening]:
    """
    All that happened to a visit, the first first.

    Args:
        visit: Which.
        stayed: Visits of the same stay: a check-out of any of them ends it.
    """
    found = [Happening(visit.received_at, "stored")]
    if visit.told_at is not None:
        found.append(Happening(visit.received_at, "put_right", time=visit.told_at))
    if correction := counting.corrections([visit]).get(visit.pk):
        found.append(Happening(correction.at, "taken_back", people.tidy(correction.operator)))
    found += _check_outs({visit.pk, *stayed})
    found += _changes(visit)
    return sorted(found, key=lambda happening: happening.at)


def _check_outs(visits: Iterable[UUID]) -> Iterator[Happening]:
    for one in CheckOut.objects.filter(visit__in=visits).order_by("pk"):
        what = "automatic" if one.automatic else "by_hand"
        yield Happening(one.made_at, what, one.by, people.tidy(one.reason, _REASON_LETTERS), one.at)


def _changes(visit: Visit) -> Iterator[Happening]:
    for one in Change.objects.filter(visit=visit.pk).order_by("pk"):
        reason = people.tidy(one.reason, _REASON_LETTERS)
        yield Happening(one.at, one.what, one.by, reason, fields=tuple(one.fields.split()))
