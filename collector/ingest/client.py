"""
One connection of the centre to a broker by MQTT: with `collector.ingest.bulk` the only place of the centre
that knows paho.

A connection is used once; when it is lost, a new one is made under the same client id, and the broker sends
again what was not acknowledged. So a late acknowledgement can only go to the connection that delivered, or
nowhere: packet ids are used again after a lost session, and a stale one would acknowledge a visit that
nobody has stored. Callbacks only put a happening on a queue: an exception in one would kill paho's network
thread while it still claims to be connected.
"""

import socket
from collections.abc import Iterable, Sequence
from ssl import PROTOCOL_TLS_CLIENT
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from collector.ingest import frames
from collector.ingest.bulk import BulkClient
from collector.ingest.frames import Delivered
from collector.ingest.lines import VISITS, Arrived, BrokerAway, Down, Happen, Tls, Up
from mqtt_bridge import client_ids, topics, wire
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import Receipt

PROTOCOLS = {"5": MQTTProtocolVersion.MQTTv5, "3.1.1": MQTTProtocolVersion.MQTTv311}
CONNECT_S = 5.0
KEEPALIVE_S = 30
SESSION_S = 7 * 24 * 3600
"""How long the broker keeps messages for a centre that is away."""
RECEIVE_MAXIMUM = 4000
"""How many messages the broker may send before the first is acknowledged (MQTT 5)."""
_OF_THE_MOMENT = {Channel.HEALTH, Channel.AVAILABILITY}
"""Of what was said while we were away, only the last counts, which the broker keeps anyway."""


class MqttLine:
    """
    A connection to the broker, from `connect()` to `Down`. Implements `collector.ingest.lines.Line`.

    Args:
        host: The broker's address.
        port: Its TCP port.
        client_id: The name under which the broker keeps our session, or its beginning, where that is bound to
            no certificate; one process, one name.
        protocol: `5` or `3.1.1`.
        happen: Told of everything; called from the network thread, must not block.
        channels: What we listen to.
        share: The group with which we share what comes, each message to one of it; empty for all of it to us.
            Then the broker keeps no session, which would go on getting its share while nobody is there: what
            was on its way to us, doors send again.
        tls: Our certificate; None for a line in clear.

    Attributes:
        knock_s: How long the broker may take to let us in.

    Raises:
        BrokerAway: If the certificate cannot be read.
    """

    knock_s = 10.0

    def __init__(
        self,
        *,
        host: str,
        port: int,
        client_id: str,
        protocol: str,
        happen: Happen,
        channels: Sequence[Channel] = VISITS,
        share: str = "",
        tls: Tls | None = None,
    ) -> None:
        self._address = (host, port)
        self._channels = channels
        self._share = share
        self._happen = happen
        self._is_v5 = protocol == "5"
        try:
            name = client_ids.client_id(client_id, protocol, tls.key if tls else None)
        except OSError as error:
            raise BrokerAway(f"{error}; run this as the centre's user") from error
        self._client = BulkClient(
            CallbackAPIVersion.VERSION2,
            client_id=name,
            # NATS forgets what a session was subscribed to, if nobody comes for it in time, and grants it all
            # the same. What nobody heard is said again.
            clean_session=None if self._is_v5 else bool(share) or tls is not None,
            protocol=PROTOCOLS[protocol],
            reconnect_on_failure=False,
            manual_ack=True,
        )
        if tls is not None:
            files = (str(tls.ca), str(tls.certificate), str(tls.key))
            try:
                self._client.tls_set(*files, tls_version=PROTOCOL_TLS_CLIENT)
            except (OSError, ValueError) as error:
                remedy = "run `collector broker`, and run this as the centre's user"
                raise BrokerAway(f"certificate {tls.certificate}: {error}; {remedy}") from error
        self._client.connect_timeout = CONNECT_S
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_disconnect = self._disconnected
        self._client.on_messages = self._arrived
        self._client.on_socket_open = _without_delay

    def connect(self) -> None:
        """Knock at the broker; see `Line`."""
        host, port = self._address
        try:
            if self._is_v5:
                properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
                properties.SessionExpiryInterval = 0 if self._share else SESSION_S
                properties.ReceiveMaximum = RECEIVE_MAXIMUM
                self._client.connect(
                    host, port, KEEPALIVE_S, clean_start=bool(self._share), properties=properties
                )
            else:
                self._client.connect(host, port, KEEPALIVE_S)
        except (OSError, ValueError) as error:
            raise BrokerAway(f"broker {host}:{port}: {error}") from error
        self._client.loop_start()

    def acknowledge(self, packets: Iterable[int]) -> None:
        """Tell the broker that these of this connection are dealt with. Nothing happens once it is down."""
        self._client.write(frames.acknowledgements(packet for packet in packets if packet))

    def post_receipts(self, receipts: Iterable[tuple[str, Receipt]]) -> None:
        """Tell kiosks how far their visits are stored, at QoS 0."""
        written = [
            frames.message(
                str(Topic(kiosk, Channel.RECEIPT)).encode(), wire.encode_receipt(receipt), is_v5=self._is_v5
            )
            for kiosk, receipt in receipts
        ]
        self._client.write(b"".join(written))

    def post(self, topic: Topic, payload: bytes, *, retain: bool = False) -> None:
        """Give a message for a kiosk to the broker, at QoS 1; see `Line`."""
        self._client.publish(str(topic), payload, qos=1, retain=retain)

    def close(self) -> None:
        """Hang up; the broker keeps our session. Harmless when down."""
        self._client.disconnect()
        self._client.end()

    def _connected(self, client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._happen(Down(f"the broker refused us: {reason}"))
            return
        client.subscribe([(self._filter(one), 0 if one in _OF_THE_MOMENT else 1) for one in self._channels])

    def _filter(self, channel: Channel) -> str:
        everyone = topics.everyone(channel)
        return f"$share/{self._share}/{everyone}" if self._share else everyone

    def _subscribed(self, _client: Any, _data: Any, _mid: int, reasons: Any, _properties: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            self._happen(Down("the broker does not let us hear the doors: look at its access list"))
        else:
            self._happen(Up())

    def _disconnected(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self._happen(Down(f"connection lost: {self._client.complaint or reason}"))

    def _arrived(self, messages: Sequence[Delivered]) -> None:
        self._happen(Arrived(messages))


def _without_delay(_client: Any, _data: Any, sock: Any) -> None:
    """Small packets at once: Nagle's algorithm costs up to 40 ms each."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
