"""What the journal holds, ready for the road: visits, and two kinds of facts about the journal itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from kiosk.model import Direction, Format, Source


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """
    By what a person is known again, without telling who it is: HMAC-SHA-256, 32 bytes each.

    Attributes:
        document: Of the ID number; None when the visitor showed none.
        phone: Of the phone number; None likewise.
        other: Of the code's own number, or of name and birth, where there is no document.
    """

    document: bytes | None = None
    phone: bytes | None = None
    other: bytes | None = None


@dataclass(frozen=True, slots=True)
class SealedPerson:
    """
    The personal fields of a visit, for the centre's eyes only.

    Attributes:
        key: Id of the centre's key that opens it.
        box: HPKE's encapsulated key and ciphertext.
    """

    key: str
    box: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """
    What all entries have.

    Attributes:
        id: UUIDv7, made at the door.
        epoch: Random id made with the journal; sequence numbers count within it.
        sequence: 1, 2, 3 …; the only order there is.
    """

    id: str
    epoch: str
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitEntry(_Entry):
    """
    Somebody passed the door.

    Attributes:
        direction: Which way.
        source: How the door learned it.
        operator: The guard who keyed it in; None when the visitor did it alone.
        at: Wall clock (aware, UTC), put right once the clock was.
        clock_trusted: Whether `at` is right.
        boot: Id of the machine's boot.
        monotonic_s: Seconds since that boot.
        format: What was presented.
        pseudonyms: By what the person is known again.
        person: The personal fields; None where none are kept.
        answers: What the visitor answered, by the question's id; only what is not personal.
        corrects: Id of the visit of this journal that this one takes back; None for all others.
    """

    direction: Direction
    source: Source
    operator: str | None
    at: datetime
    clock_trusted: bool
    boot: str
    monotonic_s: float
    format: Format
    pseudonyms: Pseudonyms
    person: SealedPerson | None
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)
    corrects: str | None = None

    @property
    def verified(self) -> bool:
        """Whether a code or a guard says that it was this person; a number keyed in alone does not."""
        return self.source is not Source.KEYPAD or self.operator is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEntry(_Entry):
    """
    The clock became true: visits of this boot took place at `started` plus their monotonic seconds.

    Attributes:
        at: When this was learned (aware, UTC).
        boot: Id of the machine's boot.
        started: When the monotonic clock of that boot was zero (aware, UTC).
    """

    at: datetime
    boot: str
    started: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GapEntry(_Entry):
    """
    The places from `sequence` to `through` hold nothing that can be sent.

    Attributes:
        at: When this was found (aware, UTC).
        through: The last of them.
        why: `damaged` when the disk lost them, `set_aside` when they could not be sent as they are.
    """

    at: datetime
    through: int
    why: str


Entry = VisitEntry | ClockEntry | GapEntry
DAMAGED: Final = "damaged"
SET_ASIDE: Final = "set_aside"
