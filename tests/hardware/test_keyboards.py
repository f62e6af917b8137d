"""Keyboards on USB, as the kernel tells of them."""

import errno
import os
import struct
import sys
import time
from pathlib import Path

import evdev
import pytest
from evdev import ecodes
from evdev.eventio import EventIO

from hardware import keyboards
from hardware.keyboards import PluggedIn, Stroke
from kiosk.errors import DeviceLost, DeviceMissing


class Piped(EventIO):
    """An event device whose kernel is a pipe; evdev reads it as it reads any other."""

    name = "Invented keyboard"

    def __init__(self, path):
        self.path = path
        self.fd, self.kernel = os.pipe()
        os.set_blocking(self.fd, False)
        self.grabs = self.closed = 0
        self.is_gone = False

    def capabilities(self):
        return {ecodes.EV_SYN: [0], ecodes.EV_KEY: [ecodes.KEY_A, ecodes.KEY_KP1]}

    def tell(self, *events):
        for kind, code, value in events:
            os.write(self.kernel, struct.pack("llHHi", 12, 500_000, kind, code, value))

    def read(self):
        if self.is_gone:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        return super().read()

    def grab(self):
        self.grabs += 1

    def close(self):
        self.closed += 1


@pytest.fixture
def asked(monkeypatch):
    """What the kernel was asked for, on files where it can do nothing of it."""
    said = []
    monkeypatch.setattr(keyboards.fcntl, "ioctl", lambda _file, number, wish: said.append((number, wish)))
    return said


@pytest.fixture
def device(monkeypatch, asked):
    made = []
    monkeypatch.setattr(evdev, "InputDevice", lambda path: made.append(Piped(path)) or made[-1])
    keyboard = PluggedIn().open(Path("/dev/input/event3"))
    yield keyboard, made[0]
    os.close(made[0].fd)
    os.close(made[0].kernel)


def test_a_key_that_goes_down_and_up_is_two_strokes_with_their_time(device):
    keyboard, kernel = device
    kernel.tell((ecodes.EV_KEY, ecodes.KEY_A, 1), (ecodes.EV_SYN, 0, 0), (ecodes.EV_KEY, ecodes.KEY_A, 0))

    assert keyboard.strokes() == [
        Stroke(ecodes.KEY_A, down=True, at_s=12.5),
        Stroke(ecodes.KEY_A, down=False, at_s=12.5),
    ]


def test_a_key_that_is_held_is_no_further_stroke(device):
    keyboard, kernel = device
    kernel.tell((ecodes.EV_KEY, ecodes.KEY_A, 2))

    assert keyboard.strokes() == []


def test_what_the_kernel_had_to_drop_is_told(device):
    keyboard, kernel = device
    kernel.tell((ecodes.EV_SYN, ecodes.SYN_DROPPED, 0))

    assert keyboard.strokes() == [None]


def test_nothing_struck_is_no_stroke(device):
    assert device[0].strokes() == []


def test_a_keyboard_that_is_unplugged_is_lost(device):
    keyboard, kernel = device
    kernel.is_gone = True

    with pytest.raises(
        DeviceLost, match=r"^Invented keyboard: unplugged \(No such device\); plug it in again"
    ):
        keyboard.strokes()


def test_a_keyboard_tells_its_name_its_keys_and_its_file(device):
    keyboard, kernel = device

    assert (keyboard.name, keyboard.codes) == ("Invented keyboard", {ecodes.KEY_A, ecodes.KEY_KP1})
    assert keyboard.fileno() == kernel.fd


def test_a_keyboard_is_grabbed_and_closed(device):
    keyboard, kernel = device
    keyboard.grab()
    keyboard.close()

    assert (kernel.grabs, kernel.closed) == (1, 1)


def test_the_kernel_is_asked_for_a_clock_that_never_jumps(device, asked):
    assert asked[0] == (0x400445A0, struct.pack("i", time.CLOCK_MONOTONIC))


def test_a_file_that_is_no_keyboard_is_not_left_open(monkeypatch):
    made = []
    monkeypatch.setattr(evdev, "InputDevice", lambda path: made.append(Piped(path)) or made[-1])

    with pytest.raises(OSError, match="Inappropriate ioctl"):
        PluggedIn().open(Path("/dev/input/event3"))
    assert made[0].closed == 1


def test_a_keyboard_whose_name_is_no_text_cannot_be_opened(monkeypatch):
    monkeypatch.setattr(evdev, "InputDevice", lambda _path: b"\xff".decode())

    with pytest.raises(OSError, match="its name is not UTF-8"):
        PluggedIn().open(Path("/dev/input/event3"))


def test_without_evdev_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "evdev", None)

    with pytest.raises(DeviceMissing, match="sudo apt install python3-evdev"):
        PluggedIn().open(Path("/dev/input/event3"))


def test_keyboards_come_in_the_order_in_which_they_were_plugged_in(tmp_path):
    for name in ("event10", "event2", "mouse0", "event0"):
        (tmp_path / name).touch()

    assert [path.name for path in PluggedIn(tmp_path).paths()] == ["event0", "event2", "event10"]


def test_strokes_are_told_to_no_log():
    assert "30" not in repr(Stroke(30, down=True, at_s=1.5))
