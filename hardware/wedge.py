"""The code reader on USB that types what it reads, as a keyboard does."""

import select
import time
from threading import Event

from hardware import keymaps
from hardware.bursts import QUIET_S, Bursts
from hardware.choosing import LAST_RESORT, PAD_NAME, READER_NAME, Lookout, Wanted, take
from hardware.keyboards import Keyboard, Keyboards, PluggedIn
from hardware.reopening import Reopening
from kiosk.model import Source
from kiosk.ports import Report
from kiosk.reports import Reading

_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 1.5
"""A reader that is plugged in is found within this."""

_NEEDED = keymaps.LETTERS | keymaps.TOP_DIGITS.keys() | {keymaps.LEFT_SHIFT, keymaps.ENTER}


class WedgeScanner:
    """
    A code reader that types (`kiosk.ports.Scanner`), its keys reaching nobody else.

    A text ends when the keys pause for a tenth of a second, and is believed when it has the shape of a known
    code from end to end, or when the reader ended it with Enter or Tab. What a person types, half a text, and
    a text of which strokes were lost are nothing. Set the reader to an American keyboard, no pause between
    keys, Enter at the end, and Alt mode where it has one, for else it leaves out Vietnamese letters.

    Args:
        device: Its file, below `/dev/input` or with its whole path; empty for the reader that is plugged in.
        shared: Whether the box has a pad on USB too: then a keyboard that may be either must be named.
        keyboards: What is plugged in; None for what is on this box.
    """

    def __init__(self, *, device: str = "", shared: bool = False, keyboards: Keyboards | None = None) -> None:
        self._wanted = Wanted("wedge", "code reader", device, suits, shared)
        self._keyboards = keyboards or PluggedIn()
        self._name = ""
        self._last_frame_s: float | None = None

    @property
    def name(self) -> str:
        """What the one that was last taken calls itself; empty when none was."""
        return self._name

    @property
    def last_frame_s(self) -> float | None:
        """When the reader was last seen to be there (monotonic seconds); None while it is not."""
        return self._last_frame_s

    def run(self, report: Report, stop: Event) -> None:
        """
        Report each text once, until `stop` is set.

        A reader that is not there or is unplugged is reported, and found within two seconds when it comes. A
        keyboard that may be none is given back when one comes that surely is.
        """
        Reopening("scanner", "wedge", first_pause_s=_FIRST_PAUSE_S, longest_pause_s=_LONGEST_PAUSE_S).serve(
            self._take,
            lambda reader: self._watch(reader, report, stop),
            report,
            stop,
        )

    def _take(self) -> Keyboard:
        taken = take(self._keyboards, self._wanted)
        self._name = taken.name
        return taken

    def _watch(self, reader: Keyboard, report: Report, stop: Event) -> None:
        bursts = Bursts(time.monotonic())
        lookout = Lookout(self._keyboards, self._wanted, reader)
        try:
            while not stop.is_set() and not lookout.sees_better():
                self._last_frame_s = time.monotonic()
                if select.select([reader], [], [], QUIET_S)[0]:
                    over = [bursts.take(stroke) for stroke in reader.strokes()]
                else:
                    over = [bursts.end()]
                for texts in filter(None, over):
                    report(Reading(texts, Source.READER))
        finally:
            self._last_frame_s = None


def suits(keyboard: Keyboard) -> int | None:
    """How well a keyboard would do as a reader: one that calls itself one does best, a pad not at all."""
    if not keyboard.codes >= _NEEDED or PAD_NAME.search(keyboard.name):
        return None
    return 0 if READER_NAME.search(keyboard.name) else LAST_RESORT
