"""
What came off the road, told apart: visits, and what must be set aside. Pure.

Nothing that a door or a stranger sends can stop the road: one bad event does not spoil the batch it came
in, and a bad event that tells its place in the journal counts there, so that the door need not send it
for ever.
"""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from mqtt_bridge import topics, wire
from mqtt_bridge.topics import Channel
from mqtt_bridge.wire import BadMessage, VisitMessage

MAX_KEPT_BYTES = 64 * 1024
"""Of a message that is set aside, no more than this is kept."""
_MAX_TOPIC_LETTERS = MAX_REASON_LETTERS = 200
_FOREIGN_TOPIC = "topic: not one that visits come on"
_TOO_DEEP = "JSON: lists within lists without end"
_WRONG_KIOSK = "source: another kiosk than the topic's"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a door's journal: kiosk, epoch and sequence number."""

    kiosk: str
    epoch: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Aside:
    """
    What could not become a visit.

    Attributes:
        topic: Where it came from, at most 200 letters.
        reason: Why, without any of its text.
        payload: Its bytes, at most 64 KiB.
        place: Its place in the journal; None when it does not tell, or was too long to be kept whole.
    """

    topic: str = field(repr=False)
    reason: str
    payload: bytes = field(repr=False)
    place: Place | None = None

    @property
    def digest(self) -> bytes:
        """The same thing sent again has the same digest."""
        text = json.dumps([self.topic, self.reason]).encode()
        return sha256(text + b"\0" + self.payload).digest()


@dataclass(frozen=True, slots=True)
class Received:
    """What one message held, in its own order."""

    visits: tuple[VisitMessage, ...] = ()
    aside: tuple[Aside, ...] = ()


def receive(topic: str, payload: bytes) -> Received:
    """The visits in a message, and what of it must be set aside. Raises nothing, whatever the bytes."""
    known = topics.parse(topic)
    if known is None or known.channel not in {Channel.VISIT, Channel.VISITS}:
        return Received(aside=(_set_aside(topic, _FOREIGN_TOPIC, payload),))
    try:
        return _read(topic, known.kiosk, payload)
    except RecursionError:
        # Lists within lists, near the interpreter's limit: what can be read may not be writable again.
        return Received(aside=(_set_aside(topic, _TOO_DEEP, payload),))


def _read(topic: str, kiosk: str, payload: bytes) -> Received:
    try:
        visits = wire.decode_visits(payload)
    except BadMessage as error:
        return _sift(topic, kiosk, payload, str(error))
    if any(visit.kiosk != kiosk for visit in visits):
        return _sift(topic, kiosk, payload, _WRONG_KIOSK)
    return Received(visits=tuple(visits))


def _sift(topic: str, kiosk: str, payload: bytes, reason: str) -> Received:
    """Event by event, where a message holds several."""
    document = _json(payload)
    if not isinstance(document, list) or not 0 < len(document) <= wire.MAX_BATCH:
        return Received(aside=(_set_aside(topic, reason, payload, _place(kiosk, document)),))
    if len(document) == 1:
        return Received(aside=(_set_aside(topic, reason, _bytes(document[0]), _place(kiosk, document[0])),))
    parts = [_read(topic, kiosk, _bytes([event])) for event in document]
    return Received(
        visits=tuple(visit for part in parts for visit in part.visits),
        aside=tuple(aside for part in parts for aside in part.aside),
    )


def _set_aside(topic: str, reason: str, payload: bytes, place: Place | None = None) -> Aside:
    if len(payload) > MAX_KEPT_BYTES:
        place = None  # What is not kept whole must not count as stored.
    printable = topic.encode("utf-8", "replace").decode()
    return Aside(printable[:_MAX_TOPIC_LETTERS], reason[:MAX_REASON_LETTERS], payload[:MAX_KEPT_BYTES], place)


def _place(kiosk: str, event: Any) -> Place | None:
    if not isinstance(event, dict) or event.get("source") != f"/doors/{kiosk}":
        return None
    epoch, sequence = event.get("epoch"), event.get("sequence")
    if not isinstance(epoch, str) or not isinstance(sequence, str):
        return None
    if not sequence.isascii() or not sequence.isdecimal() or len(sequence) > len(str(wire.MAX_SEQUENCE)):
        return None
    try:
        is_plain = str(UUID(epoch)) == epoch
    except ValueError:
        return None
    number = int(sequence)
    return Place(kiosk, epoch, number) if is_plain and 1 <= number <= wire.MAX_SEQUENCE else None


def _json(payload: bytes) -> Any:
    if len(payload) > wire.MAX_MESSAGE_BYTES:
        return None
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return None


def _bytes(event: Any) -> bytes:
    return json.dumps(event).encode()
