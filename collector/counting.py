"""
How many visits there are; no personal field is looked at.

A visit that was taken back at its door did not take place: neither it nor what takes it back counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from collector import zones
from collector.days import Day
from collector.models import Place, SetAside, Visit


@dataclass(frozen=True, slots=True)
class Tally:
    """
    Visits, counted.

    Attributes:
        total: All that took place.
        came: Those who came in.
        left: Those who went out.
        unverified: Those of all of them for whom only a number stands that they keyed in themselves.
        taken_back: Visits that did not take place: they are in none of the other figures.
        kiosks: How many each kiosk told of, by name.
        set_aside: Messages and events that could not become visits.
    """

    total: int
    came: int
    left: int
    unverified: int
    taken_back: int
    kiosks: dict[str, int]
    set_aside: int


@dataclass(frozen=True, slots=True)
class Totals:
    """
    The visits of a place on a day, counted.

    Attributes:
        came: Those who came in.
        left: Those who went out.
        unverified: Those of both for whom only a number stands that they keyed in themselves.
        taken_back: Visits that did not take place: they are in none of the other figures.
    """

    came: int
    left: int
    unverified: int
    taken_back: int


def totals(place: Place, day: Day) -> Totals:
    """Count the visits of a place on a day."""
    stored = visits_at(place, day)
    told = that_took_place(stored).aggregate(
        came=Count("pk", Q(direction="in")),
        left=Count("pk", ~Q(direction="in")),
        unverified=Count("pk", Q(verified=False)),
    )
    # Few are of a day: each is looked up. Of all that is stored, it is begun with those that take back.
    return Totals(**told, taken_back=stored.filter(_is_taken_back(), corrects=None).count())


def count(day: Day | None) -> Tally:
    """Count the visits of a day, or all. What was set aside counts on the day it came, at the centre."""
    stored = visits_of(day)
    by_kiosk = that_took_place(stored).values("kiosk").order_by("kiosk")
    told = by_kiosk.annotate(
        total=Count("id"), came=Count("id", Q(direction="in")), alone=Count("id", Q(verified=False))
    )
    rows = list(told.values_list("kiosk", "total", "came", "alone"))
    asides = SetAside.objects.all()
    if day is not None:
        asides = asides.filter(received_at__gte=day.begins, received_at__lt=day.ends)
    return Tally(
        total=sum(total for _, total, _, _ in rows),
        came=sum(came for _, _, came, _ in rows),
        left=sum(total - came for _, total, came, _ in rows),
        unverified=sum(alone for *_, alone in rows),
        taken_back=_taken_back(stored),
        kiosks={kiosk: total for kiosk, total, _, _ in rows},
        set_aside=asides.count(),
    )


def ids(day: Day | None) -> Iterator[str]:
    """The ids of all that is stored of a day, or at all, journal by journal in their own order."""
    found = visits_of(day).order_by("kiosk", "epoch", "sequence").values_list("id", flat=True)
    return (str(id_) for id_ in found.iterator(chunk_size=1000))


def visits_of(day: Day | None) -> QuerySet[Visit]:
    """All that is stored of a day, or at all: midnight is each place's own."""
    return Visit.objects.all() if day is None else Visit.objects.filter(zones.on(day.date))


def visits_at(place: Place, day: Day) -> QuerySet[Visit]:
    """All that is stored of a place's day, from its midnight to the next."""
    return Visit.objects.filter(place=place, at__gte=day.begins, at__lt=day.ends)


def that_took_place(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """Those of some visits that count: neither taken back, nor what takes another back."""
    return visits.filter(~_is_taken_back(), corrects=None)


def to_be_listed(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """Some visits without those that take back one that is stored: it is told there."""
    taken_back = Visit.objects.filter(pk=OuterRef("corrects"), kiosk=OuterRef("kiosk"))
    return visits.exclude(Exists(taken_back), corrects__isnull=False)


def corrections(visits: Iterable[Visit]) -> dict[UUID, Visit]:
    """What takes some visits back, by their ids; those that took place are left out."""
    kiosks = {visit.pk: visit.kiosk for visit in visits}
    found = Visit.objects.filter(corrects__in=kiosks).order_by("-sequence")
    return {one.corrects: one for one in found if one.corrects and one.kiosk == kiosks[one.corrects]}


def _taken_back(stored: QuerySet[Visit]) -> int:
    """How many of some visits were taken back."""
    corrected = Visit.objects.filter(corrects__isnull=False).values("corrects")
    return stored.filter(_is_taken_back(), pk__in=corrected, corrects=None).count()


def _is_taken_back() -> Exists:
    """A door can take back its own visits only."""
    # That it corrects anything goes without saying, but a front would fetch all visits from its shards.
    correcting = Visit.objects.filter(corrects__isnull=False)
    return Exists(correcting.filter(corrects=OuterRef("pk"), kiosk=OuterRef("kiosk")))
