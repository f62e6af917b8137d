"""Which days figures are of, as an address tells it. Pure."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from collector import days

MOST_DAYS = 366
LATELY = (7, 30)
"""Numbers of days, today included, that are offered."""
_ONE = dt.timedelta(days=1)
_MONTH = re.compile(r"(2[0-9]{3})-(0[1-9]|1[0-2])")


class SpanRefused(ValueError):
    """The days that were asked for are none, or too many. The message is what was written, shortened."""


@dataclass(frozen=True, slots=True)
class Span:
    """
    Days in a row.

    Attributes:
        first: The first.
        last: The last, included.
        month: The first day of the month that these are; None where they are none.
        lately: How many days up to today these are; None where that was not asked.
    """

    first: dt.date
    last: dt.date
    month: dt.date | None = None
    lately: int | None = None

    @property
    def days(self) -> int:
        """How many these are."""
        return (self.last - self.first).days + 1

    @property
    def dates(self) -> list[dt.date]:
        """Each."""
        return [self.first + _ONE * number for number in range(self.days)]

    @property
    def before(self) -> "Span":
        """To compare with: the month before, as far as this one has come; else as many days before."""
        if self.month is None:
            return Span(self.first - _ONE * self.days, self.first - _ONE)
        whole = month_of(self.first - _ONE)
        if self.last == month_of(self.month).last:
            return whole
        return Span(whole.first, min(whole.last, whole.first + _ONE * (self.days - 1)))

    @property
    def query(self) -> str:
        """As an address tells it."""
        if self.month is not None:
            return f"month={self.month:%Y-%m}"
        if self.lately is not None:
            return f"days={self.lately}"
        return f"from={self.first}&to={self.last}"


def lately(number: int, today: dt.date) -> Span:
    """So many days, today the last."""
    return Span(today - _ONE * (number - 1), today, lately=number)


def month_of(date: dt.date) -> Span:
    """The whole month of a date."""
    first = date.replace(day=1)
    after = (first + 31 * _ONE).replace(day=1)
    return Span(first, after - _ONE, month=first)


def read(told: Mapping[str, str], today: dt.date) -> Span:
    """
    The days that are asked for; a week where nothing is. A month that goes on ends today.

    Args:
        told: What stands in the address: `days`, `month` (`2026-11`), or `from` and `to`.
        today: The last day of `days`.

    Raises:
        SpanRefused: If that are no days, or more than `MOST_DAYS`.
    """
    if text := told.get("month", "").strip():
        return _so_far(_read_month(text), today)
    if "from" in told or "to" in told:
        return _read_own(told.get("from", "").strip(), told.get("to", "").strip(), today)
    text = told.get("days", "").strip()
    if text and text not in map(str, LATELY):
        raise SpanRefused(text[:40])
    return lately(int(text or LATELY[0]), today)


def read_month(told: Mapping[str, str], today: dt.date) -> Span:
    """
    The month that is asked for; the one that was over last where none is. One that goes on ends today.

    Raises:
        SpanRefused: If it is none.
    """
    text = told.get("month", "").strip()
    return _so_far(_read_month(text), today) if text else month_of(today.replace(day=1) - _ONE)


def _so_far(month: Span, today: dt.date) -> Span:
    return Span(month.first, max(month.first, min(month.last, today)), month=month.month)


def _read_month(text: str) -> Span:
    found = _MONTH.fullmatch(text)
    if found is None:
        raise SpanRefused(text[:40])
    return month_of(dt.date(int(found[1]), int(found[2]), 1))


def _read_own(first: str, last: str, today: dt.date) -> Span:
    begins, ends = (days.read(text, dt.UTC) for text in (first, last or today.isoformat()))
    if begins is None or ends is None or not 0 <= (ends.date - begins.date).days < MOST_DAYS:
        raise SpanRefused(f"{first[:20]} – {last[:20]}")
    return Span(begins.date, ends.date)
