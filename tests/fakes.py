"""Hand-written stand-ins with levers: a clock that moves when told, a journal that fails, devices that remember."""

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.errors import JournalFailed
from kiosk.model import Anchor, Direction, LastVisit, Moment, PastVisit, Source, Visit, Visitor
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


def is_same_person(one: Visitor, other: Visitor) -> bool:
    """Whether the journal takes two for one: see `kiosk.store.presence`."""
    if one.document or other.document:
        by_phone = bool(one.phone) and one.phone == other.phone
        return one.document == other.document or (by_phone and not (one.document and other.document))
    if one.phone and other.phone:
        return one.phone == other.phone
    return replace(one, phone=None).identity == replace(other, phone=None).identity


@dataclass
class FakeJournal:
    """
    A journal in memory; `broken` makes every write fail, as a full disk does.

    Corrections stand among the visits, and in `corrections` by their sequence numbers, with what they correct.
    """

    visits: list[Visit] = field(default_factory=list)
    corrections: dict[int, int] = field(default_factory=dict)
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
        for _, visit in reversed(self._counting(since)):
            if is_same_person(visit.visitor, visitor):
                return LastVisit(visit.direction, visit.at.utc)
        return None

    def recent(self, since: datetime, most: int) -> list[PastVisit]:
        found = [
            self._past(sequence, visit)
            for sequence, visit in enumerate(self.visits, 1)
            if visit.at.utc >= since and sequence not in self.corrections
        ]
        return found[::-1][:most]

    def inside(self, since: datetime) -> list[PastVisit]:
        counting = self._counting(since)
        found = [
            self._past(sequence, visit)
            for place, (sequence, visit) in enumerate(counting, 1)
            if visit.direction is Direction.IN
            and not any(is_same_person(visit.visitor, later.visitor) for _, later in counting[place:])
        ]
        return sorted(found, key=lambda visit: (visit.at, visit.sequence))

    def take_back(self, sequence: int, at: Moment, operator: str) -> int | None:
        if self.broken:
            raise JournalFailed("journal: cannot take a visit back: disk is full")
        known = 0 < sequence <= len(self.visits) and sequence not in self.corrections
        if not known or sequence in self.corrections.values():
            return None
        visit = self.visits[sequence - 1]
        other = Direction.OUT if visit.direction is Direction.IN else Direction.IN
        self.visits.append(Visit(visit.visitor, other, Source.KEYPAD, at, operator))
        self.corrections[len(self.visits)] = sequence
        return len(self.visits)

    def _counting(self, since: datetime) -> list[tuple[int, Visit]]:
        void = {*self.corrections, *self.corrections.values()}
        return [
            (sequence, visit)
            for sequence, visit in enumerate(self.visits, 1)
            if visit.at.utc >= since and sequence not in void
        ]

    def _past(self, sequence: int, visit: Visit) -> PastVisit:
        is_taken_back = sequence in self.corrections.values()
        return PastVisit(sequence, visit.direction, visit.at.utc, visit.visitor.format, is_taken_back)

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
        self.volumes: list[int] = []
        self.error: Exception | None = None
        self.ends = threading.Event()
        self.closed = False

    def run(self, report, stop) -> None:
        while not stop.wait(0.005):
            if self.error is not None:
                raise self.error
            if self.ends.is_set():
                return

    def play(self, cue: Cue, volume: int = 100) -> None:
        self.played.append(cue)
        self.volumes.append(volume)

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


class FakeLight:
    """A light that remembers when it shone."""

    def __init__(self) -> None:
        self.shone: list[bool] = []
        self.closed = False

    def shine(self, *, on: bool) -> None:
        self.shone.append(on)

    def close(self) -> None:
        self.closed = True


class FakeVoice:
    """A voice that remembers what it was to say."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str, int]] = []
        self.closed = False

    def say(self, phrase: str, language: str, volume: int = 100) -> None:
        self.said.append((phrase, language, volume))

    def close(self) -> None:
        self.closed = True
