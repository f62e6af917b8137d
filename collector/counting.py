"""How many visits there are; no personal field is looked at."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from collector import zones
from collector.models import SetAside, Visit
from collector.web.days import Day


@dataclass(frozen=True, slots=True)
class Tally:
    """
    Visits, counted.

    Attributes:
        total: All of them.
        came: Those who came in.
        left: Those who went out.
        kiosks: How many each kiosk told of, by name.
        set_aside: Messages and events that could not become visits.
    """

    total: int
    came: int
    left: int
    kiosks: dict[str, int]
    set_aside: int


def count(day: Day | None) -> Tally:
    """Count the visits of a day, or all. What was set aside counts on the day it came, at the centre."""
    visits = visits_of(day)
    ways = visits.aggregate(total=Count("id"), came=Count("id", Q(direction="in")))
    asides = SetAside.objects.all()
    if day is not None:
        asides = asides.filter(received_at__gte=day.begins, received_at__lt=day.ends)
    return Tally(
        total=ways["total"],
        came=ways["came"],
        left=ways["total"] - ways["came"],
        kiosks=dict(visits.values_list("kiosk").annotate(Count("id")).order_by("kiosk")),
        set_aside=asides.count(),
    )


def ids(day: Day | None) -> Iterator[str]:
    """The ids of the visits of a day, or of all, journal by journal in their own order."""
    found = visits_of(day).order_by("kiosk", "epoch", "sequence").values_list("id", flat=True)
    return (str(id_) for id_ in found.iterator(chunk_size=1000))


def visits_of(day: Day | None) -> QuerySet[Visit]:
    """The visits of a day, or all: midnight is each place's own."""
    return Visit.objects.all() if day is None else Visit.objects.filter(zones.on(day.date))
