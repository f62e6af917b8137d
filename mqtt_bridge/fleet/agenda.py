"""What is to be done when: one timer for all doors, since twenty thousand timers would cost more."""

import asyncio
import heapq
from collections.abc import Callable
from itertools import count

_AT_ONCE = 500
"""After so many, it is looked what has come in."""


class Agenda:
    """
    Calls what is due. Belongs to the thread of its loop.

    Args:
        loop: Whose clock counts.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._due: list[tuple[float, int, Callable[[float], None]]] = []
        self._numbers = count()
        self._timer: asyncio.TimerHandle | None = None

    def now_s(self) -> float:
        """Seconds on the loop's clock, which never jumps."""
        return self._loop.time()

    def at(self, when_s: float, call: Callable[[float], None]) -> None:
        """Have something called then, with that moment. Nothing is taken back: who is called must know."""
        heapq.heappush(self._due, (when_s, next(self._numbers), call))
        if self._timer is None or when_s < self._timer.when():
            self._arm()

    def close(self) -> None:
        """Call nothing any more."""
        self._due.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._due[0][0], self._turn) if self._due else None

    def _turn(self) -> None:
        now_s = self._loop.time()
        for _ in range(_AT_ONCE):
            if not self._due or self._due[0][0] > now_s:
                break
            when_s, _number, call = heapq.heappop(self._due)
            call(when_s)
        self._arm()
