"""
A light door's connection to the broker: what `mqtt_bridge.client.Line` is to a real one, without a thread.

It says the same in the same order. It is used once; the door that made it is told what comes of it.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol, cast

from kiosk.errors import BadMessage
from mqtt_bridge import topics
from mqtt_bridge.client import OFFLINE, ONLINE
from mqtt_bridge.client_ids import client_id
from mqtt_bridge.fleet import packets
from mqtt_bridge.topics import Channel, Topic


class Listener(Protocol):
    """Who has a line."""

    def came_up(self) -> None:
        """The broker lets us in and the subscription stands."""
        ...

    def went_down(self, why: str) -> None:
        """The line is gone."""
        ...

    def acknowledged(self, message: int) -> None:
        """The broker has a message."""
        ...

    def heard(self, topic: bytes, payload: bytes) -> None:
        """Something came down."""
        ...

    def rest(self) -> None:
        """That was all for now."""
        ...


class Line(asyncio.Protocol):
    """
    A connection, from the first byte to the last.

    Args:
        kiosk: Whose.
        keepalive_s: Longest silence before one of both asks.
        channels: What is listened to.
        listener: Told of everything, until `drop()`.
        now_s: The loop's clock.
    """

    __slots__ = (
        "_asked",
        "_channels",
        "_farewell",
        "_heard_s",
        "_keepalive_s",
        "_kiosk",
        "_listener",
        "_message",
        "_now_s",
        "_rest",
        "_said_s",
        "_transport",
    )

    def __init__(
        self,
        *,
        kiosk: str,
        keepalive_s: int,
        channels: Sequence[Channel],
        listener: Listener,
        now_s: Callable[[], float],
    ) -> None:
        self._kiosk = kiosk
        self._keepalive_s = keepalive_s
        self._channels = channels
        self._listener: Listener | None = listener
        self._now_s = now_s
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._message = 0
        self._farewell = 0
        self._asked = False
        self._said_s = self._heard_s = now_s()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Knock; for asyncio."""
        self._transport = cast(asyncio.Transport, transport)
        if self._listener is None:
            self._transport.abort()
            return
        will = self._topic(Channel.AVAILABILITY)
        try:
            name = client_id(f"kiosk-{self._kiosk}", "3.1.1", transport.get_extra_info("key"))
        except OSError as error:
            self.fail(str(error))
            return
        self._say(packets.connect(name, self._keepalive_s, will_topic=will, will=OFFLINE))

    def data_received(self, data: bytes) -> None:
        """Hear what the broker says; for asyncio."""
        self._heard_s = self._now_s()
        try:
            heard, self._rest = packets.split(self._rest + data if self._rest else data)
            for first, body in heard:
                self._take(first, body)
        except BadMessage as error:
            self._down(str(error))
        if self._listener is not None:
            self._listener.rest()

    def connection_lost(self, exc: Exception | None) -> None:
        """Hear that it is gone; for asyncio."""
        self._down(f"connection lost: {exc or 'the broker hung up'}")

    def post(self, channel: Channel, payload: bytes, *, retain: bool = False) -> int:
        """Give a message to the broker, QoS 1; its packet id."""
        message = self._next()
        self._say(packets.publish(self._topic(channel), payload, message, retain=retain))
        return message

    def tend(self, now_s: float) -> bool:
        """Ask whether the broker is still there, if it is time; false when it has not answered."""
        if now_s < self.tend_at_s:
            return True
        if self._asked:
            return False
        self._asked = True
        self._say(packets.PINGREQ)
        self._heard_s = self._said_s
        return True

    @property
    def tend_at_s(self) -> float:
        """When it should be looked after."""
        return min(self._said_s, self._heard_s) + self._keepalive_s

    def leave(self) -> None:
        """Say goodbye, and hang up when the broker has heard it."""
        self._farewell = self.post(Channel.AVAILABILITY, OFFLINE, retain=True)

    def fail(self, why: str) -> None:
        """There is no connection, and will be none."""
        self._down(why)

    def drop(self) -> None:
        """Hang up as a power cut does. Nobody is told of anything after that."""
        self._listener = None
        if self._transport is not None:
            self._transport.abort()

    def _take(self, first: int, body: bytes) -> None:
        if self._listener is None:
            return
        kind = first & 0xF0
        if kind == packets.PUBLISH:
            topic, message, payload = packets.published(first, body)
            self._listener.heard(topic, payload)
            if message:
                self._say(packets.acknowledge(message))
        elif kind == packets.PUBACK:
            if packets.number(body) == self._farewell:
                self._hang_up()
            else:
                self._listener.acknowledged(packets.number(body))
        elif kind == packets.CONNACK:
            self._let_in(body)
        elif kind == packets.SUBACK:
            self._subscribed(body)
        else:
            self._asked = False

    def _let_in(self, body: bytes) -> None:
        if body[1:2] != b"\x00":
            self._down(f"the broker refused us: code {body[1:2].hex() or 'missing'}")
            return
        wanted = [topics.own(self._kiosk, channel).encode() for channel in self._channels]
        self._say(packets.subscribe(self._next(), wanted))

    def _subscribed(self, body: bytes) -> None:
        if packets.REFUSED in body[2:]:
            self._down("the broker does not let us hear the centre: look at its access list")
            return
        # Not before: who answers to it must be heard.
        self.post(Channel.AVAILABILITY, ONLINE, retain=True)
        if self._listener is not None:
            self._listener.came_up()

    def _hang_up(self) -> None:
        if self._transport is not None:
            self._transport.write(packets.DISCONNECT)
            self._transport.close()

    def _down(self, why: str) -> None:
        listener = self._listener
        self.drop()
        if listener is not None:
            listener.went_down(why)

    def _next(self) -> int:
        self._message = self._message % packets.MAX_MESSAGE + 1
        return self._message

    def _say(self, packet: bytes) -> None:
        if self._transport is not None:
            self._said_s = self._now_s()
            self._transport.write(packet)

    def _topic(self, channel: Channel) -> bytes:
        return str(Topic(self._kiosk, channel)).encode()
