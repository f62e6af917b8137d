"""One picture of the camera. It never leaves this package: no frame is stored, sent or logged."""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Luma: TypeAlias = NDArray[np.uint8]
"""Brightness of a picture, 0 black to 255 white, in rows and columns: shape (height, width)."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """
    What the camera saw at one instant, in grey.

    Attributes:
        luma: The picture. Nobody changes it: the scanner and the screen look at the same pixels.
        number: 1 for the first frame after the camera was opened.
        monotonic_s: When it was taken, on the clock that never jumps.
    """

    luma: Luma = field(repr=False)
    number: int
    monotonic_s: float
