"""
A connection of the centre to the broker, of whatever kind: what the intake and its desks see of it.

A connection is used once, from `connect()` to `Down`; when it is lost, a new one is made. What it tells, it
tells by happenings, from a thread of its own.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from collector.errors import CollectorError
from collector.ingest.frames import Delivered
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import Receipt

VISITS = (Channel.VISIT, Channel.VISITS)
"""On which channels visits come."""


@dataclass(frozen=True, slots=True)
class Tls:
    """
    The files of a connection by TLS, in PEM.

    Attributes:
        ca: Whose word for the broker is believed.
        certificate: Ours.
        key: Its private key.
    """

    ca: Path
    certificate: Path
    key: Path


class BrokerAway(CollectorError, OSError):
    """The broker cannot be reached. Try again with growing pauses."""


@dataclass(frozen=True, slots=True)
class Up:
    """The broker lets us in and our subscriptions stand."""


@dataclass(frozen=True, slots=True)
class Down:
    """The connection is gone, or was refused; it will not come back by itself."""

    why: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """Messages, in their order."""

    messages: Sequence[Delivered]


Happening = Up | Down | Arrived
Happen = Callable[[Happening], None]
"""Told of everything; called from the line's own thread, must not block."""


class Line(Protocol):
    """
    A connection to the broker.

    Attributes:
        knock_s: How long it may take from `connect()` to `Up` or `Down`, seconds.
    """

    knock_s: float

    def connect(self) -> None:
        """
        Knock at the broker; whether it lets us in comes as `Up` or `Down`. May block for five seconds.

        Raises:
            BrokerAway: If nobody answers at that address.
        """
        ...

    def acknowledge(self, packets: Iterable[Any]) -> None:
        """
        Tell the broker that messages are dealt with. Nothing happens once the line is down.

        Args:
            packets: What this line has delivered them with, in the order in which they came.
        """
        ...

    def post_receipts(self, receipts: Iterable[tuple[str, Receipt]]) -> None:
        """
        Tell kiosks how far their visits are stored.

        At most once, not retained: each receipt says all that the one before it said, and a kiosk that misses
        one sends its visits again and so asks for the next.
        """
        ...

    def post(self, topic: Topic, payload: bytes, *, retain: bool = False) -> None:
        """
        Give a message for a kiosk to the broker. Nothing happens once the line is down.

        Args:
            topic: The kiosk's topic.
            payload: The bytes; empty takes a retained message away.
            retain: Whether the broker keeps it for a kiosk that comes later.
        """
        ...

    def close(self) -> None:
        """Hang up; what was not acknowledged, the broker delivers again. Harmless when down."""
        ...
