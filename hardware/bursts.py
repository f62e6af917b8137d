"""
Tells a reader that types from a person who does, and one text from the next.

Readers press a key every 2 to 20 milliseconds, unless they are told to be slow. The fastest typists in the
world need some 50 on average, and nobody keeps that up on an unknown text.
"""

import time
from collections.abc import Sequence

from hardware.keyboards import Stroke
from hardware.typed import text_of
from hardware.wholeness import Doubt

QUIET_S = 0.1
"""Keys that pause so long have come to the end of a text, or of half of one."""
SLOWEST_S = 0.04
"""The longest time from key to key, on average, that a reader takes."""
FEWEST_KEYS = 6
"""Fewer keys tell of nobody."""
_MOST_STROKES = 60_000
"""More than any code can need, each letter typed by its number."""


class Bursts:
    """
    The texts of one opened reader, made of its strokes.

    Args:
        opened_s: When it was opened (monotonic seconds).
    """

    def __init__(self, opened_s: float) -> None:
        self._doubt = Doubt(opened_s)
        self._strokes: list[Stroke] = []
        self._is_torn = False

    def take(self, stroke: Stroke | None) -> tuple[str, ...]:
        """The texts that are over now that this happened; None for strokes that the kernel lost."""
        if stroke is None:
            self._is_torn = True
            return ()
        is_next = bool(self._strokes) and stroke.at_s - self._strokes[-1].at_s > QUIET_S
        over = self.end() if is_next else ()
        if len(self._strokes) < _MOST_STROKES:
            self._strokes.append(stroke)
        else:
            self._strokes[-1], self._is_torn = stroke, True
        return over

    def end(self) -> tuple[str, ...]:
        """The texts that are over now that the keys pause; none of a person, or that are torn or no text."""
        strokes, self._strokes = self._strokes, []
        is_torn, self._is_torn = self._is_torn, False
        if not strokes:
            if is_torn:
                self._doubt.tear(time.monotonic())
            return ()
        began_s, ended_s = strokes[0].at_s, strokes[-1].at_s
        if is_torn or not _is_of_a_reader(strokes):
            self._doubt.tear(ended_s)
            return ()
        try:
            text = text_of(strokes)
        except ValueError:
            self._doubt.tear(ended_s)
            return ()
        return self._doubt.believe(text, began_s, ended_s)


def _is_of_a_reader(strokes: Sequence[Stroke]) -> bool:
    pressed_s = [stroke.at_s for stroke in strokes if stroke.down]
    if len(pressed_s) < FEWEST_KEYS:
        return False
    return (pressed_s[-1] - pressed_s[0]) / (len(pressed_s) - 1) <= SLOWEST_S
