"""What a fleet has done so far, in numbers."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

_STEP = math.log(1.02)
"""Waits are counted to two parts in a hundred."""
_SHORTEST_S = 1e-4


@dataclass(slots=True)
class Tally:
    """
    Counts of all doors together.

    Attributes:
        connected: Doors that the broker has let in and that are heard there.
        written: Visits, with those that waited at the start.
        confirmed: Visits that the centre has confirmed.
        resent: How often a visit was sent again.
        reconnects: How often a door came back.
        disbelieved: Receipts that no key that is trusted had signed.
        troubles: Why lines went down, and how often.
    """

    connected: int = 0
    written: int = 0
    confirmed: int = 0
    resent: int = 0
    reconnects: int = 0
    disbelieved: int = 0
    troubles: Counter[str] = field(default_factory=Counter)
    _waits: Counter[int] = field(default_factory=Counter)

    def confirm(self, waited_s: Iterable[float]) -> None:
        """Remember how long receipts took, from the visit on."""
        for wait_s in waited_s:
            self._waits[int(math.log(max(wait_s, _SHORTEST_S) / _SHORTEST_S) / _STEP)] += 1

    def wait_ms(self, share: float) -> float | None:
        """How long this share of receipts took at the most, in milliseconds; None before the first."""
        left = share * self._waits.total()
        for step in sorted(self._waits):
            left -= self._waits[step]
            if left <= 0:
                return round(_SHORTEST_S * math.exp((step + 1) * _STEP) * 1000, 2)
        return None
