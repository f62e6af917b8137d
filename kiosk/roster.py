"""
Who passed the door today, as the guard's screen may show it: abbreviated, and in memory only.

The journal cannot tell a name, for it holds none that the door could open. What is remembered here ends with
the process, and with the day.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.model import PastVisit

MOST = 5000
"""So many labels are remembered; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Listed:
    """
    A visit on a list.

    Attributes:
        visit: What the journal knows of it.
        label: Who, abbreviated; empty when that is not known any more.
        saved_s: When it was written down (monotonic); None when this process did not.
    """

    visit: PastVisit
    label: str = field(default="", repr=False)
    saved_s: float | None = None


class Roster:
    """Labels of visits by their sequence numbers. Main thread only."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[str, float]] = {}
        self._day: datetime | None = None

    def remember(self, sequence: int, label: str, now_s: float, day: datetime) -> None:
        """
        Remember who a visit was that is written down now (monotonic).

        `day` is the midnight before it, and a new one forgets all before.
        """
        self._turn(day)
        if len(self._known) >= MOST:
            del self._known[next(iter(self._known))]
        self._known[sequence] = (label, now_s)

    def listed(self, visits: Iterable[PastVisit], day: datetime) -> tuple[Listed, ...]:
        """These visits of the day that began at `day`, with what is known of them."""
        self._turn(day)
        return tuple(Listed(visit, *self._known.get(visit.sequence, ("", None))) for visit in visits)

    def _turn(self, day: datetime) -> None:
        if day != self._day:
            self._day = day
            self._known.clear()
