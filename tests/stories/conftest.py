"""The whole house, from the camera to the centre's database, as real processes on loopback."""

import contextlib
import json
import subprocess

import pytest

from hardware.simulated.codes import write_code
from mqtt_bridge.topics import Channel
from tests.ports import free_port
from tests.programs import BIN, PATIENCE_S, Bridge, Broker, Collector, Door, collected, eventually


class House:
    """Broker, collector, bridge and door of one test."""

    def __init__(self, folder):
        self.folder = folder
        self.door_data, self.centre_data = folder / "door", folder / "centre"
        self.programs = []
        self.broker = self._keep(Broker(folder / "broker", watched=tuple(Channel)))
        self.web_port = free_port()

    def open_centre(self, **more):
        options = ("serve", "--web-port", str(self.web_port))
        collector = Collector(self.centre_data, self.broker.port, *options, **more)
        assert "ready" in self._keep(collector).lines.get(timeout=PATIENCE_S)
        return collector

    def open_bridge(self, *settings, **more):
        return self._keep(Bridge(self.door_data, self.broker.port, *settings, **more))

    def open_door(self, *arguments, **more):
        door = self._keep(Door(self.door_data, *arguments, **more))
        door.next(state="waiting")
        return door

    def card(self, text):
        path = self.folder / f"{abs(hash(text))}.png"
        write_code(text, path)
        return path

    def collected(self):
        return collected(self.centre_data, "--ids")

    def journal_counts(self):
        command = [BIN / "kiosk", "journal", "--json", "--data", self.door_data]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    def until_collected(self, count):
        eventually(lambda: self.collected()["total"] == count, patience_s=60)

    def _keep(self, program):
        self.programs.append(program)
        return program

    def close(self):
        with contextlib.ExitStack() as closing:
            for program in self.programs:
                closing.callback(program.stop)


@pytest.fixture
def house(tmp_path):
    built = House(tmp_path)
    yield built
    built.close()
