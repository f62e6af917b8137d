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
    """

    visit: PastVisit
    label: str = field(default="", repr=False)


class Roster:
    """Labels of visits by their sequence numbers. Main thread only."""

    def __init__(self) -> None:
        self._labels: dict[int, str] = {}
        self._day: datetime | None = None

    def remember(self, sequence: int, label: str, day: datetime) -> None:
        """Remember who a visit was; `day` is the midnight before it, and a new one forgets all before."""
        self._turn(day)
        if len(self._labels) >= MOST:
            del self._labels[next(iter(self._labels))]
        self._labels[sequence] = label

    def listed(self, visits: Iterable[PastVisit], day: datetime) -> tuple[Listed, ...]:
        """These visits of the day that began at `day`, with their labels."""
        self._turn(day)
        return tuple(Listed(visit, self._labels.get(visit.sequence, "")) for visit in visits)

    def _turn(self, day: datetime) -> None:
        if day != self._day:
            self._day = day
            self._labels.clear()
