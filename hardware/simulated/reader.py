"""The twin of the reader that types: everything is real but its cable."""

import time
from pathlib import Path
from threading import Event

from hardware.simulated.keyboards import SimulatedKeyboard, SimulatedKeyboards, strokes_of
from hardware.wedge import WedgeScanner
from kiosk.errors import BadPicture
from kiosk.ports import Report, Told
from kiosk.reports import DeviceChange, Reading

_PLUGGED_IN_S = 3.0
"""How long a reader that was plugged in may take to be found."""
_SETTLED_S = 0.3
"""A reader that is found is trusted after this."""
_READ_S = 1.0
_LOOK_S = 0.02
_MOST_LETTERS = 8000


class SimulatedReader(WedgeScanner):
    """
    A reader that types what one holds up to it. Options as `WedgeScanner` takes them.

    Any thread may pull its levers.
    """

    def __init__(self, *, device: str = "") -> None:  # noqa: ARG002 (a door has one table for both readers)
        self._keyboard = SimulatedKeyboard("Simulated code reader")
        super().__init__(keyboards=SimulatedKeyboards(self._keyboard))
        self._has_read = Event()
        self._found_s: float | None = None
        self._has_ended = False

    def run(self, report: Report, stop: Event) -> None:
        """Report each text once, until `stop` is set."""

        def tell(said: Told) -> None:
            if isinstance(said, DeviceChange):
                self._found_s = time.monotonic() if said.present else None
            report(said)
            if isinstance(said, Reading):
                self._has_read.set()

        self._has_ended = False
        try:
            super().run(tell, stop)
        finally:
            self._has_ended = True

    def scan(self, path: Path) -> bool:
        """
        Type what a text file holds, and Enter; returns when it was read.

        Returns:
            Whether it was: False if the reader is unplugged, nobody reads, or it was half a text.

        Raises:
            BadPicture: If the file is missing, or no text.
        """
        try:
            text = path.read_text(encoding="utf-8")[:_MOST_LETTERS]
        except (OSError, UnicodeDecodeError) as problem:
            why = problem.strerror if isinstance(problem, OSError) else "no text in UTF-8"
            raise BadPicture(f"{path}: {why}; name a text file") from problem
        return self.type(text.rstrip("\r\n") + "\n")

    def type(self, text: str) -> bool:
        """Type a text as it is, with whatever ends it. Returns as `scan` does."""
        if not self._is_found():
            return False
        self._has_read.clear()
        self._keyboard.strike(*strokes_of(text, time.monotonic()))
        return self._has_read.wait(_READ_S)

    def lose(self) -> None:
        """Pull the reader's cable."""
        self._keyboard.unplug()

    def find(self) -> None:
        """Plug the reader's cable in again."""
        self._keyboard.plug()

    def _is_found(self) -> bool:
        """Wait until it is read from; not when it is unplugged, or the door has ended."""
        until_s = time.monotonic() + _PLUGGED_IN_S
        pause = Event()
        while time.monotonic() < until_s and self._keyboard.is_plugged and not self._has_ended:
            if self._found_s is not None and time.monotonic() > self._found_s + _SETTLED_S:
                return True
            pause.wait(_LOOK_S)
        return False
