"""Collectors side by side, real ones, on one broker and one database."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from mqtt_bridge.fleet import ledger
from tests.collector.conftest import Broker, Door
from tests.fleet import Fleet
from tests.nats import Nats
from tests.postgresql import Server
from tests.programs import BIN, Program, eventually

DOORS, RATE, SECONDS = 20, 150, 4
PROMPTLY_S = 4.0
"""Doors send again after five seconds without a receipt: before that it must be there."""


class Side:
    """
    A broker and a database, at which collectors come and go.

    Args:
        data: Their data folder.
        database: Its address; empty for the file in the folder.
        port: Where doors knock.
        protocol: What the broker speaks.
        road: The options of a collector.
    """

    def __init__(
        self, data: Path, database: str, port: int, protocol: MQTTProtocolVersion, *road: str
    ) -> None:
        self.port, self.protocol = port, protocol
        self._data, self._road = data, road
        self._env = {"COLLECTOR_DATABASE": database}
        self._all: list[Program] = []
        spoken = "5" if protocol == MQTTProtocolVersion.MQTTv5 else "3.1.1"
        self._start("attend", "--mqtt-port", str(port), "--protocol", spoken)

    def join(self) -> Program:
        """A further collector, that listens when this returns."""
        return self._start("ingest", *self._road)

    def door(self, kiosk: str) -> Door:
        return Door(self.port, kiosk, self.protocol)

    def stored(self) -> list[str]:
        """The ids of all visits, of each row one."""
        command = [BIN / "collector", "visits", "--json", "--ids", "--data", self._data]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env={**os.environ, **self._env}
        )
        return json.loads(done.stdout)["ids"]

    def end(self) -> None:
        codes = [program.stop() for program in self._all if program.process.poll() is None]
        assert not any(codes)

    def _start(self, *command: str) -> Program:
        program = Program(BIN / "collector", *command, "--data", self._data, env=self._env)
        self._all.append(program)
        eventually(lambda: program.errors and "connected" in program.errors[-1])
        return program


@pytest.fixture(scope="module", params=["stream, SQLite", "shared subscription, PostgreSQL"])
def side(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgresql: Server
) -> Iterator[Side]:
    folder = tmp_path_factory.mktemp("side")
    if request.param.startswith("stream"):
        node = Nats(folder)
        road = ("--from", "jetstream", "--nats", node.url)
        side = Side(folder / "data", "", node.port, MQTTProtocolVersion.MQTTv311, *road)
        yield side
        side.end()
        assert node.stop() == 0
    else:
        broker, name = Broker(folder), postgresql.create()
        broker.start()
        road = ("--share", "collectors", "--mqtt-port", str(broker.port))
        side = Side(folder / "data", postgresql.url(name), broker.port, MQTTProtocolVersion.MQTTv5, *road)
        yield side
        side.end()
        broker.kill()
        postgresql.drop(name)


def test_all_that_was_confirmed_is_stored_once_though_collectors_come_and_go(side, tmp_path):
    first, second = side.join(), side.join()
    file = tmp_path / "ledger"
    fleet = Fleet(f"127.0.0.1:{side.port}", file, "--seconds", str(SECONDS), doors=DOORS, rate=RATE)
    fleet.next(lambda line: line.get("confirmed", 0) > RATE)
    first.kill()
    side.join()
    second.kill()

    assert fleet.done()["code"] == 0
    confirmed = {
        str(one)
        for kiosk, (_, through) in ledger.confirmed(file).items()
        for one in ledger.ids(file, kiosk)[:through]
    }
    assert len(confirmed) > RATE
    assert sorted(one for one in side.stored() if one in confirmed) == sorted(confirmed)


def test_a_door_whose_visits_are_shared_out_has_its_receipt_before_it_sends_again(side):
    """Whoever fills the last gap tells how far the door has come, with what others have stored beyond it."""
    for _ in range(2):
        side.join()
    door = side.door("shared-out")
    try:
        for last in range(40, 201, 40):
            for sequence in range(last - 39, last + 1):
                door.post(door.event(sequence))
            eventually(lambda last=last: door.through == last, PROMPTLY_S)
    finally:
        door.close()
