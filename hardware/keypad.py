"""The keypad: keys wired as a matrix of four rows and three columns, or four."""

from collections.abc import Sequence
from threading import Event
from typing import Any

from gpiozero import GPIODevice

from hardware.pins import missing, pin_errors, real_pins
from hardware.reopening import Reopening
from kiosk.errors import DeviceLost
from kiosk.ports import Report
from kiosk.reports import KeyPress

LAYOUT = ("123A", "456B", "789C", "*0#D")
"""The keys as they lie; three columns end before the letters."""
COLUMNS = (3, 4)
"""How many columns a keypad can have."""

SCAN_S = 0.01
"""From one look at the keys to the next."""

STEADY_SCANS = 3
"""How many looks must agree: contacts of such keys bounce for 5 to 20 ms."""


class Debouncer:
    """
    Makes presses out of looks at the keys: each press once, and only one key at a time.

    Without diodes, three keys held down look like four. So nothing is believed while several are down; and
    what began as several counts only after all were let go.
    """

    def __init__(self) -> None:
        self._last: frozenset[str] = frozenset()
        self._looks = 0
        self._held = ""

    def look(self, down: frozenset[str]) -> str | None:
        """The key that these keys being down makes a press of; None for no new press."""
        self._looks = self._looks + 1 if down == self._last else 1
        self._last = down
        if self._looks != STEADY_SCANS:
            return None
        if not down:
            self._held = ""
        elif len(down) > 1:
            self._held = self._held or "several"
        elif self._held != "several" and self._held not in down:
            self._held = next(iter(down))
            return self._held
        return None


class MatrixKeypad:
    """
    A membrane keypad of 4 by 3 keys, or 4 by 4, read row by row.

    One row is driven low at a time while the others float, so that two keys held down never short two
    driven pins; columns are pulled up and read low where a key is down.

    Args:
        row_pins: GPIO numbers of the rows, top first.
        column_pins: GPIO numbers of the columns, left first; how many tells which keypad it is.
        pin_factory: Where pins come from; None for those of this box.

    Raises:
        ValueError: If there are not four different rows, and three or four different columns.
    """

    def __init__(
        self,
        *,
        row_pins: Sequence[int] = (5, 6, 13, 19),
        column_pins: Sequence[int] = (12, 16, 20),
        pin_factory: Any = None,
    ) -> None:
        pins = (*row_pins, *column_pins)
        fits = len(row_pins) == len(LAYOUT) and len(column_pins) in COLUMNS
        if not fits or len(set(pins)) != len(pins):
            raise ValueError(
                f"keypad.row_pins = {list(row_pins)}, keypad.column_pins = {list(column_pins)}: "
                "name four rows and three or four columns, each pin once"
            )
        self._row_pins = tuple(row_pins)
        self._column_pins = tuple(column_pins)
        self._pins = pin_factory

    @property
    def keys(self) -> str:
        """Its keys, row by row."""
        return "".join(row[: len(self._column_pins)] for row in LAYOUT)

    def run(self, report: Report, stop: Event) -> None:
        """
        Report each key once when it is pressed, until `stop` is set.

        Pins that cannot be had, or fail, are reported once and tried again, after 1 second at first and
        half a minute at last.
        """
        Reopening("keypad", "matrix").serve(
            lambda: _Matrix(self._row_pins, self._column_pins, self._pins),
            lambda matrix: self._watch(matrix, report, stop),
            report,
            stop,
        )

    def _watch(self, matrix: "_Matrix", report: Report, stop: Event) -> None:
        debouncer = Debouncer()
        while not stop.wait(SCAN_S):
            key = debouncer.look(matrix.down())
            if key:
                report(KeyPress(key))


class _Matrix:
    """The open pins of a keypad."""

    def __init__(self, row_pins: Sequence[int], column_pins: Sequence[int], pin_factory: Any) -> None:
        pins = real_pins() if pin_factory is None else pin_factory
        self._devices: list[Any] = []
        try:
            for number in (*row_pins, *column_pins):
                self._devices.append(GPIODevice(number, pin_factory=pins))
            self._rows = [device.pin for device in self._devices[: len(row_pins)]]
            self._columns = [device.pin for device in self._devices[len(row_pins) :]]
            for pin in self._rows:
                pin.input_with_pull("floating")
            for pin in self._columns:
                pin.input_with_pull("up")
        except pin_errors() as error:
            self.close()
            raise missing(
                f"keypad.row_pins = {list(row_pins)}, keypad.column_pins = {list(column_pins)}", error
            ) from error

    def down(self) -> frozenset[str]:
        """
        The keys that are down at this moment.

        Raises:
            DeviceLost: If a pin fails.
        """
        down: set[str] = set()
        try:
            for row, keys in zip(self._rows, LAYOUT, strict=True):
                row.output_with_state(0)
                down.update(key for column, key in zip(self._columns, keys) if not column.state)  # noqa: B905 (as many as there are columns)
                row.input_with_pull("floating")
        except pin_errors() as error:
            raise DeviceLost(f"keypad: the pins stopped answering ({error}); see its cable") from error
        return frozenset(down)

    def close(self) -> None:
        """Give the pins back."""
        while self._devices:
            self._devices.pop().close()
