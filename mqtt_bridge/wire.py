"""
Visits and receipts as they travel: CloudEvents 1.0 in structured JSON, versioned.

The one place that knows the format. The person stands in one field, `data.person`, so that it can become
ciphertext without touching anything else. A message that cannot be understood raises `BadMessage`; its
text never stands in the error.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from kiosk.errors import BadMessage
from kiosk.model import Direction, Entry, Format, Source

__all__ = [
    "BadMessage",
    "Direction",
    "Entry",
    "Person",
    "Receipt",
    "Sender",
    "VisitMessage",
    "decode_person",
    "decode_receipt",
    "decode_visits",
    "encode_receipt",
    "encode_visit",
    "encode_visits",
]

VISIT_TYPE = "vn.entrance-kiosk.visit.v1"
MAX_MESSAGE_BYTES = 256 * 1024
MAX_BATCH = 50
"""Most visits in one message: beyond it the gain is gone and a lost message costs more."""
MAX_SEQUENCE = 2**63 - 1

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[0-9]{1,19}")
_MAX_OPERATOR = 64
_MAX_NAME = 80
_MAX_PERSON = 4096
_Kind = TypeVar("_Kind", Direction, Source, Format)


@dataclass(frozen=True, slots=True)
class Sender:
    """
    Where a visit comes from, in names.

    Attributes:
        kiosk: The kiosk's name, which its topics bear.
        place: The office, as it calls itself today; at most 80 letters, may be empty.
        door: The door, likewise.
    """

    kiosk: str
    place: str = ""
    door: str = ""


@dataclass(frozen=True, slots=True)
class VisitMessage:
    """
    One visit off the road.

    Attributes:
        sender: Where it comes from.
        entry: The visit.
        settled: Highest sequence number of this epoch for which the door already holds a receipt; 0 for
            none. A centre that has lost its own mark goes on from here instead of waiting for visits
            that the door will never send again.
    """

    sender: Sender
    entry: Entry
    settled: int = 0

    @property
    def kiosk(self) -> str:
        """The kiosk's name."""
        return self.sender.kiosk


@dataclass(frozen=True, slots=True)
class Receipt:
    """The centre's word that all visits of this epoch up to `through` are committed."""

    epoch: str
    through: int


@dataclass(frozen=True, slots=True)
class Person:
    """The personal fields of a visit, opened. Each is None when the code did not tell it."""

    document: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    birth: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    reference: str | None = field(default=None, repr=False)


def encode_visit(message: VisitMessage) -> bytes:
    """One visit as a CloudEvent."""
    return _dump(_event(message))


def encode_visits(messages: Sequence[VisitMessage]) -> bytes:
    """A backlog as a CloudEvents JSON batch, oldest first."""
    return _dump([_event(message) for message in messages])


def decode_visits(payload: bytes) -> list[VisitMessage]:
    """
    The visits in a message: one event, or a batch of them.

    Raises:
        BadMessage: If the message is too large, no JSON, or any event in it is not a visit.
    """
    if len(payload) > MAX_MESSAGE_BYTES:
        raise BadMessage(f"message of {len(payload)} bytes: more than {MAX_MESSAGE_BYTES}")
    document = _load(payload)
    events = document if isinstance(document, list) else [document]
    if not events:
        raise BadMessage("empty batch")
    if len(events) > MAX_BATCH:
        raise BadMessage(f"batch of {len(events)} events: more than {MAX_BATCH}")
    return [_visit(event) for event in events]


def encode_receipt(receipt: Receipt) -> bytes:
    """A receipt as JSON."""
    return _dump({"epoch": receipt.epoch, "through": receipt.through})


def decode_receipt(payload: bytes) -> Receipt:
    """
    A receipt off the road.

    Raises:
        BadMessage: If it is no receipt.
    """
    document = _object(_load(payload), "receipt")
    through = document.get("through")
    if not isinstance(through, int) or isinstance(through, bool) or not 0 <= through <= MAX_SEQUENCE:
        raise BadMessage("receipt.through: not a sequence number")
    return Receipt(epoch=_uuid(document, "epoch"), through=through)


def decode_person(person: str) -> Person:
    """
    The personal fields out of `Entry.person`.

    Raises:
        BadMessage: If the text is not what a door writes there.
    """
    document = _object(_load(person.encode()), "person")
    fields = {}
    for name in Person.__slots__:
        value = document.get(name)
        if value is not None and not isinstance(value, str):
            raise BadMessage(f"person.{name}: not a text")
        fields[name] = value
    return Person(**fields)


def _event(message: VisitMessage) -> dict[str, Any]:
    entry = message.entry
    return {
        "specversion": "1.0",
        "type": VISIT_TYPE,
        "source": f"/doors/{message.kiosk}",
        "id": entry.id,
        "time": entry.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "sequence": str(entry.sequence),
        "epoch": entry.epoch,
        "settled": str(message.settled),
        "data": {
            "place": message.sender.place,
            "door": message.sender.door,
            "direction": str(entry.direction),
            "via": str(entry.source),
            "operator": entry.operator,
            "clocktrusted": entry.clock_trusted,
            "format": str(entry.format),
            "person": entry.person,
        },
    }


def _visit(document: Any) -> VisitMessage:
    event = _object(document, "event")
    if event.get("specversion") != "1.0":
        raise BadMessage("specversion: not 1.0")
    if event.get("type") != VISIT_TYPE:
        raise BadMessage(f"type: not {VISIT_TYPE}")
    data = _object(event.get("data"), "data")
    kiosk = _text(event, "source", 80)
    if not kiosk.startswith("/doors/"):
        raise BadMessage("source: not /doors/<kiosk>")
    operator = data.get("operator")
    trusted = data.get("clocktrusted")
    if operator is not None:
        operator = _text(data, "operator", _MAX_OPERATOR)
    if not isinstance(trusted, bool):
        raise BadMessage("clocktrusted: neither true nor false")
    sequence = _sequence(event, "sequence")
    if sequence < 1:
        raise BadMessage("sequence: counts from 1")
    return VisitMessage(
        sender=Sender(
            kiosk=kiosk.removeprefix("/doors/"),
            place=_text(data, "place", _MAX_NAME, shortest=0),
            door=_text(data, "door", _MAX_NAME, shortest=0),
        ),
        settled=_sequence(event, "settled"),
        entry=Entry(
            id=_uuid(event, "id"),
            epoch=_uuid(event, "epoch"),
            sequence=sequence,
            direction=_member(data, "direction", Direction),
            source=_member(data, "via", Source),
            operator=operator,
            at=_time(event, "time"),
            clock_trusted=trusted,
            format=_member(data, "format", Format),
            person=_text(data, "person", _MAX_PERSON),
        ),
    )


def _dump(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _load(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        raise BadMessage("not JSON in UTF-8") from None


def _object(document: Any, what: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise BadMessage(f"{what}: not an object")
    return document


def _text(document: dict[str, Any], key: str, longest: int, *, shortest: int = 1) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not shortest <= len(value) <= longest:
        raise BadMessage(f"{key}: not a text of {shortest} to {longest} characters")
    if not value.isprintable() or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise BadMessage(f"{key}: has characters that cannot be printed")
    return value


def _uuid(document: dict[str, Any], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise BadMessage(f"{key}: not a UUID in lower case")
    return value


def _sequence(document: dict[str, Any], key: str) -> int:
    value = document.get(key)
    if not isinstance(value, str) or not _NUMBER.fullmatch(value) or int(value) > MAX_SEQUENCE:
        raise BadMessage(f"{key}: not a decimal number in a text")
    return int(value)


def _member(document: dict[str, Any], key: str, kind: type[_Kind]) -> _Kind:
    value = document.get(key)
    try:
        return kind(value if isinstance(value, str) else "")
    except ValueError:
        raise BadMessage(f"{key}: not one of {', '.join(kind)}") from None


def _time(document: dict[str, Any], key: str) -> datetime:
    value = document.get(key)
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        at = at.astimezone(UTC) if at is not None and at.tzinfo is not None else None
    except (ValueError, OverflowError):
        at = None
    if at is None:
        raise BadMessage(f"{key}: not an RFC 3339 time with zone")
    return at
