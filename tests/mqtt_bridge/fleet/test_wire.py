"""A light door and a real bridge say the same, in the same order, to a real Mosquitto."""

import contextlib
import json
import socket
import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.model import Direction, Format, Source, Visit, Visitor
from kiosk.sealing import Sealer, SealingKey
from kiosk.store.journal import SqliteJournal
from mqtt_bridge.fleet import packets
from mqtt_bridge.fleet.commands import PERSON
from mqtt_bridge.topics import Channel, Topic
from tests.fakes import FakeClock
from tests.fleet import Fleet
from tests.mqtt_bridge.centre import NOW, SIGNER, enrol
from tests.mqtt_bridge.fleet.centre import Centre
from tests.mqtt_bridge.made import BOOT
from tests.programs import Bridge, Broker, eventually

KIOSK = "fleet-00001"
BACKLOG = 60
ORDER_HEARD = (packets.PUBACK, b"\x00\x01")
LONG = 16
"""Texts are the same if they are as long to so many letters; shorter ones are numbers and names."""


class Tap:
    """A way to the broker that keeps what is said on it to the broker."""

    def __init__(self, port):
        self._broker = port
        self._said = bytearray()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def packets(self):
        """All whole packets so far: first byte and body."""
        found, _ = packets.split(bytes(self._said))
        return found

    def close(self):
        self._listening.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                door, _ = self._listening.accept()
                broker = socket.create_connection(("127.0.0.1", self._broker))
                threading.Thread(target=self._carry, args=(door, broker, self._said), daemon=True).start()
                threading.Thread(target=self._carry, args=(broker, door, bytearray()), daemon=True).start()

    def _carry(self, whence, whither, kept):
        with contextlib.suppress(OSError):
            while data := whence.recv(65536):
                kept += data
                whither.sendall(data)
            whither.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    program = Broker(tmp_path_factory.mktemp("broker"), watched=())
    yield program
    program.stop()


def order(broker):
    """Something that the centre says to the door, of QoS 1 and retained: no door acts on it."""
    heard = Centre(broker.port, answers=False)
    heard.client.publish(str(Topic(KIOSK, Channel.CONFIG)), b"nothing", qos=1, retain=True).wait_for_publish(
        5
    )
    heard.close()


def what_a_bridge_says(broker, data):
    """A backlog, an answer to the order, a single visit, farewell."""
    enrol(data, kiosk=KIOSK)
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    sealer = Sealer(KIOSK, bytes(32), (SealingKey("fleet", public, NOW),))
    journal = SqliteJournal(data, boot=BOOT, sealer=sealer)
    visitor = Visitor(Format.CCCD, **{name: value for name, value in PERSON.items() if name != "answers"})
    visit = Visit(visitor, Direction.IN, Source.CAMERA, FakeClock().now())
    for _ in range(BACKLOG):
        journal.append(visit)
    centre, tap = Centre(broker.port, SIGNER), Tap(broker.port)
    bridge = Bridge(data, tap.port, 'mqtt.protocol="3.1.1"', f"kiosk.name={KIOSK}")
    eventually(lambda: journal.counts().stored == BACKLOG)
    journal.append(visit)
    eventually(lambda: journal.counts().stored == BACKLOG + 1)
    assert bridge.stop() == 0
    journal.close()
    centre.close()
    return tap.packets()


def what_a_light_door_says(broker, ledger):
    """The same."""
    centre, tap = Centre(broker.port), Tap(broker.port)
    options = ("--backlog", str(BACKLOG), "--visits", "1")
    fleet = Fleet(f"127.0.0.1:{tap.port}", ledger, *options, doors=1, rate=5)
    assert fleet.done()["confirmed"] == BACKLOG + 1
    centre.close()
    return tap.packets()


def test_a_light_door_says_what_a_bridge_says(broker, tmp_path):
    """Byte by byte; of what is JSON, the same names in the same order with values of the same kind and size."""
    order(broker)
    bridge = [shape(*packet) for packet in what_a_bridge_says(broker, tmp_path / "data")]

    door = [shape(*packet) for packet in what_a_light_door_says(broker, tmp_path / "ledger")]

    assert door == bridge
    assert ORDER_HEARD not in door, "what comes down by QoS 0 is not acknowledged"
    assert len(door) > 8


def shape(first, body):
    """A packet without the values of its JSON, if there is any."""
    if first & 0xF0 != packets.PUBLISH:
        return first, body
    topic, message, payload = packets.published(first, body)
    if not payload.startswith((b"{", b"[")):
        return first, topic, message, payload
    return first, topic, message, kind(json.loads(payload))


def kind(value):
    """Of a number and None, that it is one: a box may not know its temperature. Of a text, how long it is."""
    if isinstance(value, dict):
        return [(name, kind(inner)) for name, inner in value.items()]
    if isinstance(value, list):
        return [kind(inner) for inner in value]
    if isinstance(value, str) and len(value) >= LONG:
        return f"text of {len(value) // LONG * LONG}"
    return ""
