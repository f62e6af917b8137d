"""
Why a code is not read, told from the part of the frame where it is.

The limits come from clips of cards and phones carried to a camera: far below 2.5 pixels a module nothing
reads reliably, and where no step between neighbouring pixels is steep the modules run into each other.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.frame import Luma
from hardware.watching import Place
from kiosk.glimpse import Glimpse

_LEAST_MODULE_PX = 2.3
_BORDER_PX = 3
_STRIDE_PX = 4
_DARK_LEVEL = 70
_BRIGHT_LEVEL = 250
_BRIGHT_SHARE = 0.12
_LEAST_STEEPNESS = 0.22


def glimpse(luma: Luma, place: Place) -> Glimpse:
    """
    Why the code at a place could not be read.

    Args:
        luma: The whole frame, uint8.
        place: Where the code is. A place without a code that was found is judged by its light alone, and a
            mere guess is nothing.
    """
    if place.is_guess:
        return Glimpse.NOTHING
    if place.code is None:
        return _by_light(place.cut_out(luma)) or Glimpse.UNCLEAR
    corners = place.code.corners
    height_px, width_px = luma.shape
    inside = (corners >= _BORDER_PX) & (corners <= np.array([width_px, height_px]) - 1 - _BORDER_PX)
    if not inside.all():
        return Glimpse.CUT
    part = _bounding(luma, corners)
    if place.code.module_px < _LEAST_MODULE_PX:
        return Glimpse.TOO_SMALL
    if light := _by_light(part):
        return light
    return Glimpse.TOO_BLURRED if _steepness(part) < _LEAST_STEEPNESS else Glimpse.UNCLEAR


def _by_light(part: Luma) -> Glimpse | None:
    part = part[::_STRIDE_PX, ::_STRIDE_PX]
    if np.percentile(part, 95) < _DARK_LEVEL:
        return Glimpse.TOO_DARK
    dazzled = np.count_nonzero(part >= _BRIGHT_LEVEL) / max(1, part.size)
    return Glimpse.TOO_BRIGHT if dazzled > _BRIGHT_SHARE else None


def _bounding(luma: Luma, corners: NDArray[np.float32]) -> Luma:
    left_px, top_px = corners.min(axis=0).astype(int)
    right_px, bottom_px = corners.max(axis=0).astype(int) + 1
    return np.ascontiguousarray(luma[top_px:bottom_px, left_px:right_px])


def _steepness(part: Luma) -> float:
    """The steepest twentieth of all steps between neighbouring pixels, as a share of the whole contrast."""
    dark, light = np.percentile(part, (5, 95))
    steps = cv2.absdiff(part[:, 1:], part[:, :-1])
    return float(np.percentile(steps, 95)) / max(1.0, light - dark)
