"""One picture of the camera. It never leaves this package: no frame is stored, sent or logged."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Luma: TypeAlias = NDArray[np.uint8]
"""Brightness of a picture, 0 black to 255 white, in rows and columns: shape (height, width)."""

Closer: TypeAlias = Callable[[int, int, int], Luma | None]
"""
Cuts a square out of a frame, in finer detail: its first row, its first column and its side, in pixels of the
frame; less where the frame ends. Works for the camera's newest frame only, and gives None for any other.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """
    What the camera saw at one instant, in grey.

    Attributes:
        luma: The picture. Nobody changes it: the scanner and the screen look at the same pixels.
        number: 1 for the first frame after the camera was opened.
        monotonic_s: When it was taken, on the clock that never jumps.
        closer: A closer look at a part of it; None where the camera sees no finer than this. For the thread
            that took the frame, until it takes the next.
    """

    luma: Luma = field(repr=False)
    number: int
    monotonic_s: float
    closer: Closer | None = field(default=None, repr=False)
