"""Connections that strangers hold open: so many, for so long, and nobody keeps the others out by them."""

import collections
import socket
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from weakref import ref


@dataclass(frozen=True, slots=True)
class _Held:
    ends_s: float
    whose: str
    line: "ref[socket.socket]"

    def is_open(self) -> bool:
        line = self.line()
        return line is not None and line.fileno() >= 0

    def close(self) -> None:
        line = self.line()
        if line is None:
            return
        try:
            # Not that of SSLSocket, which forgets the session that a worker is reading from.
            socket.socket.shutdown(line, socket.SHUT_RDWR)
        except OSError:
            pass


class Crowd:
    """
    Room for connections. Who comes when it is full takes the place of the oldest of who has most. Any
    thread may use it.

    Args:
        of_one: How many one stranger may have at a time.
        in_all: How many there may be.
        whole_s: Each ends after so long, whatever was said.
        clock: Seconds that never jump.
    """

    def __init__(self, of_one: int, in_all: int, whole_s: float, clock: Callable[[], float]) -> None:
        self._of_one, self._in_all, self._whole_s = of_one, in_all, whole_s
        self._clock = clock
        self._lock = Lock()
        self._held: list[_Held] = []

    def enter(self, line: socket.socket, whose: str) -> None:
        """
        Take a connection in.

        Args:
            line: Held weakly.
            whose: By what strangers are told apart.
        """
        with self._lock:
            self._held = [one for one in self._held if one.is_open() and one.line() is not line]
            numbers = collections.Counter(one.whose for one in self._held)
            if numbers[whose] >= self._of_one:
                self._end_oldest(whose)
            elif len(self._held) >= self._in_all:
                self._end_oldest(numbers.most_common(1)[0][0])
            self._held.append(_Held(self._clock() + self._whole_s, whose, ref(line)))

    def leave(self, line: socket.socket) -> None:
        """Think of a connection no more."""
        with self._lock:
            self._held = [one for one in self._held if one.line() is not line]

    def end_old(self) -> None:
        """Close what was opened too long ago."""
        with self._lock:
            now_s = self._clock()
            for one in self._held:
                if one.ends_s <= now_s:
                    one.close()
            self._held = [one for one in self._held if one.ends_s > now_s and one.is_open()]

    def _end_oldest(self, whose: str) -> None:
        oldest = next(one for one in self._held if one.whose == whose)
        oldest.close()
        self._held.remove(oldest)
