"""Plays a clip to a reader as a camera would: while the reader is busy, frames pass by."""

import math
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.benchmarks.readers import Reader
from tests.clips import Shot


@dataclass(frozen=True)
class Outcome:
    """
    What came of one clip.

    Attributes:
        read_s: Time from the first frame that shows the whole code until its text was there; infinite if
            it never was.
        wrong: How many texts were not the clip's.
        looks: How many frames the reader looked at.
    """

    read_s: float
    wrong: int
    looks: int


def play(
    reader: Reader,
    shots: Sequence[Shot],
    *,
    slower: float = 1,
    exact: bool = True,
    clock: Callable[[], float] = time.thread_time,
) -> Outcome:
    """
    Play one clip to a reader that has seen nothing before.

    Args:
        reader: It gets the next frame that comes after it has finished with one.
        shots: The clip.
        slower: How much slower a processor than this one to imagine; 4 is a small computer.
        exact: Whether a text counts only to the letter; otherwise what is not ASCII may be garbled.
        clock: Seconds of the processor's work. Default: those of this thread.
    """
    begin_s = next((shot.at_s for shot in shots if shot.visible), None)
    free_s, read_s, wrong, looks = 0.0, math.inf, 0, 0
    for shot in shots:
        if shot.at_s < free_s:
            continue
        began_s = clock()
        texts = reader.read(shot.luma)
        free_s = shot.at_s + (clock() - began_s) * slower
        looks += 1
        wrong += sum(text != shot.truth for text in texts)
        if read_s == math.inf and any(_is(text, shot.truth, exact=exact) for text in texts):
            read_s = max(0.0, free_s - (shot.at_s if begin_s is None else begin_s))
    return Outcome(read_s, wrong, looks)


def _is(text: str, truth: str | None, *, exact: bool) -> bool:
    if truth is None:
        return False
    return text == truth if exact else _ascii(text) == _ascii(truth)


def _ascii(text: str) -> str:
    return re.sub(r"[^ -~]", "", text)
