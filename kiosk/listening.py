"""Lines of an input that may be left open for ever: reading ends when the door does."""

import os
import select
from collections.abc import Iterator
from threading import Event
from typing import TextIO

LOOK_S = 0.1
"""How soon the end of the door is noticed."""
_MOST_BYTES = 65536


def lines(stream: TextIO | None, stop: Event) -> Iterator[str]:
    """
    The lines of an input as they come, without their ends, until it ends or `stop` is set.

    What is no UTF-8 becomes `\ufffd`. A missing input (None) has no lines.

    Args:
        stream: A pipe, a terminal or a file; nobody else may read from it.
        stop: Set when the door closes.
    """
    if stream is None:
        return
    rest = b""
    while not stop.is_set():
        if not select.select([stream], [], [], LOOK_S)[0]:
            continue
        piece = os.read(stream.fileno(), _MOST_BYTES)
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace")
        if not piece:
            break
    if rest:
        yield rest.decode(errors="replace")
