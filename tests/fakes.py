"""Hand-written stand-ins with levers: a clock that moves when told, a journal that fails, devices that remember."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.errors import JournalFailed
from kiosk.model import Anchor, LastVisit, Moment, Visit, Visitor
from kiosk.signals import Cue, Glow, View

MORNING = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)
"""08:05 in Vietnam, a Monday."""


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, utc: datetime = MORNING, trusted: bool = True) -> None:
        self.moment = Moment(utc, 1000.0, trusted)

    @property
    def anchor(self) -> Anchor:
        started = self.moment.utc - timedelta(seconds=self.moment.monotonic_s)
        return Anchor(started, 0 if self.moment.trusted else None)

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
    told: dict[str, bool] = field(default_factory=dict)

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

    def keep_time(self, anchor: Anchor) -> int:
        return 0

    def prune(self, before: datetime) -> int:
        return 0

    def waiting(self) -> int:
        return len(self.visits)

    def line_up(self) -> bool:
        return self.is_up

    def tell_door(self, *, serving: bool, camera: bool, keypad: bool) -> None:
        self.told = {"serving": serving, "camera": camera, "keypad": keypad}

    def close(self) -> None:
        self.closed = True


class FakeWorker:
    """A scanner, keypad or buzzer that does nothing until its lever is pulled."""

    def __init__(self) -> None:
        self.last_frame_s: float | None = None
        self.played: list[Cue] = []
        self.error: Exception | None = None
        self.ends = threading.Event()
        self.closed = False

    def run(self, report, stop) -> None:
        while not stop.wait(0.005):
            if self.error is not None:
                raise self.error
            if self.ends.is_set():
                return

    def play(self, cue: Cue) -> None:
        self.played.append(cue)

    def close(self) -> None:
        self.closed = True


class FakeScreen:
    """A screen that remembers what it was shown."""

    def __init__(self) -> None:
        self.views: list[View] = []
        self.closed = False
        self.saved: list[Path] = []

    def show(self, view: View) -> None:
        self.views.append(view)

    def attend(self, report) -> None:
        pass

    def save(self, path: Path) -> None:
        self.saved.append(path)

    def close(self) -> None:
        self.closed = True


class FakeLamp:
    """A lamp that remembers its glows."""

    def __init__(self) -> None:
        self.glows: list[Glow] = []
        self.closed = False

    def light(self, glow: Glow) -> None:
        self.glows.append(glow)

    def close(self) -> None:
        self.closed = True
