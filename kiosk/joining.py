"""
Several devices that do the same, as one: all scanners of a door, or all its keypads.

Each runs in a thread of its own and reports for itself, so that a lost one takes no other with it. An
unexpected end of any one is the end of all, as it is of a single one.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Protocol

from kiosk.ports import Keypad, Report, Scanner, Told
from kiosk.reports import DeviceChange

_LOOK_S = 0.1
"""How soon the end of the door is noticed."""
_END_S = 2.5
"""How long all together may take to end."""


class _Worker(Protocol):
    def run(self, report: Report, stop: Event) -> None: ...


class JoinedKeypad:
    """
    Several keypads as one (`kiosk.ports.Keypad`).

    Args:
        parts: The keypads, by their names in the device table.
    """

    def __init__(self, parts: Mapping[str, Keypad]) -> None:
        self.parts = dict(parts)

    def run(self, report: Report, stop: Event) -> None:
        """
        Report each key once when it is pressed, on whichever keypad, until `stop` is set.

        Whatever one of them raises is raised here; one that ends before the door does ends this too.
        """
        _run_all(self.parts, lambda _name: report, stop)


class JoinedScanner:
    """
    Several scanners as one (`kiosk.ports.Scanner`).

    Args:
        parts: The scanners, by their names in the device table.
    """

    def __init__(self, parts: Mapping[str, Scanner]) -> None:
        self.parts = dict(parts)
        self._lost: set[str] = set()
        self._began_s: float | None = None

    @property
    def last_frame_s(self) -> float | None:
        """
        When the stalest of those that are not lost last lived (monotonic seconds); None while all are lost.

        One that has told nothing yet is as stale as the door is old: a camera that hangs is not hidden by a
        reader that lives.
        """
        if self._began_s is None:
            return None
        alive = [part.last_frame_s for name, part in self.parts.items() if name not in self._lost]
        return min((self._began_s if seen_s is None else seen_s for seen_s in alive), default=None)

    def run(self, report: Report, stop: Event) -> None:
        """
        Read with all until `stop` is set.

        Whatever one of them raises is raised here; one that ends before the door does ends this too.
        """
        self._began_s = time.monotonic()
        self._lost.clear()
        _run_all(self.parts, lambda name: partial(self._told, name, report), stop)

    def _told(self, name: str, report: Report, said: Told) -> None:
        if isinstance(said, DeviceChange):
            if said.present:
                self._lost.discard(name)
            else:
                self._lost.add(name)
        report(said)


def _run_all(parts: Mapping[str, _Worker], report_of: Callable[[str], Report], stop: Event) -> None:
    ended: SimpleQueue[BaseException | None] = SimpleQueue()

    def work(part: _Worker, report: Report) -> None:
        problem: BaseException | None = None
        try:
            part.run(report, stop)
        except BaseException as raised:  # noqa: BLE001 - raised again by whoever runs them all
            problem = raised
        ended.put(problem)

    # Daemons, since a camera may hang in its library for ever.
    threads = [
        Thread(target=work, args=(part, report_of(name)), name=name, daemon=True)
        for name, part in parts.items()
    ]
    for thread in threads:
        thread.start()
    while not stop.is_set():
        try:
            problem = ended.get(timeout=_LOOK_S)
        except Empty:
            continue
        if problem is not None:
            raise problem
        if not stop.is_set():
            return
    until_s = time.monotonic() + _END_S
    for thread in threads:
        thread.join(max(0.0, until_s - time.monotonic()))
