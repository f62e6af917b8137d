"""
What a line has brought, and the intake has not taken yet.

What wants an acknowledgement, its broker bounds: it waits for those. For the rest nobody waits, and while a
database is in trouble it would fill the memory; so beyond some bytes it is forgotten, as its senders must
expect.
"""

import logging
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from threading import Lock

from collector.ingest.frames import Delivered
from collector.ingest.lines import Arrived, Down, Happening, Line, Up
from collector.ingest.receiving import Heard, MakeRow, hear

log = logging.getLogger(__name__)

MAX_BYTES = 64 * 1024 * 1024
MESSAGE_BYTES = 500
"""What a message takes besides its payload."""


class Inbox:
    """
    A queue of happenings, whose messages are understood by the thread that brings them.

    Args:
        make_row: Makes rows of visits; None leaves that for later.
    """

    def __init__(self, make_row: MakeRow | None = None) -> None:
        self._make_row = make_row
        self._queue: SimpleQueue[tuple[Line, Up | Down | Heard] | None] = SimpleQueue()
        self._lock = Lock()
        self._bytes = 0
        self._forgets = False

    def put(self, line: Line, happening: Happening) -> None:
        """Something happened on a line. Its thread may call this; does not block."""
        if isinstance(happening, Arrived):
            heard = hear(self._bounded(happening.messages), self._make_row)
            self._count(_bytes(heard))
            self._queue.put((line, heard))
        else:
            self._queue.put((line, happening))

    def wake(self) -> None:
        """Have who waits go on with nothing. Any thread, and signal handlers, may call this."""
        self._queue.put(None)

    def take(self, line: Line | None, timeout_s: float) -> Up | Down | Heard | None:
        """The next; None when there is none in time, when it is of another line, or to wake who waits."""
        try:
            item = self._queue.get(block=timeout_s != 0, timeout=timeout_s)
        except Empty:
            return None
        if item is None:
            return None
        where, happening = item
        if isinstance(happening, Heard):
            self._count(-_bytes(happening))
        return happening if where is line else None

    def is_empty(self) -> bool:
        """Whether nothing waits just now."""
        return self._queue.empty()

    def _bounded(self, messages: Sequence[Delivered]) -> Sequence[Delivered]:
        if self._bytes < MAX_BYTES:
            self._forgets = self._forgets and self._bytes > MAX_BYTES // 2
            return messages
        if not self._forgets:
            self._forgets = True
            log.warning(
                "%d MB wait to be dealt with: forgetting what comes at QoS 0", self._bytes // (1024 * 1024)
            )
        return [message for message in messages if message.packet]

    def _count(self, size: int) -> None:
        with self._lock:
            self._bytes += size


def _bytes(heard: Heard) -> int:
    return heard.size + MESSAGE_BYTES * len(heard.packets)
