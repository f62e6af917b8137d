"""`kiosk check --wire`: a technician is asked about each part, and told which wire is wrong."""

import contextlib
import subprocess
from itertools import chain
from queue import Empty, Queue

import pytest
from click.testing import CliRunner

from hardware.simulated.codes import write_code
from kiosk import commands, words
from kiosk.__main__ import kiosk
from kiosk.checking.wire import keys, lamps
from kiosk.checking.wire.walk import Walk
from kiosk.errors import DeviceMissing
from kiosk.findings import State
from kiosk.store.holding import DOOR, Hold
from tests import people
from tests.programs import BIN

THREE, FOUR = keys.layout(3), keys.layout(4)
WELL = {key: key for key in chain(*THREE)}


def pressed(rows, came):
    """What came, key by key, when the wires lead to the keys of `came`."""
    return dict(zip(chain(*rows), chain(*came), strict=True))


@pytest.mark.parametrize("rows", [THREE, FOUR])
def test_keys_that_come_as_themselves_need_no_words(rows):
    assert keys.explained(rows, pressed(rows, rows)) == []


@pytest.mark.parametrize(
    ("rows", "came", "says"),
    [
        (THREE, ("123", "789", "456", "*0#"), "rows 2 and 3 are swapped: change keypad.row_pins[1] for"),
        (THREE, ("321", "654", "987", "#0*"), "columns 1 and 3 are swapped: change keypad.column_pins[0] for"),
        (THREE, ("456", "789", "123", "*0#"), "rows are in another order (1 comes as 2, 2 comes as 3, 3 comes as 1)"),
        (FOUR, ("147*", "2580", "369#", "ABCD"), "rows and columns are exchanged"),
        (FOUR, ("A321", "B654", "C987", "D#0*"), "columns 1 and 4 are swapped"),
        (THREE, ("113", "456", "789", "*0#"), "2 came as 1: no order of the wires explains that"),
    ],
)  # fmt: skip
def test_wires_that_are_swapped_are_named(rows, came, says):
    assert says in "; ".join(keys.explained(rows, pressed(rows, came)))


def test_rows_and_columns_may_be_swapped_both():
    told = keys.explained(THREE, pressed(THREE, ("654", "321", "987", "#0*")))

    assert [one.split(":")[0] for one in told] == ["rows 1 and 2 are swapped", "columns 1 and 3 are swapped"]


@pytest.mark.parametrize(
    ("silent", "says"),
    [
        ("456", "row 2 is silent (4 5 6): its wire, keypad.row_pins[1], is off"),
        ("147*", "column 1 is silent (* 1 4 7): its wire, keypad.column_pins[0], is off"),
        ("5", "did not come: 5; press them once more"),
        ("123456789*0#", "no key came: see that keypad and box are joined"),
    ],
)
def test_keys_that_do_not_come_tell_of_the_wire_that_is_off(silent, says):
    heard = {key: came for key, came in WELL.items() if key not in silent}

    (told,) = keys.explained(THREE, heard)
    assert told.startswith(says)


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (("red", "green", "blue"), ""),
        (("", "", ""), ""),
        (("green", "red", "blue"), "lamp.red_pin and lamp.green_pin are swapped"),
        (("green", "blue", "red"), "lamp.red_pin and lamp.green_pin and lamp.blue_pin are swapped"),
        (("dark", "dark", "dark"), "see its common wire"),
        (("red", "dark", "blue"), "green stays dark: see lamp.green_pin"),
        (("other", "other", "other"), "change lamp.active_high"),
        (("red", "red", "blue"), "green came as red: see lamp.green_pin"),
    ],
)
def test_the_lamps_wires_are_told_by_what_was_seen(seen, says):
    told = lamps.explained(dict(zip(lamps.COLOURS, seen, strict=True)))

    assert says in "; ".join(told)
    assert bool(told) is bool(says)


class Technician:
    """Somebody who reads the questions and answers by what a test has written down, the first that fits."""

    def __init__(self, folder, answers, *settings, language="en"):
        chosen = commands.chosen_settings(None, str(folder), tuple(settings), simulated=True)
        self.said = []
        self._answers = list(answers)
        self._lines = Queue()
        self.walk = Walk(chosen, language, self._hear, patience_s=2.0)

    def _hear(self, line):
        self.said.append(line)
        for number, (question, answer) in enumerate(self._answers):
            if line.startswith(question):
                del self._answers[number]
                self._lines.put(answer)
                return

    def _typed(self, stop):
        while not stop.is_set():
            with contextlib.suppress(Empty):
                yield self._lines.get(timeout=0.02)

    def goes(self):
        return {one.part: (one.state, one.says) for one in self.walk.run(self._typed)}


LOOKS = [("Which colour", "1"), ("Which colour", "2"), ("Which colour", "3"), ("Did you hear", "y"),
         ("Does the light", "1"), ("Is the screen", "y"), ("Is the screen", "1"), ("Is the screen", "1")]  # fmt: skip


def keyed(came="123456789*0#"):
    return [(f"Press {key}", f"key {one}") for key, one in zip("123456789*0#", came, strict=True)]


@pytest.fixture
def card(tmp_path):
    write_code(people.CCCD, path := tmp_path / "card.png")
    return path


def test_a_box_whose_wires_are_right_is_all_well(tmp_path, card):
    technician = Technician(tmp_path, [*LOOKS, *keyed(), ("Hold any code", f"show {card}"), ("Hold the button", "button")],
                            "button.hold_s=0.1")  # fmt: skip

    found = technician.goes()

    assert {part: state for part, (state, _) in found.items()} == dict.fromkeys(
        ("lamp", "buzzer", "light", "screen", "keypad", "camera", "button"), State.OK
    )
    assert found["camera"][1].startswith("reads; the code fills ")
    assert "Thử" not in str(found) + str(technician.said)


def test_wires_that_are_wrong_are_told_each_in_its_line(tmp_path):
    looks = [("Which colour", "2"), ("Which colour", "1"), *LOOKS[2:3], ("Did you hear", "n"), *LOOKS[4:7],
             ("Is the screen", "n")]  # fmt: skip
    technician = Technician(tmp_path, [*looks, *keyed("456123789*0#"), ("Hold the button", "0")])

    found = technician.goes()

    assert found["lamp"][1].endswith("lamp.red_pin and lamp.green_pin are swapped")
    assert found["buzzer"][0] is found["screen"][0] is found["keypad"][0] is found["camera"][0] is State.WRONG
    assert found["screen"][1].startswith("not red as it should be")
    assert found["keypad"][1].startswith("rows 1 and 2 are swapped")
    assert found["camera"][1].startswith("no code was read")
    assert found["button"] == (State.WARNING, "passed over")


def test_answers_may_come_from_the_boxs_own_keypad(tmp_path):
    by_keys = [(question, {"y": "key 1"}.get(answer, f"key {answer}")) for question, answer in LOOKS]
    technician = Technician(tmp_path, [*by_keys, ("Press 1", "q")])

    found = technician.goes()

    assert [found[part][0] for part in ("lamp", "buzzer", "light", "screen")] == [State.OK] * 4


def test_who_has_enough_ends_and_the_rest_was_not_tried(tmp_path):
    found = Technician(tmp_path, [*LOOKS[:2], ("Which colour", "q")]).goes()

    assert set(found.values()) == {(State.WARNING, "not tried")}
    assert next(iter(found)) == "lamp"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "broken off, 7 of 7 parts not tried"),
        ("1\n2\nq\n", "broken off"),
        ("\n" * 40, "nothing was tried"),
    ],
    ids=["nobody", "somebody who ends", "nothing but passing over"],
)
def test_a_walk_that_tried_nothing_is_no_pass(tmp_path, typed, says):
    asked = [BIN / "kiosk", "check", "--wire", "--simulated", "--data", tmp_path]
    done = subprocess.run(asked, input=typed, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 2
    assert says in done.stderr


def test_a_walk_ends_that_is_told_the_same_without_end(tmp_path):
    with subprocess.Popen(["yes", ""], stdout=subprocess.PIPE) as typing:
        asked = [BIN / "kiosk", "check", "--wire", "--simulated", "--data", tmp_path]
        done = subprocess.run(asked, stdin=typing.stdout, capture_output=True, check=False, timeout=60)
        typing.stdout.close()

    assert done.returncode == 2


def test_a_walk_ends_when_it_is_told_to(tmp_path):
    asked = [BIN / "kiosk", "check", "--wire", "--simulated", "--data", tmp_path]
    with subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as walk:
        while not walk.stdout.readline().startswith("Which colour"):
            pass
        walk.terminate()

        assert walk.wait(timeout=30) != 0


def test_what_is_passed_over_is_neither_well_nor_wrong(tmp_path):
    found = Technician(tmp_path, [(question, "0") for question, _ in LOOKS] + [("Press 1", "0"), ("Hold any", "0"),
                       ("Hold the", "0")]).goes()  # fmt: skip

    assert set(found.values()) == {(State.WARNING, "passed over")}


def test_a_technician_is_asked_in_vietnamese_too(tmp_path):
    technician = Technician(tmp_path, [("Đèn đang sáng", "q")], language="vi")
    technician.goes()

    assert (
        technician.said[1]
        == "Đèn đang sáng màu gì?   1 đỏ  2 xanh lá  3 xanh dương  4 không sáng  5 màu khác"
    )


def test_every_language_has_the_questions():
    for language in words.languages():
        table = words.load(language).table
        assert {f"check.wire.{answer}" for answer in lamps.ANSWERS} <= table.keys()


def test_the_devices_of_a_running_door_are_left_alone(tmp_path):
    hold = Hold(tmp_path, DOOR)
    try:
        with pytest.raises(DeviceMissing, match="stop the door"):
            Technician(tmp_path, []).goes()
    finally:
        hold.release()


def test_the_command_ends_with_a_table_and_says_by_its_exit_code_that_something_is_wrong(tmp_path):
    command = [BIN / "kiosk", "check", "--wire", "--simulated", "--data", tmp_path]
    done = subprocess.run(command, input="4\n4\n4\nq\n", capture_output=True, text=True, check=False)

    assert done.returncode == 2
    table = done.stdout.split("\n\n")[1].splitlines()
    assert table[0] == "wrong    lamp        dark: see its common wire, the lamp's pins, and lamp.active_high"
    assert [line.split()[1] for line in table] == [
        "lamp",
        "buzzer",
        "light",
        "screen",
        "keypad",
        "camera",
        "button",
    ]


@pytest.mark.parametrize("more", [["--screen"], ["--json"]])
def test_a_walk_is_taken_alone(more):
    done = CliRunner().invoke(kiosk, ["check", "--simulated", "--wire", *more])

    assert isinstance(done.exception, Exception)
    assert "--wire: not with" in str(done.exception)
