"""Hand-written stand-ins with levers: a clock that moves when told, and a journal that can fail."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from kiosk.errors import JournalFailed
from kiosk.model import LastVisit, Moment, Visit, Visitor

MORNING = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)
"""08:05 in Vietnam, a Monday."""


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, utc: datetime = MORNING, trusted: bool = True) -> None:
        self.moment = Moment(utc, 1000.0, trusted)

    def now(self) -> Moment:
        return self.moment

    def move(self, seconds: float) -> Moment:
        moved = self.moment.utc + timedelta(seconds=seconds)
        self.moment = Moment(moved, self.moment.monotonic_s + seconds, self.moment.trusted)
        return self.moment


@dataclass
class FakeJournal:
    """A journal in memory; `broken` makes every write fail, as a full disk does."""

    visits: list[Visit] = field(default_factory=list)
    broken: bool = False
    closed: bool = False
    is_up: bool = True

    def append(self, visit: Visit) -> int:
        if self.broken:
            raise JournalFailed("journal: cannot write a visit: disk is full")
        self.visits.append(visit)
        return len(self.visits)

    def last_visit(self, visitor: Visitor, since: datetime) -> LastVisit | None:
        for visit in reversed(self.visits):
            if visit.visitor.identity == visitor.identity and visit.at.utc >= since:
                return LastVisit(visit.direction, visit.at.utc)
        return None

    def waiting(self) -> int:
        return len(self.visits)

    def line_up(self) -> bool:
        return self.is_up

    def close(self) -> None:
        self.closed = True
