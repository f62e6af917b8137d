"""
A lone office grows: its centre moves to another machine, with real brokers, TLS and processes, while visitors come.

Two ways are told in docs/running.md: the box is given the new address, or the new machine takes over the old one's.
"""

import contextlib
import shutil
import socket
import sqlite3
import subprocess

import pytest

from hardware.simulated.codes import write_code
from kiosk.store.opening import FILE_NAME
from tests import people
from tests.ports import free_port
from tests.programs import BIN, PATIENCE_S, Collector, Door, Program, eventually

PLACE, DOOR, BOX = "UBND phường Chiềng An", "Cửa chính", "cong-1"
VISITORS = (people.CCCD, people.CAN_CUOC, people.CCCD_OF_A_WOMAN, people.PERSONAL_QR)


def run(*command):
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class Centre:
    """A machine that is or becomes the centre: its data folder, its broker, its collector."""

    def __init__(self, folder, port):
        self.data, self.port = folder, port
        self.broker = self.collector = None

    def command(self, name, *arguments):
        return run(BIN / "collector", name, *arguments, "--data", self.data)

    def visits(self):
        """The ids of all that is stored, in the order in which the box saw them."""
        with contextlib.closing(sqlite3.connect(self.data / "collector.sqlite3")) as db:
            return [id_ for (id_,) in db.execute("SELECT id FROM collector_visit ORDER BY sequence")]

    def start_broker(self):
        self.broker = Program("/usr/sbin/mosquitto", "-c", self.data / "broker" / "mosquitto.conf")
        eventually(self._answers)

    def start_collector(self):
        options = ("--mqtt-host", "localhost", "--mqtt-tls", "--web-port", str(free_port()))
        self.collector = Collector(self.data, self.port, "serve", *options)
        assert "ready" in self.collector.lines.get(timeout=PATIENCE_S)

    def stop_collector(self):
        assert self.collector.stop() == 0, self.collector.errors

    def end(self):
        for program in filter(None, (self.collector, self.broker)):
            program.stop()

    def _answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Box:
    """The office's box, which systemd would keep running."""

    def __init__(self, data, scratch):
        self.data, self._scratch = data, scratch
        self._came = 0
        self.start()

    def start(self):
        self.bridge = Program(BIN / "mqtt-bridge", "run", "--data", self.data)
        self.door = Door(self.data)
        self.door.next(state="waiting")

    def visitor(self):
        """The next visitor comes in, and is welcomed."""
        text = VISITORS[self._came]
        self._came += 1
        card = self._scratch / f"{self._came}.png"
        write_code(text, card)
        self.door.say(f"show {card}")
        self.door.next(cue="welcome")
        self.door.next(state="waiting")

    def visits(self, where="1"):
        """The ids of those in its journal of which something is so, in order, as the centre writes them."""
        with contextlib.closing(sqlite3.connect(self.data / FILE_NAME)) as db:
            asked = f"SELECT id FROM entries WHERE kind = 'visit' AND {where} ORDER BY sequence"
            return [id_.replace("-", "") for (id_,) in db.execute(asked)]

    def end(self):
        for program in (self.door, self.bridge):
            program.stop()


@pytest.fixture
def office(tmp_path):
    """The old machine with all of the office on it, the new one with nothing, and the box."""
    old, new = Centre(tmp_path / "old", free_port()), Centre(tmp_path / "new", free_port())
    box_data = tmp_path / "box"
    ports = ("--broker-port", old.port, "--box-data", box_data)
    old.command("office", PLACE, "--door", DOOR, "--kiosk", BOX, "--no-services", *ports)
    with contextlib.ExitStack() as ending:
        for centre in (old, new):
            ending.callback(centre.end)
        old.start_broker()
        old.start_collector()
        box = Box(box_data, tmp_path)
        ending.callback(box.end)
        yield old, new, box


def move(old, new, folder):
    """All that the old centre knows, to the new one, which had begun by itself; nobody takes visits in meanwhile."""
    new.command("enrol", "nobody", "--place", "Nowhere", "--folder", folder / "nobody")
    old.stop_collector()
    old.command("backup", folder / "visits.backup")
    old.command("backup", "--keys", folder / "keys.backup")
    new.command("restore", folder / "keys.backup", "--replace")
    new.command("restore", folder / "visits.backup", "--replace")


def names(centre):
    """Who came, as a manager of the centre reads it."""
    program = """
import sys
from pathlib import Path
from collector.readying import make_ready
make_ready(Path(sys.argv[1]))
from collector import opening
from collector.models import Visit
for visit in Visit.objects.order_by("sequence"):
    print(sorted(opening.open_visit(visit, opening.keyring())))
"""
    python = BIN / "python"
    environment = {"COLLECTOR_DATA": str(centre.data)}
    done = subprocess.run(
        [python, "-c", program, centre.data], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def require_all(new, box, count):
    """Every visit is at the new centre, none twice, with its name; and the box knows."""
    eventually(lambda: len(box.visits("state = 'stored'")) == count, patience_s=60)
    assert new.visits() == box.visits()
    assert len(set(new.visits())) == count
    assert all("name" in one for one in names(new))


def test_no_visit_is_lost_when_the_box_is_given_the_new_address(office, tmp_path):
    old, new, box = office
    box.visitor()
    eventually(lambda: len(old.visits()) == 1)

    move(old, new, tmp_path)
    box.visitor()
    new.command("broker", "--host", "localhost", "--listen", "127.0.0.1", "--port", new.port)
    new.start_broker()
    new.start_collector()
    box.visitor()
    old.end()
    shutil.rmtree(old.data)

    new.command("enrol", BOX, "--place", PLACE, "--door", DOOR, "--file", tmp_path / "box.enrol")
    box.end()
    run(BIN / "kiosk", "enrol", "--file", tmp_path / "box.enrol", "--data", box.data)
    box.start()
    box.visitor()

    require_all(new, box, 4)


@pytest.mark.guest
def test_no_visit_is_lost_when_the_new_machine_takes_over_the_address(office, tmp_path):
    old, new, box = office
    box.visitor()
    eventually(lambda: len(old.visits()) == 1)

    move(old, new, tmp_path)
    box.visitor()
    old.end()
    shutil.rmtree(old.data)
    box.visitor()
    new.port = old.port
    new.command("broker", "--host", "localhost", "--listen", "127.0.0.1")
    new.start_broker()
    new.start_collector()
    box.visitor()

    require_all(new, box, 4)
