"""
What came off the road, told apart: visits, and what must be set aside. Pure.

Nothing that a door or a stranger sends can stop the road: one bad event does not spoil the batch it came
in, and a bad event that tells its place in the journal counts there, so that the door need not send it
for ever.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from collector.ingest.decoding import decode
from collector.ingest.frames import Delivered
from mqtt_bridge import topics, wire
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import BadMessage, ClockEvent, Event, VisitEvent
from mqtt_bridge.wire.forms import Number, Source, decoded

Row = tuple[Any, ...]
"""A visit as a database takes it: what `rows.COLUMNS` names."""
MakeRow = Callable[[VisitEvent, str], Row]
"""Of a visit and its kiosk."""

MAX_KEPT_BYTES = 64 * 1024
"""Of a message that is set aside, no more than this is kept."""
_MAX_TOPIC_LETTERS = MAX_REASON_LETTERS = 200
_FOREIGN_TOPIC = "topic: not one that visits come on"
_WRONG_KIOSK = "source: another kiosk than the topic's"
_FIRST_YEAR, _LAST_YEAR = 1970, 9998
_NO_TIME = f"time: not from {_FIRST_YEAR} to {_LAST_YEAR}"


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


class Received(Struct, frozen=True, gc=False):
    """
    What one message held, in its own order.

    Attributes:
        kiosk: The kiosk that sent it, to whose journals all its events belong.
        events: What was understood.
        aside: What was not.
        rows: Its visits as rows of the database, where they are made already.
    """

    kiosk: str = ""
    events: Sequence[Event] = ()
    aside: Sequence[Aside] = ()
    rows: Sequence[Row] | None = None


class Heard(Struct, frozen=True, gc=False):
    """
    What messages held that came together.

    Attributes:
        packets: What they are acknowledged by.
        received: What came on the topics of visits, in its order.
        others: What came on other topics, and from where.
        size: Bytes of their payloads.
    """

    packets: Sequence[Any]
    received: Sequence[Received]
    others: Sequence[tuple[Topic | None, Delivered]]
    size: int


def hear(messages: Sequence[Delivered], make_row: MakeRow | None = None) -> Heard:
    """
    Understand messages. Raises nothing, whatever the bytes.

    Args:
        messages: In the order in which they came.
        make_row: Makes rows of visits; None leaves that for later.
    """
    packets, received, others, size = [], [], [], 0
    for message in messages:
        packets.append(message.packet)
        payload = message.payload
        size += len(payload)
        topic = address(message.topic)
        if topic is not None and (topic.channel is Channel.VISIT or topic.channel is Channel.VISITS):
            one = _read(message.topic, topic.kiosk, payload)
            received.append(one if make_row is None else _with_rows(one, make_row))
        else:
            others.append((topic, message))
    return Heard(packets, received, others, size)


@lru_cache(maxsize=1 << 17)
def address(topic: bytes) -> Topic | None:
    """Whose topic this is; None for one that is not of the contract, or no UTF-8."""
    try:
        return topics.parse(topic.decode())
    except UnicodeDecodeError:
        return None


def foreign(message: Delivered) -> Received:
    """A message on a topic that nobody listens to: it is set aside."""
    return Received(aside=(_set_aside(message.topic, _FOREIGN_TOPIC, message.payload),))


def _read(topic: bytes, kiosk: str, payload: bytes) -> Received:
    """The events in a message of visits, and what of it must be set aside."""
    source = f"/doors/{kiosk}"
    try:
        events = decode(payload, source)
    except BadMessage as error:
        return _sift(topic, kiosk, payload, str(error))
    for event in events:
        if event.source != source:
            return _sift(topic, kiosk, payload, _WRONG_KIOSK)
        if not _can_be(event.time) or (type(event) is ClockEvent and not _can_be(event.data.started)):
            return _sift(topic, kiosk, payload, _NO_TIME)
    return Received(kiosk, events)


def _with_rows(one: Received, make_row: MakeRow) -> Received:
    kiosk, events = one.kiosk, one.events
    rows = [make_row(event, kiosk) for event in events if isinstance(event, VisitEvent)]
    return Received(kiosk, events, one.aside, rows)


def _sift(topic: bytes, kiosk: str, payload: bytes, reason: str) -> Received:
    """Event by event, where a message holds several."""
    try:
        parts = wire.parts(payload)
    except BadMessage:
        return Received(aside=(_set_aside(topic, reason, payload, _place(kiosk, payload)),))
    if len(parts) == 1:
        return Received(aside=(_set_aside(topic, reason, parts[0], _place(kiosk, parts[0])),))
    received = [_read(topic, kiosk, b"[" + part + b"]") for part in parts]
    return Received(
        kiosk,
        events=tuple(event for part in received for event in part.events),
        aside=tuple(aside for part in received for aside in part.aside),
    )


def _set_aside(topic: bytes, reason: str, payload: bytes, place: Place | None = None) -> Aside:
    if len(payload) > MAX_KEPT_BYTES:
        place = None  # What is not kept whole must not count as stored.
    printable = topic.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return Aside(printable[:_MAX_TOPIC_LETTERS], reason[:MAX_REASON_LETTERS], payload[:MAX_KEPT_BYTES], place)


def _can_be(time: datetime) -> bool:
    """Whether a time can be told in every zone; a database may hold what a page cannot show."""
    return _FIRST_YEAR <= time.year <= _LAST_YEAR


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
