"""
The months of visits: on PostgreSQL made ahead, and everywhere dropped when their time is over.

What was counted of them stays (`collector.figures`), and so do the journals' marks: a door that sends an old
visit once more is told that it is stored. What was added by hand or at closing time is only added to, and
stays as well; it tells of nobody.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max, Q, QuerySet

from collector.dividing import LOT
from collector.models import Dropping, Place, Visit

BACK, AHEAD = 12, 2
"""Months before and after the present that are there: boxes bring what they kept while their line was cut."""
REST = dt.timedelta(days=30)
"""A month in which something came lately stays so long: a box that was cut off for a year may bring it."""
NOTICE = dt.timedelta(hours=12)
"""So long before it is dropped, it is written down what will be: all collectors know it by then."""
_ONE_DAY, _MS = dt.timedelta(days=1), dt.timedelta(milliseconds=1)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_AFTER_TIME = 80
"""Bits of an id that follow its time, which is in milliseconds."""
_MARGIN_DAYS = 2
"""Retention goes by whole days of a place, some hours after they are over."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """
    What was dropped, or would be.

    Attributes:
        before: Visits of before this day, by UTC; None where all are kept.
        months: Names of the months, where the table has such.
        visits: How many visits, where it has none.
        is_due: Whether it was time; else it is written down now, and dropped with the next day's work.
    """

    before: dt.date | None = None
    months: tuple[str, ...] = ()
    visits: int = 0
    is_due: bool = True

    def __str__(self) -> str:
        if self.before is None:
            return "all visits are kept"
        if not self.is_due:
            return f"visits of before {self.before} will be dropped with the next day's work"
        what = ", ".join(self.months) or ("no month" if _is_divided() else f"{self.visits} visits")
        return f"{what} of before {self.before} dropped"


def make_ahead(now: dt.datetime) -> list[str]:
    """
    Make the months that are missing, from those that boxes may still bring to those to come; their names.

    Those to come first, and each by itself: collectors wait while what lies among the others is moved.

    Args:
        now: The present (aware).

    Raises:
        django.db.OperationalError: If somebody reads the table for long, as a backup does. What comes
            meanwhile lies among the others, and is moved when the month is made.
    """
    if not _is_divided():
        return []
    gone = dropped_before() or dt.date.min
    made: list[str] = []
    for ahead in range(AHEAD, -BACK - 1, -1):
        month = _months_from(now, ahead)
        if month >= gone:
            made += _call("collector_make_months(%s, %s)", month, month)
    return sorted(made)


def drop_old(now: dt.datetime, keep_months: int | None, *, dry_run: bool = False) -> Dropped:
    """
    Drop the months whose time is over, but those in which something came lately.

    What is dropped is written down before, and is due `NOTICE` later. A clock that is ahead by years drops
    nothing: time counts as far as visits bear it out, and when none has come for `REST`, nothing is due.

    Args:
        now: The present (aware).
        keep_months: So many whole months before this one are kept; None for all. Whose name a place still
            keeps is kept in any case.
        dry_run: Only tell; nothing is changed.

    Raises:
        django.db.OperationalError: If somebody reads the table for long.
    """
    if keep_months is None:
        return Dropped()
    present = _borne_out(now)
    before = min(_months_from(present, -keep_months), _first_named(present))
    if now - present > REST:
        return Dropped(before)
    if not dry_run:
        announced = _announce(before, now)
        if announced is None:
            return Dropped(before, is_due=False)
        before = min(before, announced)
        Dropping.objects.filter(before__lte=before).update(begun=True)
    if _is_divided():
        name = "collector_old_months" if dry_run else "collector_drop_months"
        return Dropped(before, tuple(_call(f"{name}(%s, %s)", before, present - REST)))
    old = _old(before, present - REST)
    return Dropped(before, visits=old.count() if dry_run else _delete(old))


def dropped_before() -> dt.date | None:
    """What happened before this day, by UTC, may be gone; None where nothing is."""
    found: dt.date | None = Dropping.objects.aggregate(last=Max("before"))["last"]
    return found


def _borne_out(now: dt.datetime) -> dt.datetime:
    """The present, but no later than the newest visit, by the centre's clock and by that of a door."""
    came = Visit.objects.order_by("-received_at").values_list("received_at", flat=True).first()
    newest = Visit.objects.order_by("-pk").values_list("pk", flat=True).first()
    if came is None or newest is None:
        return now
    return min(now, came, _EPOCH + min((now - _EPOCH) // _MS, newest.int >> _AFTER_TIME) * _MS)


def _announce(before: dt.date, now: dt.datetime) -> dt.date | None:
    """Write down what will be dropped; before which day something may be dropped by now, None for nothing."""
    # Of a clock that was ahead; what is gone is gone, even for one that is behind.
    Dropping.objects.filter(at__gt=now, begun=False).delete()
    if before > (dropped_before() or dt.date.min):
        # Before anything is gone: from here on nothing of it is counted or stored anew.
        Dropping.objects.create(before=before, at=now)
    due = Dropping.objects.filter(at__lte=now - NOTICE)
    found: dt.date | None = due.aggregate(last=Max("before"))["last"]
    return found


def _is_divided() -> bool:
    return connection.vendor == "postgresql"


def _months_from(now: dt.datetime, months: int) -> dt.date:
    """The first day of a month by UTC, so many after the present one."""
    today = now.astimezone(dt.UTC).date()
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return dt.date(year, month + 1, 1)


def _first_named(now: dt.datetime) -> dt.date:
    """The first day of the oldest month in which a place may still have names."""
    keep_days = Place.objects.aggregate(most=Max("keep_days"))["most"] or 0
    return (now.astimezone(dt.UTC).date() - (keep_days + _MARGIN_DAYS) * _ONE_DAY).replace(day=1)


def _old(before: dt.date, lately: dt.datetime) -> QuerySet[Visit]:
    begins = dt.datetime.combine(before, dt.time(), dt.UTC)
    is_old = Q(clock_trusted=True) | Q(received_at__lt=begins)
    return Visit.objects.filter(is_old, at__lt=begins, received_at__lt=lately)


def _delete(old: QuerySet[Visit]) -> int:
    """Lot by lot, so that what comes in need not wait for all."""
    deleted = 0
    while ids := list(old.values_list("pk", flat=True)[: LOT // 20]):
        deleted += Visit.objects.filter(pk__in=ids).delete()[0]
    return deleted


def _call(function: str, *dates: dt.date) -> list[str]:
    """Names that a function of the database tells: on each of several servers, if so, and here once."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}", dates)  # noqa: S608 - a name of our own
        rows: Iterable[tuple[str]] = cursor.fetchall()
    return sorted({name for (name,) in rows})
