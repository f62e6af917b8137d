"""The keypad."""

from queue import Empty, SimpleQueue
from threading import Event, Thread

import pytest
from gpiozero import GPIODevice
from gpiozero.pins.mock import MockFactory, MockPin

from hardware.keypad import LAYOUT, STEADY_SCANS, Debouncer, MatrixKeypad, _Matrix
from hardware.simulated.keypad import SimulatedKeypad
from kiosk.errors import DeviceLost, DeviceMissing
from kiosk.model import DeviceChange, KeyPress

ROWS, COLUMNS = (5, 6, 13, 19), (12, 16, 20)
SOON_S = 5
KEYS = "".join(LAYOUT)


class Membrane:
    """The wires between rows and columns: current flows through every key that is down, and on."""

    def __init__(self):
        self.down = set()
        self.broken = False
        self.looks = 0
        self.shorted = False
        self.factory = MockFactory(pin_class=MockPin)
        membrane = self

        class WiredPin(MockPin):
            def _get_state(self):
                membrane.looks += 1
                if membrane.broken:
                    raise OSError(5, "Input/output error")
                if self.function == "input" and self.info.name in membrane.names(COLUMNS):
                    return not membrane.is_low(self)
                return super()._get_state()

            def _set_state(self, value):
                super()._set_state(value)
                membrane.check()

        self.factory.pin_class = WiredPin

    def names(self, numbers):
        return {f"GPIO{number}" for number in numbers}

    def wires(self):
        for key in self.down:
            row = next(index for index, keys in enumerate(LAYOUT) if key in keys)
            yield f"GPIO{ROWS[row]}", f"GPIO{COLUMNS[LAYOUT[row].index(key)]}"

    def is_low(self, pin):
        """Whether a driven row reaches this pin through keys that are down, over any detour."""
        reached, before = {pin.info.name}, None
        while reached != before:
            before = set(reached)
            for row, column in self.wires():
                if row in reached or column in reached:
                    reached |= {row, column}
        driven = {p.info.name for p in self.factory.pins.values() if p.function == "output" and not p._state}
        return bool(reached & driven)

    def check(self):
        driving = [pin for pin in self.factory.pins.values() if pin.function == "output"]
        self.shorted = self.shorted or len(driving) > 1


class Door:
    """Hears what the keypad reports."""

    def __init__(self, keypad):
        self.stop = Event()
        self.heard = SimpleQueue()
        self.thread = Thread(target=keypad.run, args=(self.heard.put, self.stop))
        self.thread.start()

    def next(self):
        return self.heard.get(timeout=SOON_S)

    def nothing(self):
        with pytest.raises(Empty):
            self.heard.get_nowait()

    def end(self):
        self.stop.set()
        self.thread.join(SOON_S)
        assert not self.thread.is_alive()


@pytest.fixture
def membrane():
    return Membrane()


@pytest.fixture
def matrix(membrane):
    opened = _Matrix(ROWS, COLUMNS, membrane.factory)
    yield opened
    opened.close()


@pytest.fixture
def start():
    doors = []

    def begin(keypad):
        doors.append(Door(keypad))
        return doors[-1]

    yield begin
    for door in doors:
        door.end()


def looks(debouncer, *keys):
    """What comes of holding these keys down, one after the other, long enough each."""
    return [
        press
        for down in keys
        for press in [debouncer.look(frozenset(down)) for _ in range(STEADY_SCANS + 2)]
        if press
    ]


def test_a_key_held_long_is_pressed_once():
    assert looks(Debouncer(), "5", "5", "5") == ["5"]


def test_a_key_pressed_again_is_pressed_twice():
    assert looks(Debouncer(), "5", "", "5") == ["5", "5"]


def test_a_bouncing_contact_is_one_press():
    debouncer = Debouncer()
    bounces = [debouncer.look(frozenset(down)) for down in ("5", "", "5", "5", "", "5", "5", "5", "5")]
    assert [press for press in bounces if press] == ["5"]


def test_a_contact_bouncing_on_release_is_one_press():
    debouncer = Debouncer()
    assert looks(debouncer, "5") == ["5"]
    assert [debouncer.look(frozenset(down)) for down in ("", "5", "", "", "5")] == [None] * 5


def test_two_keys_at_once_are_nothing():
    assert looks(Debouncer(), "58") == []


def test_the_last_of_two_keys_let_go_is_nothing():
    assert looks(Debouncer(), "58", "8", "") == []


def test_after_two_keys_at_once_the_next_key_counts():
    assert looks(Debouncer(), "58", "", "8") == ["8"]


def test_a_quick_finger_that_rolls_from_key_to_key_presses_both():
    assert looks(Debouncer(), "5", "58", "8", "") == ["5", "8"]


def test_a_second_key_touched_while_one_is_held_is_nothing():
    assert looks(Debouncer(), "5", "58", "5", "") == ["5"]


@pytest.mark.parametrize("key", KEYS)
def test_each_key_is_read_where_it_lies(membrane, matrix, key):
    membrane.down = {key}
    assert matrix.down() == {key}


def test_no_key_down_reads_as_nothing(matrix):
    assert matrix.down() == frozenset()


def test_two_keys_down_never_short_two_driven_pins(membrane, matrix):
    membrane.down = {"1", "4"}
    assert matrix.down() == {"1", "4"}
    assert not membrane.shorted


def test_three_keys_down_show_a_ghost_and_the_ghost_is_not_pressed(membrane, matrix):
    membrane.down = {"1", "2", "4"}
    ghosts = matrix.down()
    assert ghosts == {"1", "2", "4", "5"}
    assert looks(Debouncer(), ghosts) == []


def test_a_pin_that_fails_is_a_lost_device(membrane, matrix):
    membrane.broken = True
    with pytest.raises(DeviceLost, match="cable"):
        matrix.down()


def test_a_pin_in_use_is_a_missing_device_and_the_others_are_free_again(membrane):
    held = GPIODevice(20, pin_factory=membrane.factory)
    with pytest.raises(DeviceMissing, match="column_pins"):
        _Matrix(ROWS, COLUMNS, membrane.factory)
    held.close()
    _Matrix(ROWS, COLUMNS, membrane.factory).close()


def test_a_pressed_key_is_reported(membrane, start):
    door = start(MatrixKeypad(pin_factory=membrane.factory))
    assert door.next() == DeviceChange("keypad", present=True)
    membrane.down = {"7"}
    assert door.next() == KeyPress("7")


def test_a_keypad_that_fails_is_reported_lost(membrane, start):
    door = start(MatrixKeypad(pin_factory=membrane.factory))
    door.next()
    membrane.broken = True
    change = door.next()
    assert not change.present
    assert "cable" in change.problem


def test_a_keypad_that_comes_back_is_reported_found(membrane, start):
    held = GPIODevice(5, pin_factory=membrane.factory)
    door = start(MatrixKeypad(pin_factory=membrane.factory))
    assert door.next().present is False
    held.close()
    assert door.next() == DeviceChange("keypad", present=True)


def test_the_door_ends_soon_while_a_keypad_is_missing(membrane):
    held = GPIODevice(5, pin_factory=membrane.factory)
    door = Door(MatrixKeypad(pin_factory=membrane.factory))
    door.next()
    door.end()
    held.close()


def test_the_pins_are_given_back_at_the_end(membrane):
    door = Door(MatrixKeypad(pin_factory=membrane.factory))
    door.next()
    door.end()
    GPIODevice(5, pin_factory=membrane.factory).close()


@pytest.mark.parametrize(
    "pins",
    [
        {"row_pins": (5, 6, 13)},
        {"column_pins": (12, 16, 20, 21)},
        {"row_pins": (5, 5, 13, 19)},
        {"column_pins": (5, 16, 20)},
    ],
)
def test_pins_that_make_no_keypad_are_refused_with_a_remedy(pins):
    with pytest.raises(ValueError, match="four rows and three columns"):
        MatrixKeypad(**pins)


def test_a_simulated_key_is_reported(start):
    keypad = SimulatedKeypad()
    keypad.press("4")
    door = start(keypad)
    assert [door.next(), door.next()] == [DeviceChange("keypad", present=True), KeyPress("4")]


def test_a_simulated_keypad_can_be_lost_and_found(start):
    keypad = SimulatedKeypad()
    keypad.lose()
    keypad.press("4")
    keypad.find()
    keypad.press("#")
    door = start(keypad)
    assert [door.next().present for _ in range(3)] == [True, False, True]
    assert door.next() == KeyPress("#")


@pytest.mark.parametrize("key", ["a", "", "12", "٣"])
def test_a_key_that_does_not_exist_cannot_be_pressed(key):
    with pytest.raises(ValueError, match="press one of"):
        SimulatedKeypad().press(key)


def test_pressed_keys_are_told_to_no_log():
    assert "5" not in repr(KeyPress("5"))
