"""The visits of a day: the totals, and one page of the list."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils import timezone

from collector import counting, days, inside
from collector.days import Day
from collector.models import Place, Visit
from collector.stays import How, Stay
from collector.web.visits import filters, version
from collector.web.visits.filters import Filters
from collector.web.visits.table import rows
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

    def look(self, account: object, place: Place) -> str:
        """Whose look at which visits this is, as `collector.web.visits.version` signs it."""
        return version.look(account, place, f"day {self.page}{self.filters.query}")


def read(asked: QueryDict) -> Asked:
    """What an address asks for; in the place's time zone."""
    zone = timezone.get_current_timezone()
    today = days.of(timezone.localdate(), zone)
    text = asked.get("date", "").strip()
    day = days.read(text, zone) if text else today
    return Asked(day, text, today, filters.read(asked), asked.get("page", "") or "1")


def context(place: Place, asked: Asked, look: str, seen: Version | None = None) -> dict[str, Any]:
    """
    For the templates `visits/day.html` and `visits/list.html`.

    Args:
        place: Where.
        asked: What was asked for; today, where that is no day.
        look: Whose look it is, of `asked.look()`.
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
    stays = inside.of_day(place, day)
    listed = rows(place, page, stays)
    return {
        "day": day,
        "today": asked.today.date,
        "is_live": asked.is_live,
        "totals": counting.totals(place, day),
        **_told(stays, is_today=day == asked.today),
        "filters": asked.filters,
        "operators": operators,
        "page": page,
        "rows": listed,
        "version": stands.token(look),
        "line_down": stands.line_down,
        "shown": stands.newly_shown([row.visit.received_at for row in listed if row.names], seen),
    }


def _told(stays: Sequence[Stay], *, is_today: bool) -> dict[str, int | None]:
    """How many are inside: those who were at a door, and those who only say so. Afterwards nobody is."""
    ends = Counter(stay.how for stay in stays)
    open_ = Counter(stay.from_elsewhere for stay in stays if stay.left_at is None)
    return {
        "automatic": ends[How.AUTOMATIC],
        "inside": open_[False] if is_today else None,
        "elsewhere": open_[True] if is_today else None,
    }
