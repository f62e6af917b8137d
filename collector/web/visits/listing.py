"""The visits of a day: the totals, and one page of the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils import timezone

from collector import counting, inside
from collector.models import Place, Visit
from collector.web import days
from collector.web.days import Day
from collector.web.visits import filters, version
from collector.web.visits.filters import Filters
from collector.web.visits.table import Row, rows
from collector.web.visits.version import Version

PAGE_VISITS = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What the page of a day was asked for.

    Attributes:
        day: Which day; None for what is none.
        text: What was written for it; empty for today.
        today: By the place's clock.
        filters: Which of its visits.
        page: Which page of them, as it was written.
    """

    day: Day | None
    text: str
    today: Day
    filters: Filters
    page: str

    @property
    def is_live(self) -> bool:
        """Whether what comes now would be shown at once."""
        return self.day == self.today and self.page == "1"


def read(asked: QueryDict) -> Asked:
    """What an address asks for; in the place's time zone."""
    zone = timezone.get_current_timezone()
    today = days.of(timezone.localdate(), zone)
    text = asked.get("date", "").strip()
    day = days.read(text, zone) if text else today
    return Asked(day, text, today, filters.read(asked), asked.get("page", "") or "1")


def context(place: Place, asked: Asked, seen: Version | None = None) -> dict[str, Any]:
    """
    For the templates `visits/day.html` and `visits/list.html`.

    Args:
        place: Where.
        asked: What was asked for; today, where that is no day.
        seen: What the browser has seen already; None for nothing.

    Returns:
        What they need; and as `shown`, how many visits' names are in it that the browser had not.
    """
    day = asked.day or asked.today
    # Before the visits are read: what comes in between is told again, not lost.
    stands = version.of(place, day)
    stored = counting.visits_at(place, day)
    operators = filters.operators(stored)
    chosen = asked.filters.choose(counting.to_be_listed(stored), operators)
    pages = Paginator(chosen.order_by("-at", "kiosk", "-sequence"), PAGE_VISITS)
    page: Page[Visit] = pages.get_page(asked.page)
    listed = rows(place, page)
    return {
        "day": day,
        "today": asked.today.date,
        "is_live": asked.is_live,
        "totals": counting.totals(place, day),
        "inside": len(inside.now(place, timezone.now())) if day == asked.today else None,
        "filters": asked.filters,
        "operators": operators,
        "page": page,
        "rows": listed,
        "version": stands.token(place, day),
        "line_down": stands.line_down,
        "shown": _newly_shown(listed, stands, seen),
    }


def _newly_shown(listed: Sequence[Row], stands: Version, seen: Version | None) -> int:
    """How many names there are that a browser had not."""
    names = [version.microseconds(row.visit.received_at) for row in listed if row.names]
    if seen is None:
        return len(names)
    # Of two that store at the same time, one may be done later with what it received before.
    grown = min(len(names), stands.visits - seen.visits)
    return max(sum(received > seen.last for received in names), grown)
