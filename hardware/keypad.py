"""The keypad: keys wired as a matrix of four rows and three columns, or four."""

import logging
from collections.abc import Sequence
from threading import Event
from typing import Any

from gpiozero import GPIODevice

from hardware.pins import missing, pin_errors, real_pins
from hardware.reopening import Reopening
from kiosk.errors import DeviceLost
from kiosk.ports import Report
from kiosk.reports import KeyPress

log = logging.getLogger(__name__)

LAYOUT = ("123A", "456B", "789C", "*0#D")
"""The keys as they lie; three columns end before the letters."""
COLUMNS = (3, 4)
"""How many columns a keypad can have."""

SCAN_S = 0.01
"""From one look at the keys to the next."""

STEADY_SCANS = 3
"""How many looks must agree: contacts of such keys bounce for 5 to 20 ms."""

HANGING_SCANS = 3000
"""A key that is held for so many looks, half a minute, hangs: no finger holds one so long."""

_MOST_KEYS = 2


class Debouncer:
    """
    Makes presses out of looks at the keys: each press once, and of two keys held down the newer.

    Without diodes, three keys held down look like four: the ghost comes with the key that makes it, never
    alone. So keys that come down together are nothing, nor is a third beside two; each counts again after it
    was let go. A key that hangs is no finger's, and the others count beside it.

    Args:
        hanging_scans: After how many looks a key that is still held hangs.
    """

    def __init__(self, hanging_scans: int = HANGING_SCANS) -> None:
        self._hanging_scans = hanging_scans
        self._last: frozenset[str] = frozenset()
        self._scans = 0
        self._steady = 0
        self._since: dict[str, int] = {}

    @property
    def has_hanging_key(self) -> bool:
        """Whether a key has been held for so long that it hangs."""
        return any(map(self._hangs, self._since))

    def look(self, down: frozenset[str]) -> str | None:
        """The key that these keys being down makes a press of; None for no new press."""
        self._scans += 1
        self._steady = self._steady + 1 if down == self._last else 1
        self._last = down
        if self._steady != STEADY_SCANS:
            return None
        new = down - self._since.keys()
        self._since = {key: self._since.get(key, self._scans) for key in down}
        held = [key for key in down if not self._hangs(key)]
        if len(new) != 1 or len(held) > _MOST_KEYS:
            return None
        return next(iter(new))

    def _hangs(self, key: str) -> bool:
        return self._scans - self._since[key] >= self._hanging_scans


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

        A key that hangs is logged, and the others go on. Pins that cannot be had, or fail, are reported once
        and tried again, after 1 second at first and half a minute at last.
        """
        Reopening("keypad", "matrix").serve(
            lambda: _Matrix(self._row_pins, self._column_pins, self._pins),
            lambda matrix: self._watch(matrix, report, stop),
            report,
            stop,
        )

    def _watch(self, matrix: "_Matrix", report: Report, stop: Event) -> None:
        debouncer = Debouncer()
        is_told = False
        while not stop.wait(SCAN_S):
            key = debouncer.look(matrix.down())
            if key:
                report(KeyPress(key))
            if debouncer.has_hanging_key and not is_told:
                log.warning("keypad: a key hangs; see the membrane")
            is_told = debouncer.has_hanging_key


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
