"""An office that its centre runs from afar, and its two doors: real processes, a real Mosquitto."""

import json
import sqlite3
import subprocess
from contextlib import closing

import pytest

from kiosk.store.opening import FILE_NAME
from tests import people
from tests.programs import BIN, PATIENCE_S, Bridge, Door, eventually
from tests.stories.conftest import House

PLACE = "UBND phường Chiềng An"


class Box:
    """One of the office's boxes: its data folder, door and bridge."""

    def __init__(self, office, name):
        self._office, self._name = office, name
        self.data = office.folder / name
        office.collector("enrol", name, "--place", PLACE, "--folder", self.data / "credentials")

    def open_bridge(self):
        self.bridge = Bridge(self.data, self._office.broker.port, f"kiosk.name={self._name}")
        self._office.programs.append(self.bridge)

    def open_door(self):
        self.door = Door(self.data, f"--set=kiosk.name={self._name}")
        self._office.programs.append(self.door)
        return self.door

    def in_force(self):
        """How often the door has taken up a configuration."""
        return sum("is in force" in line for line in self.door.errors)

    def neighbours(self):
        with closing(sqlite3.connect(self.data / FILE_NAME)) as db:
            return db.execute("SELECT count(*) FROM neighbours").fetchone()[0]


class Office(House):
    """A house with several boxes."""

    def collector(self, *arguments, told=None):
        done = subprocess.run(
            [BIN / "collector", *arguments, "--data", self.centre_data],
            input=told,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stored(self, columns):
        with closing(sqlite3.connect(self.centre_data / "collector.sqlite3")) as db:
            return db.execute(f"SELECT {columns} FROM collector_visit ORDER BY received_at").fetchall()


@pytest.fixture
def office(tmp_path):
    built = Office(tmp_path)
    yield built
    built.close()


def test_somebody_who_came_in_at_one_door_goes_out_at_the_other(office):
    front, back = Box(office, "front"), Box(office, "back")
    office.open_centre()
    for box in (front, back):
        box.open_bridge()
    front.open_door().next(signs=[])
    back.open_door().next(signs=[])
    first, second = office.card(people.CCCD), office.card(people.CAN_CUOC)

    front.door.say(f"show {first}")
    assert front.door.next(cue="welcome")["direction"] == "in"
    eventually(lambda: back.neighbours() == 1)
    back.door.say(f"show {first}")
    assert back.door.next(state="showing")["reason"] == "goodbye"

    # What a door misses while it is cut off, it hears as soon as it is back.
    eventually(lambda: len(office.stored("id")) == 2)
    back.bridge.kill()
    front.door.say(f"show {second}")
    front.door.next(reason="welcome")
    eventually(lambda: len(office.stored("id")) == 3)
    back.open_bridge()
    eventually(lambda: back.neighbours() == 2)
    back.door.say(f"show {second}")
    assert back.door.next(reason="goodbye")["direction"] == "out"


def test_the_centre_runs_a_door_from_afar(office):
    box = Box(office, "front")
    office.open_centre()
    box.open_bridge()
    door = box.open_door()
    door.next(signs=[])
    eventually(lambda: box.in_force() == 1)

    # A new configuration is in force at once: from now on, no names, and the place's own.
    office.collector("place", "set", PLACE, "kind=public", "languages=en", "notice=Closed at noon")
    eventually(lambda: box.in_force() == 2)
    door.say(f"show {office.card(people.CCCD)}")
    door.next(cue="welcome")
    eventually(lambda: office.stored("place_id, person") == [(1, None)])

    # Commands are done, and answered.
    assert office.collector("command", "front", "identify", "--wait") == "front: done\n"
    assert door.next(cue="identify")["lamp"] == "white blinking"
    office.collector("command", "front", "out-of-order", "on", "--notice", "No light")
    door.next(state="out_of_order")
    assert office.collector("command", "front", "restart", "--wait") == "front: done\n"
    assert [program.process.wait(PATIENCE_S) for program in (box.door, box.bridge)] == [0, 0]

    # All that outlives a restart, without any network.
    office.broker.kill()
    box.open_door().next(state="out_of_order", signs=["line_down"])
    assert box.in_force() == 1


def test_the_centre_finds_out_what_ails_a_box_though_its_door_does_not_run(office):
    box = Box(office, "front")
    office.open_centre()
    box.open_bridge()
    eventually(lambda: any("line up" in line for line in box.bridge.errors))
    told = office.folder / "front.json"

    said = office.collector("command", "front", "support-bundle", "--wait", "--file", told)

    assert said == "front: done\n"
    bundle = json.loads(told.read_text(encoding="utf-8"))
    assert (bundle["kiosk"], bundle["journal"]["door_runs"]) == ("front", False)
    assert bundle["journal"]["bridge_runs"]
    office.collector("command", "front", "log-level", "debug", "--minutes", "5")
    eventually(lambda: any("logging from debug on" in line for line in box.bridge.errors))


def test_the_centre_sends_a_guard_and_a_question_and_hears_of_every_visit(office, tmp_path):
    pin = "264819"
    box = Box(office, "front")
    office.open_centre()
    asked = tmp_path / "questions.toml"
    asked.write_text(
        '[[questions]]\nid = "counter"\ntext = { vi = "Quý vị đến quầy nào?" }\nanswers = [\n'
        '  { id = "papers", text = { vi = "Hộ tịch" } },\n  { id = "land", text = { vi = "Đất đai" } },\n]\n'
        '[[questions]]\nid = "fever"\ntext = { vi = "Quý vị có sốt không?" }\npersonal = true\n',
        encoding="utf-8",
    )
    office.collector("place", "set", PLACE, "--no-self-service")
    office.collector("place", "questions", PLACE, asked)
    office.collector("guard", "add", PLACE, "Lò Văn An", "--pin-stdin", told=f"{pin}\n")
    badge = tmp_path / "badge.png"
    office.collector("guard", "badge", PLACE, "Lò Văn An", "--file", badge)
    box.open_bridge()
    door = box.open_door()
    door.next(signs=[])
    eventually(lambda: box.in_force() == 1)

    door.say("key 0912345678#")
    assert door.next(state="showing")["reason"] == "guard_needed"
    door.say(f"show {badge}")
    assert door.next(cue="on_duty")["signs"] == ["on_duty"]
    door.say("key 0912345678#")
    door.next(state="asking")
    door.say("key 21")
    door.next(cue="welcome")
    eventually(
        lambda: office.stored("operator, verified, answers") == [("Lò Văn An", 1, '{"counter":"land"}')]
    )

    # The PIN does as well as the badge; what was a mistake is taken back, and the centre counts nobody.
    door.say("wait 1.2", "key *0", "wait 0.2", f"key *{pin}#")
    door.next(reason="on_duty")
    door.say("key *3*")
    door.next(cue="taken_back")
    eventually(
        lambda: office.stored("direction, operator, corrects IS NOT NULL")[1:] == [("out", "Lò Văn An", 1)]
    )
    assert "in 0, out 0" in office.collector("visits")
    assert pin not in "".join(door.errors)
