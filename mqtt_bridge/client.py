"""
One connection to the broker: the only place on a box that knows paho.

A connection is used once. When it is lost a new one is made, so that nothing of the old lingers: paho keeps
messages published while offline in memory, and sends them again beside ours. Callbacks only put a happening
on a queue: an exception in one would kill paho's network thread while it still claims to be connected.
"""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT
from threading import Thread
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from kiosk.errors import KioskError
from mqtt_bridge import topics
from mqtt_bridge.client_ids import client_id
from mqtt_bridge.topics import Channel, Topic

PROTOCOLS = {"5": MQTTProtocolVersion.MQTTv5, "3.1.1": MQTTProtocolVersion.MQTTv311}
CONNECT_S = 5.0
CLOSE_S = 3.0
ONLINE, OFFLINE = b"online", b"offline"
_CONTENT = {
    Channel.VISIT: "application/cloudevents+json",
    Channel.VISITS: "application/cloudevents-batch+json",
    Channel.HEALTH: "application/json",
    Channel.SUPPORT: "application/gzip",
}
_BAD_MESSAGE = {0x95, 0x99}
"""Reason codes of MQTT 5 that are about one message: packet too large, payload format invalid."""


class LineDown(KioskError, OSError):
    """The broker cannot be reached. Try again with growing pauses."""


@dataclass(frozen=True, slots=True)
class Up:
    """The broker lets us in and our subscription stands: receipts can reach us."""


@dataclass(frozen=True, slots=True)
class Down:
    """The connection is gone, or was refused; it will not come back by itself."""

    why: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The broker has a message."""

    message: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The broker will not take a message, now or ever: it is too large, or not of the form it demands."""

    message: int
    why: str


@dataclass(frozen=True, slots=True)
class Heard:
    """Something came down to us."""

    topic: Topic
    payload: bytes = field(repr=False)


Happening = Up | Down | Acknowledged | Refused | Heard


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


class Line:
    """
    A connection to the broker, from `connect()` to `Down`.

    Args:
        host: The broker's address.
        port: Its TCP port.
        kiosk: The kiosk's name: in the client id, and the name in every topic.
        protocol: `5` or `3.1.1`.
        keepalive_s: Longest silence before the broker calls us offline.
        channels: What we listen to.
        tls: Our certificate; None for a line in clear.
        happen: Told of everything; called from the network thread, must not block.

    Raises:
        LineDown: If the certificate cannot be read.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        kiosk: str,
        protocol: str,
        keepalive_s: int,
        channels: Sequence[Channel],
        tls: Tls | None,
        happen: Callable[[Happening], None],
    ) -> None:
        self._address = (host, port, keepalive_s)
        self._kiosk = kiosk
        self._channels = channels
        self._happen = happen
        self._is_v5 = protocol == "5"
        try:
            name = client_id(f"kiosk-{kiosk}", protocol, tls.key if tls else None)
        except OSError as error:
            raise LineDown(f"key of the certificate: {error}; enrol the box anew") from error
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=name,
            clean_session=None if self._is_v5 else True,
            protocol=PROTOCOLS[protocol],
            reconnect_on_failure=False,
        )
        if tls is not None:
            try:
                self._client.tls_set(
                    str(tls.ca), str(tls.certificate), str(tls.key), tls_version=PROTOCOL_TLS_CLIENT
                )
            except (OSError, ValueError) as error:
                raise LineDown(f"certificate {tls.certificate}: {error}; enrol the box anew") from error
        self._client.connect_timeout = CONNECT_S
        self._client.will_set(self._topic(Channel.AVAILABILITY), OFFLINE, qos=1, retain=True)
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_disconnect = self._disconnected
        self._client.on_publish = self._published
        self._client.on_message = self._arrived
        self._client.on_socket_open = _without_delay

    def connect(self) -> None:
        """
        Knock at the broker; whether it lets us in comes as `Up` or `Down`.

        Raises:
            LineDown: If nobody answers at that address within five seconds.
        """
        host, port, keepalive_s = self._address
        try:
            self._client.connect(host, port, keepalive_s)
        except (OSError, ValueError) as error:
            raise LineDown(f"broker {host}:{port}: {error}") from error
        self._client.loop_start()

    def post(self, channel: Channel, payload: bytes, *, name: str = "", retain: bool = False) -> int | None:
        """
        Give a message to the broker, QoS 1.

        Args:
            channel: On which channel of ours.
            payload: Its bytes.
            name: The level below, of those channels that have one.
            retain: Whether the broker keeps it for those who come later.

        Returns:
            Its packet id, or None when the line is down.
        """
        properties = None
        if self._is_v5 and channel in _CONTENT:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.ContentType = _CONTENT[channel]
        topic = str(Topic(self._kiosk, channel, name))
        sent = self._client.publish(topic, payload, qos=1, retain=retain, properties=properties)
        return sent.mid if sent.rc == MQTTErrorCode.MQTT_ERR_SUCCESS else None

    def give_up(self, why: str) -> None:
        """Have whoever uses this line hang up and dial anew."""
        self._happen(Down(why))

    def close(self) -> None:
        """
        Say goodbye and hang up; the broker tells others that we are offline. Harmless when down.

        Takes three seconds at the most: paho waits for its network thread without a limit, and a bridge that
        is told to stop must not wait with it.
        """
        leaving = Thread(target=self._leave, name="leaving", daemon=True)
        leaving.start()
        leaving.join(CLOSE_S)

    def _leave(self) -> None:
        if self._client.is_connected():
            farewell = self._client.publish(self._topic(Channel.AVAILABILITY), OFFLINE, qos=1, retain=True)
            try:
                farewell.wait_for_publish(timeout=1)
            except (RuntimeError, ValueError):
                pass  # The line went down meanwhile: the last will says the same.
        self._client.disconnect()
        self._client.loop_stop()

    def _topic(self, channel: Channel) -> str:
        return str(Topic(self._kiosk, channel))

    def _connected(self, client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._happen(Down(f"the broker refused us: {reason}"))
            return
        # NATS, which speaks 3.1.1 only, keeps a replicated queue for each subscription of QoS 1: hundreds
        # choke it (nats-server #3817). Nothing that comes down needs it, for it is retained, or said again.
        qos = 1 if self._is_v5 else 0
        client.subscribe([(topics.own(self._kiosk, channel), qos) for channel in self._channels])

    def _subscribed(self, client: Any, _data: Any, _mid: int, reasons: Any, _properties: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            self._happen(Down("the broker does not let us hear the centre: look at its access list"))
            return
        # Not before: who answers to it must be heard.
        client.publish(self._topic(Channel.AVAILABILITY), ONLINE, qos=1, retain=True)
        self._happen(Up())

    def _disconnected(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self._happen(Down(f"connection lost: {reason}"))

    def _published(self, _client: Any, _data: Any, mid: int, reason: Any, _properties: Any) -> None:
        # MQTT 3.1.1 cannot say no here: there, only the missing receipt tells.
        if reason.value in _BAD_MESSAGE:
            self._happen(Refused(mid, str(reason)))
        elif reason.is_failure:
            self._happen(Down(f"the broker refuses our messages: {reason}; look at its access list"))
        else:
            self._happen(Acknowledged(mid))

    def _arrived(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = topics.parse(message.topic)
        except UnicodeDecodeError:
            topic = None
        if topic is not None and topic.kiosk == self._kiosk:
            self._happen(Heard(topic, bytes(message.payload)))


def _without_delay(_client: Any, _data: Any, sock: Any) -> None:
    """Small packets at once: Nagle's algorithm costs up to 40 ms each."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
