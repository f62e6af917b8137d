"""The numeric pad on USB, beside what all keypads have in common."""

import pytest
from evdev import ecodes

from hardware.pad import UsbKeypad
from hardware.simulated.keyboards import SimulatedKeyboard, SimulatedKeyboards
from kiosk.reports import DeviceChange, KeyPress
from tests.hardware.hearing import hearing


@pytest.fixture
def numpad():
    return SimulatedKeyboard("Numeric Keypad")


@pytest.fixture
def door(numpad):
    with hearing(UsbKeypad(keyboards=SimulatedKeyboards(numpad))) as listening:
        listening.next_of(DeviceChange)
        yield listening


@pytest.mark.parametrize(
    ("name", "key"),
    [
        *((f"KEY_KP{digit}", str(digit)) for digit in range(10)),
        *((f"KEY_{digit}", str(digit)) for digit in range(10)),
        ("KEY_INSERT", "0"),
        ("KEY_END", "1"),
        ("KEY_DOWN", "2"),
        ("KEY_PAGEDOWN", "3"),
        ("KEY_LEFT", "4"),
        ("KEY_CLEAR", "5"),
        ("KEY_RIGHT", "6"),
        ("KEY_HOME", "7"),
        ("KEY_UP", "8"),
        ("KEY_PAGEUP", "9"),
        ("KEY_KPENTER", "#"),
        ("KEY_ENTER", "#"),
        ("KEY_KPASTERISK", "*"),
        ("KEY_KPDOT", "*"),
        ("KEY_BACKSPACE", "*"),
        ("KEY_DELETE", "*"),
        ("KEY_ESC", "*"),
        ("KEY_KPPLUS", "A"),
        ("KEY_KPMINUS", "B"),
        ("KEY_KPSLASH", "C"),
        ("KEY_KPEQUAL", "D"),
        ("KEY_TAB", "D"),
    ],
)
def test_each_key_of_a_pad_has_its_meaning(door, numpad, name, key):
    numpad.press(getattr(ecodes, name))

    assert door.next() == KeyPress(key)


def test_other_keys_are_nothing(door, numpad):
    numpad.press(ecodes.KEY_NUMLOCK, ecodes.KEY_Q, ecodes.KEY_LEFTSHIFT, ecodes.KEY_KP5)

    assert door.next() == KeyPress("5")


def test_a_key_is_pressed_once_and_not_when_it_comes_up_too(door, numpad):
    numpad.press(ecodes.KEY_KP1, ecodes.KEY_KP1, ecodes.KEY_KP2)

    assert [door.next().key for _ in range(3)] == ["1", "1", "2"]


def test_strokes_that_the_kernel_lost_are_no_keys(door, numpad):
    numpad.strike(None)
    numpad.press(ecodes.KEY_KP1)

    assert door.next() == KeyPress("1")


def test_its_keys_reach_nobody_else(door, numpad):
    other = numpad.open()
    numpad.press(ecodes.KEY_KP1)
    door.next()
    other.tell(())

    assert other.strokes() == []


def test_a_keyboard_that_may_be_no_pad_is_given_back_when_a_pad_comes(monkeypatch):
    monkeypatch.setattr("hardware.choosing._LOOK_S", 0.01)
    pad, keyboard = SimulatedKeyboard("Numeric Keypad"), SimulatedKeyboard("HID 1")
    pad.unplug()
    with hearing(device := UsbKeypad(keyboards=SimulatedKeyboards(keyboard, pad))) as door:
        door.next()
        before = device.name
        pad.plug()

        assert door.next() == DeviceChange("keypad", present=True, part="usb")
        assert (before, device.name) == ("HID 1", "Numeric Keypad")
        assert not keyboard.press(ecodes.KEY_KP1)
        pad.press(ecodes.KEY_KP2)
        assert door.next() == KeyPress("2")


def test_it_is_given_back_at_the_end(numpad):
    with hearing(UsbKeypad(keyboards=SimulatedKeyboards(numpad))) as door:
        door.next()

    assert not numpad.press(ecodes.KEY_KP1)
