"""What lies before the camera of a virtual door when nobody stands there: a dim entrance, out of focus."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_BLUR_PX: Final = 11.0
_FLOOR: Final = 0.76
"""Where wall and floor meet, as a part of the height."""
_DOORWAY: Final = (0.56, 0.16, 0.80)
"""Its left side, its upper side and its right side, as parts of the picture."""


def entrance(width_px: int, height_px: int) -> NDArray[np.float64]:
    """
    Brightness from 0 to 255, shape (height, width): a wall, a doorway with daylight behind it, and a floor.

    Nothing in it has edges that a reader takes for a code.
    """
    down, across = np.meshgrid(np.linspace(0, 1, height_px), np.linspace(0, 1, width_px), indexing="ij")
    left, top, right = _DOORWAY
    middle = (left + right) / 2
    wall = 106 - 16 * down - 14 * abs(across - middle)
    floor = 88 - 26 * (1 - down) + 6 * across
    # The light on the floor spreads towards whoever looks.
    reach = (down - _FLOOR) / (1 - _FLOOR)
    light = 44 * np.exp(-(((across - middle) / (0.09 + 0.10 * np.clip(reach, 0, 1))) ** 2)) * (1.1 - reach)
    scene = np.where(down < _FLOOR, wall, floor + light)
    # A skirting board, and the frame of the doorway.
    scene[(down > _FLOOR - 0.035) & (down < _FLOOR)] -= 14
    frame = (across > left - 0.02) & (across < right + 0.02) & (down > top - 0.035) & (down < _FLOOR)
    scene[frame] = 80
    opening = (across > left) & (across < right) & (down > top) & (down < _FLOOR)
    scene[opening] = (156 - 34 * down - 20 * abs(across - middle))[opening]
    soft: NDArray[np.float64] = cv2.GaussianBlur(scene, (0, 0), _BLUR_PX)
    return soft
