"""
Keeps the figures of each day up to date, in the background.

What is to be counted stands in a table first, so that nothing is forgotten when the process ends in between.
A day is taken out of it together with what was counted, and only if nobody has marked it anew meanwhile.
Visits are read without a lock, and what was counted is written at once, so that the intake hardly waits.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from collector import months, settling
from collector.figures import due, of_place
from collector.models import DayDue, DayFigures, Place, Visit
from collector.rounds import Rounds

FIRST_S = 5.0
LOOK_S = 10.0
"""How often it is looked what has come."""
AGAIN_S = 60.0
"""How long after a failure it is tried again."""
SLACK = dt.timedelta(seconds=30)
"""By so much later than it says may a visit appear: a batch is committed after its time was taken."""
LOT = 40
"""Days a transaction."""


class Keeping(Rounds):
    """
    Counts days anew as visits come, and those that are due for another reason.

    Args:
        now: The centre's clock (aware).
    """

    def __init__(self, now: Callable[[], dt.datetime] = timezone.now) -> None:
        super().__init__("figures", first_s=FIRST_S, look_s=LOOK_S, again_s=AGAIN_S)
        self._now = now
        self._looked_at: dt.datetime | None = None

    def turn(self) -> int:
        """
        Look what has come, and count all days that are due; how many those were.

        Raises:
            django.db.DatabaseError: If the database cannot be read or written; what is done by then is kept.
        """
        now = self._now()
        settled = settling.settled(now)
        since = self._looked_at or _counted_through()
        for visits in _come(since):
            due.mark_visits(visits)
        self._looked_at = settled
        return self._count(settled)

    def _count(self, now: dt.datetime) -> int:
        """The newest days first: people look at them. What is marked meanwhile waits for the next turn."""
        counted, last = 0, timezone.now()
        while not self._stopped.is_set():
            lot = list(DayDue.objects.filter(at__lte=last).order_by("-date", "place")[:LOT])
            if not lot:
                break
            began = timezone.now()
            counted += _keep(lot, now)
            # As long as this took, others have their turn.
            self._stopped.wait(min(1.0, (timezone.now() - began).total_seconds()))
        return counted


def _counted_through() -> dt.datetime | None:
    """Until when all that came has been counted, or is due; None where nothing was counted yet."""
    last: dt.datetime | None = DayFigures.objects.aggregate(last=Max("counted_at"))["last"]
    return last


def _come(since: dt.datetime | None) -> Iterator[QuerySet[Visit]]:
    """Visits whose days are to be counted: that came since, and that were taken back by one that came."""
    if since is None:
        for place in Place.objects.order_by("pk").values_list("pk", flat=True):
            yield Visit.objects.filter(place=place)
        return
    new = Visit.objects.filter(received_at__gte=since - SLACK)
    yield new
    yield Visit.objects.filter(pk__in=new.filter(corrects__isnull=False).values("corrects"))


def _keep(lot: Sequence[DayDue], now: dt.datetime) -> int:
    """Count the days of a lot, and keep what nobody has marked anew meanwhile."""
    places = Place.objects.in_bulk([day.place_id for day in lot])
    chosen = Q()
    for day in lot:
        chosen |= Q(place=day.place_id, date=day.date)
    before = {(row.place_id, row.date): row for row in DayFigures.objects.filter(chosen)}
    gone = months.dropped_before()
    counted = [
        (day, of_place.count(places[day.place_id], day.date, before.get((day.place_id, day.date)), now, gone))
        for day in sorted(lot, key=lambda day: (day.place_id, day.date))
        if day.place_id in places
    ]
    fields = [field.name for field in DayFigures._meta.concrete_fields if not field.primary_key]  # noqa: SLF001
    with transaction.atomic():
        held = [row for day, row in counted if DayDue.objects.filter(pk=day.pk, at=day.at).delete()[0]]
        DayFigures.objects.bulk_create(
            [row for row in held if row is not None],
            update_conflicts=True,
            unique_fields=("place", "date"),
            update_fields=[name for name in fields if name not in {"place", "date"}],
        )
    return len(held)
