"""
What the doors of a fleet write, and when: all of it follows from a seed and the moment of the start.

So nothing needs to be remembered: a visit is the same when it is written, when it is sent again, and when
somebody looks afterwards whether it is stored.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import count
from typing import Final
from uuid import UUID

from kiosk.entries import Pseudonyms, SealedPerson, VisitEntry
from kiosk.model import Direction, Format, Source

WEEK_MS: Final = 7 * 24 * 3600 * 1000
"""How far back the visits reach that wait at the start."""
BOOTED_MS: Final = WEEK_MS + 24 * 3600 * 1000
"""How long before the start all boxes were switched on."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PARTS = 1 << 53
"""Into so many is the stretch from 0 to 1 divided."""


@dataclass(frozen=True, slots=True)
class Script:
    """
    All that a fleet will write.

    Attributes:
        seed: By which doors and visits follow each other.
        started_ms: Wall clock at the start, in milliseconds since 1970: another run has other journals.
        doors: How many.
        rate: Visits a second of all doors together; 0 for none.
        backlog: Visits that wait at each door at the start.
        prefix: With what their names begin.
    """

    seed: int
    started_ms: int
    doors: int
    rate: float
    backlog: int = 0
    prefix: str = "fleet"

    def kiosk(self, door: int) -> str:
        """The name of a door; the first is 1."""
        return f"{self.prefix}-{door:05d}"

    def epoch(self, door: int) -> UUID:
        """The id of its journal."""
        return _uuid4(self._digest("epoch", door, self.started_ms))

    def boot(self, door: int) -> UUID:
        """The id of its box's boot."""
        return _uuid4(self._digest("boot", door, self.started_ms))

    def pause_s(self, door: int, visitor: int) -> float:
        """
        How long nobody came before this visitor, so that those of all doors together are a Poisson process.

        Args:
            door: Whose.
            visitor: Which since people began to come, from 1 on.
        """
        if not self.rate:
            return math.inf
        return -math.log(1 - self._share("pause", door, visitor)) * self.doors / self.rate

    def waited_ms(self, door: int, sequence: int) -> int:
        """How long before the start a visit of the backlog took place; the first is the oldest."""
        behind = self.backlog - sequence + self._share("waited", door, sequence)
        return 1 + int(behind * WEEK_MS / self.backlog)

    def id(self, door: int, sequence: int, at_ms: int) -> UUID:
        """The id of a visit that took place then: UUIDv7 (RFC 9562)."""
        rest = int.from_bytes(self._digest("id", door, sequence, self.started_ms)[:10])
        low, high = rest & (1 << 62) - 1, rest >> 62 & 0xFFF
        return UUID(int=(at_ms & (1 << 48) - 1) << 80 | 7 << 76 | high << 64 | 2 << 62 | low)

    def entry(
        self, door: int, sequence: int, at_ms: int, *, epoch: str, boot: str, person: SealedPerson
    ) -> VisitEntry:
        """
        A visit as the journal of a real door has it.

        Every other visit is somebody who goes again; each person comes once.

        Args:
            door: Whose.
            sequence: Its place in the journal.
            at_ms: When, in milliseconds since 1970.
            epoch: The id of the journal.
            boot: The id of the boot.
            person: The personal fields.
        """
        leaves = sequence % 2 == 0
        return VisitEntry(
            id=str(self.id(door, sequence, at_ms)),
            epoch=epoch,
            sequence=sequence,
            direction=Direction.OUT if leaves else Direction.IN,
            source=Source.CAMERA,
            operator=None,
            at=_EPOCH + timedelta(milliseconds=at_ms),
            clock_trusted=True,
            boot=boot,
            monotonic_s=(at_ms - self.started_ms + BOOTED_MS) / 1000,
            format=Format.CCCD,
            pseudonyms=Pseudonyms(document=self._digest("person", door, sequence - leaves)),
            person=person,
        )

    def ids(
        self, door: int, written: int, began_ms: int | None, storms: Mapping[int, float]
    ) -> Iterator[UUID]:
        """
        The ids of all visits of a door, oldest first.

        Args:
            door: Whose.
            written: How many it has written.
            began_ms: From when on people came, in milliseconds since 1970; None where none have.
            storms: Those of its visits that came with a storm, by sequence number: when, in seconds since
                people began to come.
        """
        for sequence in range(1, min(written, self.backlog) + 1):
            yield self.id(door, sequence, self.started_ms - self.waited_ms(door, sequence))
        at_s, visitors = 0.0, count(1)
        for sequence in range(self.backlog + 1, written + 1):
            if sequence not in storms:
                at_s += self.pause_s(door, next(visitors))
            yield self.id(door, sequence, at(began_ms or 0, storms.get(sequence, at_s)))

    def _digest(self, what: str, *numbers: int) -> bytes:
        text = f"{self.seed} {what} {' '.join(map(str, numbers))}"
        return blake2b(text.encode(), digest_size=32).digest()

    def _share(self, what: str, *numbers: int) -> float:
        """From 0 to 1, without 1."""
        return (int.from_bytes(self._digest(what, *numbers)[:8]) % _PARTS) / _PARTS


def at(began_ms: int, offset_s: float) -> int:
    """When something took place so many seconds after people began to come, in milliseconds since 1970."""
    return began_ms + int(offset_s * 1000)


def _uuid4(digest: bytes) -> UUID:
    return UUID(bytes=digest[:16], version=4)
