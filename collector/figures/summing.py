"""Figures of many places and days, added up. What columns hold the database adds; the rest is merged here."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import msgspec
from django.db.models import Aggregate, QuerySet, Sum, TextField
from django.db.models.sql.compiler import SQLCompiler

from collector.figures.day import HOURS, VIAS, median
from collector.models import DayFigures, Place

_COUNTS = ("came", "left", "unverified", "automatic", *VIAS)
_read = msgspec.json.Decoder(list[list[int]]).decode


@dataclass(slots=True)
class Sums:
    """
    Figures of places and days together.

    Attributes:
        came: Who came in.
        left: Who left, and a door or the place's own page was told.
        unverified: Of both, for whom only a number stands that they keyed in themselves.
        automatic: Who was checked out by the centre.
        by_via: Who came, by `collector.figures.day.VIAS`.
        by_hour: Who came, by hour of the places' clocks.
        minutes: How many stays took so many minutes, by those.
    """

    came: int = 0
    left: int = 0
    unverified: int = 0
    automatic: int = 0
    by_via: Counter[str] = field(default_factory=Counter)
    by_hour: Counter[int] = field(default_factory=Counter)
    minutes: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Sums") -> None:
        """Take in others."""
        self.came += other.came
        self.left += other.left
        self.unverified += other.unverified
        self.automatic += other.automatic
        self.by_via.update(other.by_via)
        self.by_hour.update(other.by_hour)
        self.minutes.update(other.minutes)

    @property
    def keypad_share(self) -> float | None:
        """How much of those who came was keyed in, 0 to 1; None where nobody came."""
        return _share(self.by_via["keypad"], self.came)

    @property
    def unverified_share(self) -> float | None:
        """How much of those who came or left is not verified, likewise."""
        return _share(self.unverified, self.came + self.left)

    @property
    def automatic_share(self) -> float | None:
        """How much of the stays that are over was ended by the centre, likewise."""
        return _share(self.automatic, self.automatic + self.minutes.total())

    @property
    def median_minutes(self) -> float | None:
        """The middle of the stays whose end was seen; None where there are none."""
        return median(self.minutes)


class _Together(Aggregate):
    """Texts with commas between, as one."""

    name = "Together"
    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """The same there."""
        return self.as_sql(
            compiler, connection, function="STRING_AGG", template="%(function)s(%(expressions)s, ',')"
        )


def by_place(places: QuerySet[Place], first: dt.date, last: dt.date) -> dict[int, Sums]:
    """The sums of each of some places that has any, over some days, both included; by number."""
    rows = _of(places, first, last).values_list("place").order_by()
    told = rows.annotate(*map(Sum, _COUNTS), _Together("by_hour"), _Together("minutes"))
    return {place: _sums(counts[:-2], *counts[-2:]) for place, *counts in told}


def by_date(places: QuerySet[Place], first: dt.date, last: dt.date) -> dict[dt.date, tuple[int, int]]:
    """How many came and left on each of some days, both included; nothing for days that have no figures."""
    rows = _of(places, first, last).values_list("date").annotate(Sum("came"), Sum("left")).order_by("date")
    return {date: (came, left) for date, came, left in rows}


def came_by_place(places: QuerySet[Place], first: dt.date, last: dt.date) -> dict[int, int]:
    """How many came to each of some places over some days, both included, by number."""
    return dict(_of(places, first, last).values_list("place").annotate(Sum("came")).order_by())


def together(sums: Iterable[Sums]) -> Sums:
    """Some sums as one."""
    whole = Sums()
    for one in sums:
        whole.add(one)
    return whole


def change(now: int, before: int) -> float | None:
    """How much more or less there is than before, as a part of that; None where there was nothing."""
    return now / before - 1 if before else None


def _of(places: QuerySet[Place], first: dt.date, last: dt.date) -> QuerySet[DayFigures]:
    return DayFigures.objects.filter(place__in=places.order_by().values("pk"), date__range=(first, last))


def _sums(counts: Iterable[int], hours: str, minutes: str) -> Sums:
    known: Mapping[str, int] = dict(zip(_COUNTS, counts, strict=True))
    by_hour = map(sum, zip(*_read(f"[{hours}]"), strict=True))
    return Sums(
        came=known["came"],
        left=known["left"],
        unverified=known["unverified"],
        automatic=known["automatic"],
        by_via=Counter({via: known[via] for via in VIAS}),
        by_hour=Counter(dict(zip(range(HOURS), by_hour, strict=False))),
        minutes=Counter(chain.from_iterable(_read(f"[{minutes}]"))),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
