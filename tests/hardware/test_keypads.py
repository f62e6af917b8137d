"""What all keypads have in common, whatever they are made of."""

from dataclasses import dataclass
from typing import Any

import pytest
from gpiozero import GPIODevice

from hardware import keymaps
from hardware.keypad import MatrixKeypad
from hardware.pad import UsbKeypad
from hardware.simulated.keyboards import SimulatedKeyboard, SimulatedKeyboards
from hardware.simulated.keypad import SimulatedKeypad
from kiosk.reports import DeviceChange, KeyPress
from tests.hardware.hearing import hearing
from tests.hardware.membrane import Membrane

TWELVE = "1234567890*#"
LETTERS = "ABCD"
ON_A_PAD = {
    **{digit: code for code, digit in keymaps.PAD_DIGITS.items()},
    "*": keymaps.PAD_STAR,
    "#": keymaps.PAD_ENTER,
    "A": keymaps.PAD_PLUS,
    "B": keymaps.PAD_MINUS,
    "C": keymaps.PAD_SLASH,
    "D": keymaps.PAD_EQUALS,
}


@dataclass
class OnPins:
    """A membrane keypad and a finger."""

    columns: int
    part = "matrix"

    def __post_init__(self):
        self.membrane = Membrane(self.columns)
        self.device = MatrixKeypad(column_pins=self.membrane.columns, pin_factory=self.membrane.factory)
        self.taken: Any = None

    def press(self, key):
        self.membrane.down = {key}

    def let_go(self):
        self.membrane.down = set()

    def lose(self):
        self.membrane.broken = True

    def find(self):
        self.membrane.broken = False

    def take(self):
        self.taken = GPIODevice(5, pin_factory=self.membrane.factory)

    def give(self):
        self.taken.close()


class OnUsb:
    """A numeric pad and a finger."""

    part = "usb"

    def __init__(self):
        self.pad = SimulatedKeyboard("Numeric Keypad")
        self.device = UsbKeypad(keyboards=SimulatedKeyboards(self.pad))
        self.lose, self.find, self.take, self.give = (
            self.pad.unplug, self.pad.plug, self.pad.unplug, self.pad.plug,
        )  # fmt: skip

    def press(self, key):
        assert self.pad.press(ON_A_PAD[key])

    def let_go(self):
        pass


class InMemory:
    """The simulated keypad and its levers."""

    part = "matrix"

    def __init__(self):
        self.device = SimulatedKeypad(column_pins=(12, 16, 20, 21))
        self.press, self.lose, self.find = self.device.press, self.device.lose, self.device.find

    def let_go(self):
        pass


MADE = {
    "matrix of twelve": lambda: OnPins(3),
    "matrix of sixteen": lambda: OnPins(4),
    "usb": OnUsb,
    "simulated": InMemory,
}
ALL_KEYS = [
    (name, key) for name in MADE for key in (TWELVE if name == "matrix of twelve" else TWELVE + LETTERS)
]


@pytest.fixture(params=MADE)
def keypad(request):
    return MADE[request.param]()


@pytest.mark.parametrize(("name", "key"), ALL_KEYS)
def test_all_give_the_same_keys(name, key):
    keypad = MADE[name]()
    with hearing(keypad.device) as door:
        door.next_of(DeviceChange)
        keypad.press(key)

        assert door.next() == KeyPress(key)


def test_a_keypad_says_that_it_is_there(keypad):
    with hearing(keypad.device) as door:
        assert door.next() == DeviceChange("keypad", present=True, part=keypad.part)


def test_a_keypad_that_is_lost_says_so_once_and_comes_back(keypad):
    with hearing(keypad.device) as door:
        door.next()
        keypad.lose()
        lost = door.next()
        keypad.find()
        while not (found := door.next()).present:
            assert found.problem != lost.problem

    assert (lost.present, lost.device, lost.part) == (False, "keypad", keypad.part)
    assert lost.problem
    assert found == DeviceChange("keypad", present=True, part=keypad.part)


def test_keys_count_again_after_it_came_back(keypad):
    with hearing(keypad.device) as door:
        door.next()
        keypad.lose()
        door.next()
        keypad.find()
        while not door.next().present:
            pass
        keypad.press("7")

        assert door.next() == KeyPress("7")


@pytest.mark.parametrize("name", ["matrix of twelve", "usb"])
def test_a_keypad_that_was_never_there_is_waited_for(name):
    keypad = MADE[name]()
    keypad.take()
    with hearing(keypad.device) as door:
        missing = door.next()
        keypad.give()

        assert (missing.present, missing.part) == (False, keypad.part)
        assert door.next() == DeviceChange("keypad", present=True, part=keypad.part)
