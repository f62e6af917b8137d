"""A real broker, a real centre in a process of its own, and doors that are only a client."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from kiosk.entries import Pseudonyms, SealedPerson, VisitEntry
from kiosk.model import Direction, Format, Source
from mqtt_bridge import wire
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import Event, Receipt, Sender, VisitEvent
from tests.collector.databases import (
    POSTGRESQL,
    SQLITE,
    Database,
    on_postgresql,
    on_sqlite,
    server_database,
    templates,
)
from tests.contract import DOWN, Watch
from tests.ports import free_port
from tests.postgresql import postgresql

__all__ = ["on_postgresql", "on_sqlite", "postgresql", "server_database", "templates"]
"""Fixtures that stand elsewhere."""

MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
PATIENCE_S = 20.0


def wait_until(true: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Look again and again until something is true, or fail."""
    pause = threading.Event()
    deadline_s = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < deadline_s, f"never happened: {what}"
        pause.wait(0.02)


class Broker:
    """Mosquitto on a loopback port; it forgets all when it is killed."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._file = folder / "mosquitto.conf"
        self._file.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n"
            "max_queued_messages 100000\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen([MOSQUITTO, "-c", self._file], stderr=subprocess.DEVNULL)
        wait_until(self._answers, "the broker answers")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", self.port)) == 0


class Door:
    """A kiosk as the road sees it: it posts, and it remembers its receipts."""

    def __init__(
        self,
        port: int,
        kiosk: str = "cong-chinh",
        protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv5,
    ) -> None:
        self.kiosk = kiosk
        self.epoch = str(uuid.uuid4())
        self.receipts: list[Receipt] = []
        self._heard = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=protocol)
        self._client.on_connect = lambda client, *_: client.subscribe(str(Topic(kiosk, Channel.RECEIPT)), 1)
        self._client.on_subscribe = lambda *_: self._heard.set()
        self._client.on_message = lambda _client, _data, message: self.receipts.append(
            wire.decode_receipt(bytes(message.payload))
        )
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._heard.wait(PATIENCE_S)

    def event(self, sequence: int, *, settled: int = 0, **change: object) -> VisitEvent:
        return visit(sequence, kiosk=self.kiosk, settled=settled, epoch=self.epoch, **change)

    def post(self, *events: Event) -> None:
        """One event alone, or several as a batch; returns when the broker has it."""
        self.post_bytes(Channel.VISIT if len(events) == 1 else Channel.VISITS, wire.encode(events))

    def post_bytes(self, channel: Channel, payload: bytes) -> None:
        sent = self._client.publish(str(Topic(self.kiosk, channel)), payload, qos=1)
        sent.wait_for_publish(PATIENCE_S)
        assert sent.is_published()

    @property
    def through(self) -> int:
        """The highest receipt for this journal."""
        mine = [receipt.through for receipt in self.receipts if str(receipt.epoch) == self.epoch]
        return max(mine, default=0)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class Centre:
    """
    The command `collector serve` in a process of its own, with a data folder that outlives it.

    Attributes:
        database: The address of its database; empty for the SQLite file in the folder.
    """

    def __init__(self, folder: Path, mqtt_port: int, database: str = "") -> None:
        self.data = folder / "data"
        self.mqtt_port = mqtt_port
        self.database = database
        self.log = folder / "log"
        self.address = ""
        self.process: subprocess.Popen[str] | None = None

    def start(self, *options: str, alone: bool = False) -> None:
        """Start, and wait until it listens to the broker: before its first time ever, nobody keeps its messages."""
        began = self.log.stat().st_size if self.log.exists() else 0
        command = [sys.executable, "-m", "collector", "serve", "--data", str(self.data), "--web-port", "0"]
        command += ["--mqtt-port", str(self.mqtt_port), *options]
        environment = os.environ | {"COLLECTOR_DATABASE": self.database}
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("collector ready: http"), self.log.read_text()
        self.address = line.split()[-1]
        if not alone:
            wait_until(lambda: "connected" in self.log.read_text()[began:], "it listens")

    def kill(self) -> None:
        """As when the power goes."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def end(self) -> int:
        """As the service manager ends it; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=PATIENCE_S)
        code, self.process = self.process.returncode, None
        return code

    def visits(self, *options: str) -> dict[str, object]:
        told = {"COLLECTOR_DATABASE": self.database}
        done = run("visits", "--json", "--ids", "--data", str(self.data), *options, **told)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def total(self) -> int:
        return int(str(self.visits()["total"]))


def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """The command `collector`, to its end."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COLLECTOR_")}
    return subprocess.run(
        [sys.executable, "-m", "collector", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=clean | environment,
    )


def entry(**change: object) -> VisitEntry:
    """A visit of an invented person."""
    facts: dict[str, object] = {
        "id": str(uuid.uuid4()),
        "epoch": "00000000-0000-4000-8000-000000000001",
        "sequence": 1,
        "direction": Direction.IN,
        "source": Source.CAMERA,
        "operator": None,
        "at": datetime(2026, 3, 14, 1, 5, 9, 120_000, tzinfo=UTC),
        "clock_trusted": True,
        "boot": "0c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9",
        "monotonic_s": 1234.5,
        "format": Format.CCCD,
        "pseudonyms": Pseudonyms(document=b"d" * 32),
        "person": SealedPerson("2026-1", b"sealed"),
    }
    return VisitEntry(**{**facts, **change})  # type: ignore[arg-type]


def visit(sequence: int = 1, *, kiosk: str = "cong-chinh", settled: int = 0, **change: object) -> VisitEvent:
    """The same as it travels."""
    event = wire.event(Sender(kiosk), entry(sequence=sequence, **change), settled)
    assert isinstance(event, VisitEvent)
    return event


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker, on which all that the centre says is of the contract."""
    broker = Broker(tmp_path)
    broker.start()
    watch = Watch(broker.port, DOWN)
    yield broker
    watch.end()
    broker.kill()


@pytest.fixture
def door(broker: Broker) -> Iterator[Door]:
    door = Door(broker.port)
    yield door
    door.close()


@pytest.fixture
def centre(tmp_path: Path, broker: Broker) -> Iterator[Centre]:
    centre = Centre(tmp_path, broker.port)
    yield centre
    centre.kill()


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def any_centre(request: pytest.FixtureRequest, tmp_path: Path, broker: Broker) -> Iterator[Centre]:
    """A centre on each kind of database in turn."""
    url = "" if request.param == SQLITE else request.getfixturevalue("server_database")
    centre = Centre(tmp_path, broker.port, url)
    yield centre
    centre.kill()


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh database of each kind in turn, in which Django stores what this test stores."""
    found: Database = request.getfixturevalue(f"on_{request.param}")
    return found
