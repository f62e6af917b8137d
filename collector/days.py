"""A day at the place: from midnight to midnight on its own clock. Pure."""

import datetime as dt
import re
from dataclasses import dataclass

_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_YEAR, _LAST_YEAR = 2000, 2999
_ONE = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """
    A calendar day.

    Attributes:
        date: Which.
        begins: Its first instant (aware, UTC).
        ends: The first instant of the next (aware, UTC).
    """

    date: dt.date
    begins: dt.datetime
    ends: dt.datetime

    @property
    def before(self) -> dt.date:
        """The day before."""
        return self.date - _ONE

    @property
    def after(self) -> dt.date:
        """The day after."""
        return self.date + _ONE


def of(date_: dt.date, zone: dt.tzinfo) -> Day:
    """This date as a day in a time zone. It need not have 24 hours."""
    begins, ends = (
        dt.datetime.combine(midnight, dt.time(), zone).astimezone(dt.UTC)
        for midnight in (date_, date_ + _ONE)
    )
    return Day(date_, begins, ends)


def read(text: str, zone: dt.tzinfo) -> Day | None:
    """`YYYY-MM-DD` of the years 2000 to 2999 as a day; None for anything else."""
    if not _WRITTEN.fullmatch(text):
        return None
    try:
        date_ = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return of(date_, zone) if _FIRST_YEAR <= date_.year <= _LAST_YEAR else None
