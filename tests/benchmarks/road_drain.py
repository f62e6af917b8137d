"""
A journal that has filled up while the line was down: how fast does the bridge get rid of it?

The real `mqtt-bridge run`, and somebody who answers as a centre would; timed from the first message that arrives
until the journal has the receipt for the last visit. Beside it bare paho, which sends as many single messages
with the same window to the same broker, and keeps no journal.
"""

import json
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from paho.mqtt import client as paho

from kiosk.store.journal import SqliteJournal
from mqtt_bridge.sending import WINDOW
from mqtt_bridge.topics import Channel, Topic
from tests.benchmarks import journals
from tests.benchmarks.load import template
from tests.benchmarks.order import Order
from tests.benchmarks.road import PATIENCE_S, broker, connected, median, running, wait_until
from tests.benchmarks.row import Rates
from tests.programs import Bridge

ROUNDS, VISITS = 3, 20_000


class Centre:
    """
    Answers every message with a receipt, and stores nothing.

    Attributes:
        began_s: When the first message came (monotonic seconds); 0.0 before.
    """

    def __init__(self, client: paho.Client) -> None:
        self.began_s = 0.0
        self._client = client
        client.on_message = self._arrived

    def _arrived(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        self.began_s = self.began_s or time.monotonic()
        events = json.loads(message.payload)
        last = events[-1] if isinstance(events, list) else events
        receipt = {"epoch": last["epoch"], "through": int(last["sequence"])}
        self._client.publish(str(Topic(journals.KIOSK, Channel.RECEIPT)), json.dumps(receipt))


def measure(_order: Order) -> Iterator[Rates]:
    """Let bridge and bare paho send in turn."""
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    with tempfile.TemporaryDirectory(prefix="road-") as name:
        folder = Path(name)
        journals.fill(folder / "full", VISITS)
        visit = template.write(folder / "visit.json").read_bytes()
        with broker() as mosquitto:
            for number in range(ROUNDS):
                door = folder / f"door-{number}"
                shutil.copytree(folder / "full", door)
                rates["ours"].append(_drain(door, mosquitto.port))
                rates["bare"].append(_send_bare(visit, mosquitto.port))
    ours, theirs = median(rates["ours"]), median(rates["bare"])
    yield Rates(
        "bridge drains a journal, to the receipt", VISITS, "1/s", ours, "bare paho, same window", theirs
    )


def _drain(door: Path, port: int) -> float:
    with (
        connected(port, "centre") as client,
        closing(SqliteJournal(door, boot=journals.BOOT, make=False)) as journal,
    ):
        centre = Centre(client)
        client.subscribe(
            [(str(Topic(journals.KIOSK, channel)), 1) for channel in (Channel.VISIT, Channel.VISITS)]
        )
        with running(Bridge(door, port, f"kiosk.name={journals.KIOSK}")):
            ended_s = wait_until(lambda: centre.began_s > 0 and journal.waiting() == 0)
    return VISITS / (ended_s - centre.began_s)


def _send_bare(visit: bytes, port: int) -> float:
    room = threading.BoundedSemaphore(WINDOW)
    with connected(port, "bare") as client:
        client.on_publish = lambda *_: room.release()
        began_s = time.monotonic()
        for _ in range(VISITS):
            if not room.acquire(timeout=PATIENCE_S):
                raise RuntimeError("bare paho: no PUBACK")
            sent = client.publish("bare/visit", visit, qos=1)
        sent.wait_for_publish(PATIENCE_S)
        return VISITS / (time.monotonic() - began_s)
