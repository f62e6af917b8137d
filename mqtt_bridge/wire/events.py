"""
Entries of a door's journal as they travel: CloudEvents 1.0 in structured JSON, versioned.

Three types share one sequence: a visit, a clock that became true, and a gap. The structures are the contract:
`docs/mqtt.yaml` and the JSON Schemas are made from them. A message that cannot be understood raises
`BadMessage`; its text never stands in the error.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from kiosk.entries import DAMAGED, SET_ASIDE, ClockEntry, Entry, GapEntry, VisitEntry
from kiosk.entries import Pseudonyms as EntryPseudonyms
from kiosk.model import Direction, Format
from kiosk.model import Source as Via
from mqtt_bridge.wire.forms import (
    MAX_SEQUENCE,
    Box,
    Digest,
    KeyId,
    Label,
    Number,
    Operator,
    Ordinal,
    Slug,
    Source,
    decoded,
    label,
)

VISIT_TYPE = "vn.entrance-kiosk.visit.v1"
CLOCK_TYPE = "vn.entrance-kiosk.clock.v1"
GAP_TYPE = "vn.entrance-kiosk.gap.v1"
MAX_ANSWERS = 5
MAX_BATCH = 50
"""Most events in one message: beyond it the gain is gone and a lost message costs more."""

Time = Annotated[datetime, Meta(tz=True)]
Why = Literal["damaged", "set_aside"]
QuestionId = Slug
AnswerId = Slug


class Sender(Struct, frozen=True, gc=False):
    """
    Where an event comes from, in names.

    Attributes:
        kiosk: The kiosk's name, which its topics bear.
        place: The office, as it calls itself today; may be empty.
        door: The door, likewise.
    """

    kiosk: str
    place: Label = ""
    door: Label = ""


class Pseudonyms(Struct, frozen=True, gc=False, omit_defaults=True):
    """
    By what a person is known again: `kiosk.entries.Pseudonyms`. Those that are not known are left out.

    Attributes:
        document: Of the ID number.
        phone: Of the phone number.
        other: Of what else tells the person, where there is no document.
    """

    document: Digest | None = None
    phone: Digest | None = None
    other: Digest | None = None


class SealedPerson(Struct, frozen=True, gc=False):
    """
    The personal fields, sealed with HPKE to the centre.

    Attributes:
        key: Id of the centre's key that opens it.
        box: Encapsulated key and ciphertext.
    """

    key: KeyId
    box: Box


class VisitFacts(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """
    What a visit tells: `kiosk.entries.VisitEntry`. What is as usual is left out.

    Attributes:
        place: The office, as it calls itself today.
        door: The door, likewise.
        direction: Which way.
        via: How the door learned it.
        operator: The guard who keyed it in; None when the visitor did it alone.
        boot: Id of the box's boot.
        monotonic: Seconds since the boot.
        clocktrusted: Whether the event's `time` is right.
        format: What was presented.
        pseudonyms: By what the person is known again.
        person: The personal fields, sealed; None where no names are kept.
        verified: False where a number was keyed in and no guard saw who did.
        corrects: Id of the visit of this journal that this one takes back; None for all others.
        answers: What the visitor answered, by the question's id; only what is not personal.
    """

    place: Label = ""
    door: Label = ""
    direction: Direction
    via: Via
    operator: Operator | None
    boot: UUID
    monotonic: Annotated[float, Meta(ge=0)]
    clocktrusted: bool
    format: Format
    pseudonyms: Pseudonyms
    person: SealedPerson | None
    verified: bool = True
    corrects: UUID | None = None
    answers: Annotated[dict[QuestionId, AnswerId], Meta(max_length=MAX_ANSWERS)] = {}


class ClockFacts(Struct, frozen=True, gc=False, kw_only=True):
    """
    What a clock that became true tells.

    Attributes:
        boot: Id of the box's boot.
        started: When that boot's monotonic clock was zero.
    """

    boot: UUID
    started: Time


class GapFacts(Struct, frozen=True, gc=False, kw_only=True):
    """
    What a gap tells.

    Attributes:
        through: The last place of it.
        why: Whether a disk lost them, or they could not be sent as they are, and may come later.
    """

    through: Annotated[int, Meta(ge=1, le=MAX_SEQUENCE)]
    why: Why


class _Event(Struct, frozen=True, gc=False, kw_only=True, tag_field="type"):
    """
    The envelope.

    Attributes:
        type: What kind of event.
        specversion: Of CloudEvents.
        source: `/doors/<kiosk>`.
        id: UUIDv7, made at the door.
        time: The door's wall clock.
        datacontenttype: Of `data`.
        sequence: Its place in the journal: 1, 2, 3 … within the epoch.
        epoch: Id of the journal.
        settled: Highest sequence number of this epoch for which the door already holds a receipt; 0 for
            none. A centre that has lost its own mark goes on from here instead of waiting for visits that
            the door will never send again.
    """

    specversion: Literal["1.0"]
    source: Source
    id: UUID
    time: Time
    datacontenttype: Literal["application/json"] = "application/json"
    sequence: Ordinal
    epoch: UUID
    settled: Number = "0"

    @property
    def kiosk(self) -> str:
        """The kiosk's name."""
        return self.source[7:]

    @property
    def number(self) -> int:
        """The sequence number."""
        return int(self.sequence)


class VisitEvent(_Event, frozen=True, gc=False, kw_only=True, tag=VISIT_TYPE):
    """Somebody passed a door."""

    data: VisitFacts

    def __post_init__(self) -> None:
        """
        Look whether it takes back another visit, if any.

        Raises:
            ValueError: If it takes back itself.
        """
        if self.data.corrects == self.id:
            raise ValueError("Expected another visit in corrects")


class ClockEvent(_Event, frozen=True, gc=False, kw_only=True, tag=CLOCK_TYPE):
    """A door's clock became true."""

    data: ClockFacts


class GapEvent(_Event, frozen=True, gc=False, kw_only=True, tag=GAP_TYPE):
    """Places of a journal that hold nothing."""

    data: GapFacts


Event = VisitEvent | ClockEvent | GapEvent

_one = msgspec.json.Decoder(Event).decode
_several = msgspec.json.Decoder(Annotated[list[Event], Meta(min_length=1, max_length=MAX_BATCH)]).decode
_parts = msgspec.json.Decoder(Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=MAX_BATCH)]).decode
_encoder = msgspec.json.Encoder(decimal_format="number")


def event(sender: Sender, entry: Entry, settled: int = 0) -> Event:
    """
    An entry of the journal as it travels.

    Raises:
        ValueError, TypeError: If it holds what no door writes.
    """
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "source": f"/doors/{sender.kiosk}",
        "id": UUID(entry.id),
        "time": entry.at.astimezone(UTC),
        "sequence": str(entry.sequence),
        "epoch": UUID(entry.epoch),
        "settled": str(settled),
    }
    match entry:
        case VisitEntry():
            return VisitEvent(**envelope, data=_visit_facts(sender, entry))
        case ClockEntry():
            facts = ClockFacts(boot=UUID(entry.boot), started=entry.started.astimezone(UTC))
            return ClockEvent(**envelope, data=facts)
        case GapEntry():
            why: Why = DAMAGED if entry.why == DAMAGED else SET_ASIDE
            return GapEvent(**envelope, data=GapFacts(through=entry.through, why=why))


def encode(events: Sequence[Event]) -> bytes:
    """One event alone, or several as a CloudEvents JSON batch, oldest first."""
    return _encoder.encode(events[0] if len(events) == 1 else events)


def decode(payload: bytes) -> list[Event]:
    """
    The events in a message: one, or a batch of them.

    Raises:
        BadMessage: If the message is too large, no JSON, or any event in it is not of the contract.
    """
    if payload[:1] == b"[":
        return decoded(_several, payload)
    return [decoded(_one, payload)]


def parts(payload: bytes) -> list[bytes]:
    """
    The events of a batch as they stand, each alone, whatever they hold.

    Raises:
        BadMessage: If it is no batch.
    """
    return [bytes(part) for part in decoded(_parts, payload)]


def _visit_facts(sender: Sender, entry: VisitEntry) -> VisitFacts:
    known: EntryPseudonyms = entry.pseudonyms
    return VisitFacts(
        place=label(sender.place),
        door=label(sender.door),
        direction=entry.direction,
        via=entry.source,
        operator=entry.operator,
        boot=UUID(entry.boot),
        monotonic=entry.monotonic_s,
        clocktrusted=entry.clock_trusted,
        format=entry.format,
        pseudonyms=Pseudonyms(known.document, known.phone, known.other),
        person=SealedPerson(entry.person.key, entry.person.box) if entry.person else None,
        verified=entry.verified,
        corrects=UUID(entry.corrects) if entry.corrects is not None else None,
        answers=dict(entry.answers),
    )
