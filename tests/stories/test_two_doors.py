"""An office with two doors and a centre that runs it from afar: real processes, a real Mosquitto."""

import contextlib
import json
import subprocess

import pytest

from tests import people
from tests.programs import BIN, PATIENCE_S, Bridge, Broker, Collector, Door, eventually, free_port
from tests.stories.conftest import House

PLACE = "UBND phường Chiềng An"
QUICK = "--set=door.same_code_s=0.2"


class Box:
    """One of the office's boxes: its data folder, door and bridge."""

    def __init__(self, office, name):
        self.office, self.name = office, name
        self.data = office.folder / name
        office.collector("enrol", name, "--place", PLACE, "--folder", self.data / "credentials")

    def open(self, *arguments):
        self.bridge = self.office._keep(Bridge(self.data, self.office.broker.port, f"kiosk.name={self.name}"))
        return self.open_door(*arguments)

    def open_door(self, *arguments):
        self.door = self.office._keep(Door(self.data, f"--set=kiosk.name={self.name}", *arguments))
        self.door.next(state="waiting")
        return self.door


class Office(House):
    """A house with several boxes."""

    def collector(self, *arguments, stdin="", check=True):
        done = subprocess.run(
            [BIN / "collector", *arguments, "--data", self.centre_data],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0 or not check, done.stderr
        return done

    def place(self):
        (place,) = json.loads(self.collector("place", "list", "--json").stdout)
        return place


@pytest.fixture
def office(tmp_path):
    built = Office(tmp_path)
    yield built
    built.close()


def test_somebody_who_came_in_at_one_door_goes_out_at_the_other(office):
    front, back = Box(office, "front"), Box(office, "back")
    office.open_centre()
    doors = [front.open(QUICK), back.open(QUICK)]
    for door in doors:
        door.next(signs=[])
    card = office.card(people.CCCD)

    doors[0].say(f"show {card}")
    assert doors[0].next(cue="welcome")["direction"] == "in"
    eventually(lambda: neighbours(back) == 1)
    doors[1].say(f"show {card}")

    assert doors[1].next(state="showing")["reason"] == "goodbye"


def neighbours(box):
    import sqlite3

    with contextlib.closing(sqlite3.connect(box.data / "journal.sqlite3")) as db:
        return db.execute("SELECT count(*) FROM neighbours").fetchone()[0]
