"""What every simulated camera has before it: a room with some grain, and pictures that are held up in it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from hardware.frame import Luma

LEVEL: Final = 118
"""Brightness of an empty grey room."""
GRAINS: Final = 4
"""Rooms that differ by their grain, to be seen in turn."""
LONGEST_SIDE_PX: Final = 1920
"""Of a picture that is seen in place of the room."""
_GRAIN_LEVELS: Final = 2.0
_SMALL_SHARE: Final = 0.6


def grainy(room: NDArray[np.float64], seed: int) -> Luma:
    """
    A room as a camera sees it: shape (GRAINS, height, width).

    Args:
        room: Its brightness, 0 to 255, shape (height, width).
        seed: Of the grain, so that two rooms look the same.
    """
    grain = np.random.default_rng(seed).normal(0, _GRAIN_LEVELS, (GRAINS, *room.shape))
    seen: Luma = np.clip(room + grain, 0, 255).astype(np.uint8)
    return seen


def fitting(shape: tuple[int, ...], field: tuple[int, ...]) -> tuple[int, int]:
    """
    How large a picture is held up: no larger than the camera's field; a small one grows by a whole factor,
    to 60 % of the field's height at most.

    Args:
        shape: Height and width of the picture, in pixels, 1 or more.
        field: The same of the field.

    Returns:
        Height and width.
    """
    height_px, width_px = shape
    scale = min(field[0] / height_px, field[1] / width_px)
    if scale >= 1:
        scale = max(1, int(min(field[0] * _SMALL_SHARE / height_px, field[1] / width_px)))
    return max(1, int(height_px * scale)), max(1, int(width_px * scale))


def enlarged(picture: Luma, shape: tuple[int, int]) -> Luma:
    """A picture whose pixels are made larger, to a height and width that are a whole multiple of its own."""
    factor = shape[0] // picture.shape[0]
    larger: Luma = picture.repeat(factor, axis=0).repeat(factor, axis=1)
    return larger
