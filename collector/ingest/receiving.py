"""
What came off the road, told apart: visits, and what must be set aside. Pure.

Nothing that a door or a stranger sends can stop the road: one bad event does not spoil the batch it came
in, and a bad event that tells its place in the journal counts there, so that the door need not send it
for ever.
"""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

import msgspec
from msgspec import Struct

from mqtt_bridge import topics, wire
from mqtt_bridge.topics import Channel
from mqtt_bridge.wire import BadMessage, Event
from mqtt_bridge.wire.forms import Number, Source, decoded

MAX_KEPT_BYTES = 64 * 1024
"""Of a message that is set aside, no more than this is kept."""
_MAX_TOPIC_LETTERS = MAX_REASON_LETTERS = 200
_FOREIGN_TOPIC = "topic: not one that visits come on"
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

    events: tuple[Event, ...] = ()
    aside: tuple[Aside, ...] = ()


def receive(topic: str, payload: bytes) -> Received:
    """The events in a message, and what of it must be set aside. Raises nothing, whatever the bytes."""
    known = topics.parse(topic)
    if known is None or known.channel not in {Channel.VISIT, Channel.VISITS}:
        return Received(aside=(_set_aside(topic, _FOREIGN_TOPIC, payload),))
    try:
        events = wire.decode(payload)
    except BadMessage as error:
        return _sift(topic, known.kiosk, payload, str(error))
    if any(event.kiosk != known.kiosk for event in events):
        return _sift(topic, known.kiosk, payload, _WRONG_KIOSK)
    return Received(events=tuple(events))


def _sift(topic: str, kiosk: str, payload: bytes, reason: str) -> Received:
    """Event by event, where a message holds several."""
    try:
        parts = wire.parts(payload)
    except BadMessage:
        return Received(aside=(_set_aside(topic, reason, payload, _place(kiosk, payload)),))
    if len(parts) == 1:
        return Received(aside=(_set_aside(topic, reason, parts[0], _place(kiosk, parts[0])),))
    received = [receive(topic, b"[" + part + b"]") for part in parts]
    return Received(
        events=tuple(event for part in received for event in part.events),
        aside=tuple(aside for part in received for aside in part.aside),
    )


def _set_aside(topic: str, reason: str, payload: bytes, place: Place | None = None) -> Aside:
    if len(payload) > MAX_KEPT_BYTES:
        place = None  # What is not kept whole must not count as stored.
    printable = topic.encode("utf-8", "replace").decode()
    return Aside(printable[:_MAX_TOPIC_LETTERS], reason[:MAX_REASON_LETTERS], payload[:MAX_KEPT_BYTES], place)


class _Envelope(Struct, frozen=True, gc=False):
    """As much of an event as tells its place in a journal."""

    source: Source
    sequence: Number
    epoch: UUID


_envelope = msgspec.json.Decoder(_Envelope).decode


def _place(kiosk: str, payload: bytes) -> Place | None:
    try:
        envelope = decoded(_envelope, payload)
    except BadMessage:
        return None
    number = int(envelope.sequence)
    if envelope.source != f"/doors/{kiosk}" or number < 1:
        return None
    return Place(kiosk, str(envelope.epoch), number)
