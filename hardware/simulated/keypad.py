"""The simulated keypad: pressed by a test or a script."""

from queue import Empty, Queue
from threading import Event
from typing import Any

from hardware.keypad import MatrixKeypad
from kiosk.ports import Report
from kiosk.reports import DeviceChange, KeyPress

_LOOK_S = 0.02
"""How soon the end of the door is noticed."""
_SETTLE_S = 5.0


class SimulatedKeypad:
    """
    Twelve keys, or sixteen, without wires. Any thread may press them.

    Args:
        options: As `MatrixKeypad` takes them; they are checked as the real one checks them.

    Raises:
        ValueError: If the pins make no keypad.
    """

    def __init__(self, **options: Any) -> None:
        self._keys = MatrixKeypad(**options).keys
        self._happened: Queue[KeyPress | DeviceChange] = Queue()

    @property
    def keys(self) -> str:
        """What it has, row by row."""
        return self._keys

    def press(self, key: str) -> None:
        """
        Press and let go of one key.

        Raises:
            ValueError: If there is no such key.
        """
        if len(key) != 1 or key not in self._keys:
            raise ValueError(f'keypad: no key "{key}"; press one of {" ".join(self._keys)}')
        self._happened.put(KeyPress(key))

    def lose(self) -> None:
        """Pull the cable."""
        self._happened.put(_change(present=False, problem="keypad: unplugged by hand"))

    def find(self) -> None:
        """Plug the cable in again."""
        self._happened.put(_change(present=True))

    def settle(self) -> None:
        """Wait until everything done to the keypad was reported; not for ever, should the door have ended."""
        with self._happened.all_tasks_done:
            self._happened.all_tasks_done.wait_for(lambda: not self._happened.unfinished_tasks, _SETTLE_S)

    def run(self, report: Report, stop: Event) -> None:
        """Report what was done to the keypad, until `stop` is set; keys pressed without a cable are lost."""
        plugged = True
        report(_change(present=True))
        while not stop.is_set():
            try:
                happened = self._happened.get(timeout=_LOOK_S)
            except Empty:
                continue
            if isinstance(happened, DeviceChange):
                plugged = happened.present
                report(happened)
            elif plugged:
                report(happened)
            self._happened.task_done()


def _change(*, present: bool, problem: str = "") -> DeviceChange:
    return DeviceChange("keypad", present=present, problem=problem, part="matrix")
