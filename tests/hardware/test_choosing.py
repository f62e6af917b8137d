"""Which keyboard is the pad, and which the reader."""

import errno
import os
from dataclasses import replace

import pytest

from hardware import choosing, keymaps, pad, wedge
from hardware.choosing import Lookout, Wanted, take
from hardware.keyboards import FOLDER
from hardware.simulated.keyboards import ALL_KEYS, SimulatedKeyboard, SimulatedKeyboards
from kiosk.errors import DeviceMissing

PAD = Wanted("usb", "numeric pad", "", pad.suits)
READER = Wanted("wedge", "code reader", "", wedge.suits)
FEW_KEYS = frozenset({*keymaps.PAD_DIGITS, keymaps.PAD_ENTER})


@pytest.mark.parametrize(
    ("wanted", "others", "best"),
    [
        (PAD, [("USB Keyboard", ALL_KEYS)], ("SIGMACHIP USB Numeric Keypad", ALL_KEYS)),
        (PAD, [("USB Keyboard", ALL_KEYS), ("Barcode Scanner", ALL_KEYS)], ("HID 04d9", FEW_KEYS)),
        (PAD, [("Honeywell HF680", ALL_KEYS)], ("USB Keyboard", ALL_KEYS)),
        (PAD, [("Power Button", frozenset({116}))], ("USB Keyboard", ALL_KEYS)),
        (READER, [("USB Keyboard", ALL_KEYS)], ("NT USB Barcode Reader", ALL_KEYS)),
        (READER, [("Numeric Keypad", ALL_KEYS), ("HID 04d9", FEW_KEYS)], ("TMC HIDKeyBoard", ALL_KEYS)),
    ],
    ids=["pad by its name", "pad by its keys", "pad, not reader", "any keyboard", "reader by its name", "reader, not pad"],
)  # fmt: skip
def test_the_keyboard_that_suits_best_is_taken(wanted, others, best):
    plugged = SimulatedKeyboards(*(SimulatedKeyboard(*one) for one in [*others, best]))

    assert take(plugged, wanted).name == best[0]


@pytest.mark.parametrize("wanted", [PAD, READER], ids=["pad", "reader"])
def test_of_keyboards_that_nothing_tells_apart_none_is_taken(wanted):
    plugged = SimulatedKeyboards(SimulatedKeyboard("HID 1"), SimulatedKeyboard("HID 2"))

    with pytest.raises(
        DeviceMissing, match=rf"may be HID 1 or HID 2; name its file in {wanted.part}\.device$"
    ):
        take(plugged, wanted)


@pytest.mark.parametrize("wanted", [PAD, READER], ids=["pad", "reader"])
def test_what_may_be_the_pad_or_the_reader_of_one_box_is_taken_for_neither(wanted):
    plugged = SimulatedKeyboards(SimulatedKeyboard("HID 1"))

    with pytest.raises(DeviceMissing, match=rf"may be HID 1; name its file in {wanted.part}\.device$"):
        take(plugged, replace(wanted, shared=True))


@pytest.mark.parametrize("wanted", [PAD, READER], ids=["pad", "reader"])
def test_what_may_be_the_pad_or_the_reader_of_one_box_is_taken_when_it_is_named(wanted):
    plugged = SimulatedKeyboards(SimulatedKeyboard("HID 1"))

    assert take(plugged, replace(wanted, shared=True, device="event0")).name == "HID 1"


def test_beside_what_may_be_either_a_pad_and_a_reader_are_told_apart():
    plugged = SimulatedKeyboards(*map(SimulatedKeyboard, ("HID 1", "Barcode Reader", "Numeric Keypad")))
    taken = [take(plugged, replace(wanted, shared=True)).name for wanted in (PAD, READER)]

    assert taken == ["Numeric Keypad", "Barcode Reader"]


def test_a_pad_that_is_in_use_is_not_made_up_for_by_one_of_several():
    plugged = SimulatedKeyboards(*map(SimulatedKeyboard, ("HID 1", "HID 2", "Numeric Keypad")))
    take(plugged, PAD)

    with pytest.raises(DeviceMissing, match=r"^usb: Numeric Keypad: .* has taken it$"):
        take(plugged, PAD)


def test_a_keyboard_that_cannot_be_opened_is_passed_over():
    class OneUnreadable(SimulatedKeyboards):
        def open(self, path):
            if path.name == "event0":
                raise OSError(errno.EILSEQ, "its name is not UTF-8")
            return super().open(path)

    plugged = OneUnreadable(SimulatedKeyboard("\ufffd"), SimulatedKeyboard("Numeric Keypad"))
    assert take(plugged, PAD).name == "Numeric Keypad"
    with pytest.raises(DeviceMissing, match=r"event0: its name is not UTF-8; .* plug in another$"):
        take(plugged, READER)


@pytest.fixture
def lookout(monkeypatch):
    """Takes a keyboard and tells whether a better one is seen beside it, once the next look is due."""

    def sees(*plugged, wanted=PAD, later=()):
        monkeypatch.setattr(choosing, "_LOOK_S", 0)
        keyboards = SimulatedKeyboards(*plugged, *later)
        for one in later:
            one.unplug()
        looking = Lookout(keyboards, wanted, take(keyboards, wanted))
        for one in later:
            one.plug()
        return looking.sees_better()

    return sees


def test_beside_a_last_resort_a_better_one_is_seen(lookout):
    assert lookout(SimulatedKeyboard("HID 1"), later=[SimulatedKeyboard("Numeric Keypad")])


@pytest.mark.parametrize(
    ("taken", "later", "device"),
    [
        ("HID 1", [], ""),
        ("HID 1", ["HID 2", "Barcode Reader"], ""),
        ("Keypad 1", ["Keypad 2"], ""),
        ("HID 1", ["Numeric Keypad"], "event0"),
    ],
    ids=["nothing new", "none better", "one as good", "the one that is named"],
)
def test_beside_what_was_taken_nothing_better_is_seen(lookout, taken, later, device):
    wanted = replace(PAD, device=device)

    assert not lookout(SimulatedKeyboard(taken), wanted=wanted, later=[*map(SimulatedKeyboard, later)])


def test_a_better_one_that_another_has_taken_is_not_seen(monkeypatch):
    monkeypatch.setattr(choosing, "_LOOK_S", 0)
    plugged = SimulatedKeyboards(SimulatedKeyboard("HID 1"), SimulatedKeyboard("Numeric Keypad"))
    take(plugged, PAD)

    assert not Lookout(plugged, PAD, take(plugged, PAD)).sees_better()


def test_a_better_one_that_was_seen_is_free_to_be_taken(monkeypatch):
    monkeypatch.setattr(choosing, "_LOOK_S", 0)
    better = SimulatedKeyboard("Numeric Keypad")
    plugged = SimulatedKeyboards(SimulatedKeyboard("HID 1"), better)
    better.unplug()
    looking = Lookout(plugged, PAD, take(plugged, PAD))
    better.plug()
    looking.sees_better()

    assert take(plugged, PAD).name == "Numeric Keypad"


def test_it_is_not_looked_at_every_turn():
    plugged = SimulatedKeyboards(SimulatedKeyboard("HID 1"), better := SimulatedKeyboard("Numeric Keypad"))
    better.unplug()
    looking = Lookout(plugged, PAD, take(plugged, PAD))
    better.plug()

    assert not looking.sees_better()


@pytest.mark.parametrize("name", ["event1", "/dev/input/event1"])
def test_a_keyboard_that_is_named_is_taken_whatever_it_is(name):
    plugged = SimulatedKeyboards(SimulatedKeyboard("Numeric Keypad"), SimulatedKeyboard("Barcode Reader"))

    assert take(plugged, Wanted("usb", "numeric pad", name, pad.suits)).name == "Barcode Reader"


def test_a_keyboard_that_is_named_and_not_there_is_missing():
    with pytest.raises(DeviceMissing, match=r'^usb\.device = "by-id/pad": No such file .*; plug it in'):
        take(SimulatedKeyboards(), Wanted("usb", "numeric pad", "by-id/pad", pad.suits))


def test_nothing_plugged_in_is_missing():
    with pytest.raises(DeviceMissing, match=r"^wedge: no code reader found; plug one in$"):
        take(SimulatedKeyboards(), READER)


@pytest.mark.parametrize("device", ["", "event0"], ids=["any", "named"])
def test_a_keyboard_that_another_has_taken_is_missing(device):
    plugged = SimulatedKeyboards(SimulatedKeyboard("Numeric Keypad"))
    take(plugged, PAD)

    with pytest.raises(DeviceMissing, match="another program, or another part of this door"):
        take(plugged, Wanted("usb", "numeric pad", device, pad.suits))


def test_of_two_pads_the_one_that_is_free_is_taken():
    plugged = SimulatedKeyboards(SimulatedKeyboard("Keypad 1"), SimulatedKeyboard("Keypad 2"))

    assert [take(plugged, PAD).name for _ in range(2)] == ["Keypad 1", "Keypad 2"]


def test_a_keyboard_that_may_not_be_opened_says_which_group_the_user_needs():
    class Forbidden(SimulatedKeyboards):
        def paths(self):
            return [FOLDER / "event0"]

        def open(self, path):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with pytest.raises(
        DeviceMissing, match=r"event0: Permission denied; put the door's user into the group input"
    ):
        take(Forbidden(), PAD)


def test_a_box_without_evdev_is_told_so_for_any_pad():
    class Bare(SimulatedKeyboards):
        def paths(self):
            return [FOLDER / "event0"]

        def open(self, path):
            raise DeviceMissing("evdev cannot be used")

    for device in ("", "event0"):
        with pytest.raises(DeviceMissing, match=r"^evdev cannot be used$"):
            take(Bare(), Wanted("usb", "numeric pad", device, pad.suits))


def test_the_keyboards_that_are_not_taken_are_closed():
    boring, fitting = SimulatedKeyboard("USB Keyboard"), SimulatedKeyboard("Numeric Keypad")
    take(SimulatedKeyboards(boring, fitting), PAD)

    assert not boring.press(keymaps.ENTER)
    assert fitting.press(keymaps.ENTER)
