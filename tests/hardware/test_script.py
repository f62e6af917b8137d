"""The words of `kiosk run --simulated`."""

from threading import Event, Timer

import pytest

from hardware.simulated.script import play
from kiosk.errors import BadPicture
from kiosk.reports import Closing
from tests import people


class Levers:
    """A scanner and a keypad in one, which write down what is asked of them."""

    def __init__(self, name, said):
        self.name, self.said = name, said

    def hold_up(self, path):
        self.said.append(f"hold up {path}")
        if path.name == "bad.png":
            raise BadPicture(f"{path}: no such file; check the name and the folder")
        return True

    def scan(self, path):
        self.said.append(f"scan {path}")
        if path.name == "bad.txt":
            raise BadPicture(f"{path}: no such file; name a text file")
        return True

    def press(self, key):
        if key == "D":
            raise ValueError('keypad: no key "D"; press one of 1 2 3')
        self.said.append(key)

    def lose(self):
        self.said.append(f"{self.name} lost")

    def find(self):
        self.said.append(f"{self.name} found")

    def settle(self):
        pass


class Held:
    """A button that need not be held for long."""

    def __init__(self, said):
        self.said = said

    def hold_until_it_counts(self, _stop):
        self.said.append("button held")


class Joined:
    """A camera and a reader."""

    def __init__(self, said):
        self.parts = {"simulated": Levers("camera", said), "simulated_reader": Levers("reader", said)}


class Stage:
    def __init__(self):
        self.said, self.reports, self.complaints, self.stop = [], [], [], Event()
        self.button = Held(self.said)

    def play(self, text):
        scanner, keypad = Joined(self.said), Levers("keypad", self.said)
        lines = text.splitlines(keepends=True)
        return play(
            lines, scanner, keypad, self.reports.append, self.stop, self.complaints.append, self.button
        )


@pytest.fixture
def stage():
    return Stage()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("show card.png", ["hold up card.png"]),
        ("show  thẻ của tôi.png  ", ["hold up thẻ của tôi.png"]),
        ("key 7", ["7"]),
        ("key 0912*#", ["0", "9", "1", "2", "*", "#"]),
        ("key #", ["#"]),
        ("key 1A", ["1", "A"]),
        ("scan card.txt", ["scan card.txt"]),
        ("scan  thẻ của tôi.txt  ", ["scan thẻ của tôi.txt"]),
        ("camera lost", ["camera lost"]),
        ("camera found", ["camera found"]),
        ("keypad lost", ["keypad lost"]),
        ("keypad found", ["keypad found"]),
        ("reader lost", ["reader lost"]),
        ("reader found", ["reader found"]),
        ("wait 0.001", []),
        ("# key 7", []),
        ("   # key 7", []),
        ("", []),
    ],
)
def test_a_good_line_is_done(stage, line, said):
    assert stage.play(line)
    assert (stage.said, stage.complaints) == (said, [])


def test_the_lines_are_done_in_order(stage):
    stage.play("key 1\nshow card.png\ncamera lost\nkey 2\n")

    assert stage.said == ["1", "hold up card.png", "camera lost", "2"]


def test_after_the_last_line_the_door_is_asked_to_close(stage):
    stage.play("key 1\n")

    assert stage.reports == [Closing()]


def test_nothing_is_done_after_quit(stage):
    stage.play("key 1\nquit\nkey 2\n")

    assert (stage.said, stage.reports) == (["1"], [Closing()])


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("shwo card.png", "unknown word; did you mean `show`?"),
        ("Key 1", "unknown word; did you mean `key`?"),
        ("dance", "unknown word; the words are show, scan, key, button, camera, keypad, reader, wait, quit"),
        ("show", "show: which picture? Say `show card.png`"),
        ("show bad.png", "show: bad.png: no such file; check the name and the folder"),
        ("key", "key: the keys are 0 to 9, * and #; say `key 0912345678#`"),
        ("key 0912x345", "key: the keys are 0 to 9, * and #; say `key 0912345678#`"),
        (
            "key D",
            "key: this keypad has no fourth column; start the door with --set 'keypad.column_pins=[12, 16, 20, 21]'",
        ),
        ("scan", "scan: which text? Say `scan card.txt`"),
        ("scan bad.txt", "scan: bad.txt: no such file; name a text file"),
        ("reader off", "reader: say `reader lost` or `reader found`"),
        ("camera off", "camera: say `camera lost` or `camera found`"),
        ("keypad", "keypad: say `keypad lost` or `keypad found`"),
        ("wait a little", "wait: how many seconds? Say `wait 2.5`, up to 3600"),
        ("wait nan", "wait: how many seconds? Say `wait 2.5`, up to 3600"),
        ("wait -1", "wait: how many seconds? Say `wait 2.5`, up to 3600"),
        ("quit now", "quit: stands alone on its line"),
    ],
)
def test_a_bad_line_is_complained_of_and_passed_over(stage, line, complaint):
    assert not stage.play(f"# a day\n{line}\nkey 1\n")
    assert stage.complaints == [f"line 2: {complaint}"]
    assert (stage.said[-1], stage.reports) == ("1", [Closing()])


@pytest.mark.parametrize("line", ["scan card.txt", "reader lost"])
def test_a_door_without_a_reader_says_how_to_get_one(line):
    said, complaints = [], []
    play([line], Levers("camera", said), Levers("keypad", said), [].append, Event(), complaints.append)

    remedy = """start it with --set 'devices.scanner=["simulated", "simulated_reader"]'"""
    assert complaints == [f"line 1: {line.split()[0]}: this door has none; {remedy}"]


@pytest.mark.parametrize("line", [people.CCCD, f"key {people.CCCD}", "key 0912345678a"])
def test_a_complaint_never_repeats_what_a_code_or_key_said(stage, line):
    stage.play(line)

    assert people.ID_NUMBER[:6] not in stage.complaints[0]
    assert "Thử" not in stage.complaints[0]
    assert "0912345678a" not in stage.complaints[0]


def test_stopping_ends_a_wait(stage):
    Timer(0.01, stage.stop.set).start()

    assert stage.play("wait 3600\nkey 1\n")
    assert (stage.said, stage.reports) == ([], [])


def test_the_button_is_held_until_it_counts():
    stage = Stage()

    assert stage.play("button\n")

    assert stage.said == ["button held"]


def test_a_door_without_a_button_says_so():
    stage = Stage()
    stage.button = None

    assert not stage.play("button\n")

    assert "at a door whose button is simulated" in stage.complaints[0]
