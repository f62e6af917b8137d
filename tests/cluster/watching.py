"""How the doors fare, second by second: who waits for a receipt, and for how long nobody was served."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LOOK_S = 0.2
CALM_TICKS = 3
"""So many seconds on end nobody waits longer than usual: then the system serves again."""


@dataclass(frozen=True)
class Tick:
    """
    Where all doors together stand.

    Attributes:
        at_s: Monotonic.
        written: Visits so far.
        confirmed: Those with a receipt.
        connected: Doors that have a line.
    """

    at_s: float
    written: int
    confirmed: int
    connected: int

    @property
    def waiting(self) -> int:
        """Visits without a receipt."""
        return self.written - self.confirmed


def outage(ticks: Sequence[Tick], began_s: float, usual: int) -> float | None:
    """
    How long more visits waited for their receipts than usual, in seconds from the beginning of a fault.

    Args:
        ticks: In order.
        began_s: When the fault began.
        usual: How many may wait when all is well.

    Returns:
        0 when no door noticed; None when it has not ended yet.
    """
    late = [number for number, tick in enumerate(ticks) if tick.at_s >= began_s and tick.waiting > usual]
    if not late:
        return 0.0
    after = late[-1] + 1
    return ticks[after].at_s - began_s if after < len(ticks) else None


class Watch:
    """
    Keeps what the doors say of themselves; the newest last. One thread feeds it, any may ask.

    Args:
        usual: How many visits may wait for a receipt when all is well.
        doors: How many there are.
    """

    def __init__(self, usual: int, doors: int) -> None:
        self.usual = usual
        self._doors = doors
        self._ticks: list[Tick] = []
        self._lock = threading.Lock()

    def hear(self, line: Mapping[str, Any]) -> None:
        """A line of the fleet: those that tell of a second are kept."""
        if "event" in line:
            return
        tick = Tick(time.monotonic(), line["written"], line["confirmed"], line["connected"])
        with self._lock:
            self._ticks.append(tick)

    @property
    def last(self) -> Tick:
        """Where the doors stand."""
        with self._lock:
            return self._ticks[-1] if self._ticks else Tick(time.monotonic(), 0, 0, 0)

    def is_calm(self, since_s: float) -> bool:
        """Whether, for some seconds after that moment, all are connected and nobody waits longer than usual."""
        with self._lock:
            newest = self._ticks[-CALM_TICKS:]
        return len(newest) == CALM_TICKS and all(
            tick.at_s > since_s and tick.waiting <= self.usual and tick.connected == self._doors
            for tick in newest
        )

    def outage(self, began_s: float) -> float | None:
        """See above."""
        with self._lock:
            ticks = list(self._ticks)
        return outage(ticks, began_s, self.usual)
