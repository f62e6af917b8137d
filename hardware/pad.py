"""The keypad on USB: a numeric pad, whose keys reach nobody else."""

import select
from threading import Event

from hardware import keymaps
from hardware.choosing import LAST_RESORT, PAD_NAME, READER_NAME, Lookout, Wanted, take
from hardware.keyboards import Keyboard, Keyboards, PluggedIn
from hardware.reopening import Reopening
from kiosk.ports import Report
from kiosk.reports import KeyPress

KEYS = {
    **keymaps.PAD_DIGITS, **keymaps.TOP_DIGITS, **keymaps.UNLOCKED_DIGITS,
    keymaps.PAD_ENTER: "#", keymaps.ENTER: "#",
    keymaps.PAD_STAR: "*", keymaps.PAD_DOT: "*",
    keymaps.BACKSPACE: "*", keymaps.DELETE: "*", keymaps.ESC: "*",
    keymaps.PAD_PLUS: "A", keymaps.PAD_MINUS: "B", keymaps.PAD_SLASH: "C",
    keymaps.PAD_EQUALS: "D", keymaps.TAB: "D",
}  # fmt: skip
"""What each key of a pad is at the door: Enter confirms, whatever takes away takes away."""

_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 1.5
"""A pad that is plugged in is found within this."""
_LOOK_S = 0.1
"""How soon the end of the door is noticed."""


class UsbKeypad:
    """
    A numeric pad on USB (`kiosk.ports.Keypad`).

    Digits are themselves, with NumLock or without; Enter is `#`; star, point, Backspace and Delete are `*`;
    plus, minus and slash are `A`, `B` and `C`, equals or Tab is `D`. While it is open, its keys reach nobody
    else.

    Args:
        device: Its file, below `/dev/input` or with its whole path; empty for the pad that is plugged in.
        shared: Whether the box has a reader that types too: then a keyboard that may be either must be named.
        keyboards: What is plugged in; None for what is on this box.
    """

    def __init__(self, *, device: str = "", shared: bool = False, keyboards: Keyboards | None = None) -> None:
        self._wanted = Wanted("usb", "numeric pad", device, suits, shared)
        self._keyboards = keyboards or PluggedIn()
        self._name = ""

    @property
    def name(self) -> str:
        """What the one that was last taken calls itself; empty when none was."""
        return self._name

    def run(self, report: Report, stop: Event) -> None:
        """
        Report each key once when it is pressed, until `stop` is set.

        A pad that is not there or is unplugged is reported, and found within two seconds when it comes. A
        keyboard that may be none is given back when one comes that surely is.
        """
        Reopening("keypad", "usb", first_pause_s=_FIRST_PAUSE_S, longest_pause_s=_LONGEST_PAUSE_S).serve(
            self._take,
            lambda pad: self._watch(pad, report, stop),
            report,
            stop,
        )

    def _take(self) -> Keyboard:
        taken = take(self._keyboards, self._wanted)
        self._name = taken.name
        return taken

    def _watch(self, pad: Keyboard, report: Report, stop: Event) -> None:
        lookout = Lookout(self._keyboards, self._wanted, pad)
        while not stop.is_set() and not lookout.sees_better():
            if not select.select([pad], [], [], _LOOK_S)[0]:
                continue
            for stroke in pad.strokes():
                if stroke is not None and stroke.down and stroke.code in KEYS:
                    report(KeyPress(KEYS[stroke.code]))


def suits(keyboard: Keyboard) -> int | None:
    """How well a keyboard would do as a pad: one without letters, or that calls itself a pad, does best."""
    if not keymaps.PAD_DIGITS.keys() <= keyboard.codes or READER_NAME.search(keyboard.name):
        return None
    if PAD_NAME.search(keyboard.name) or not keymaps.LETTERS & keyboard.codes:
        return 0
    return LAST_RESORT
