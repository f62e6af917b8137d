"""Pictures turned upright, and a part of such a one found again in the finer picture that the camera took."""

import numpy as np

from hardware.frame import Luma

_QUARTER_TURN_DEG = 90


def upright(picture: Luma, rotation_deg: int) -> Luma:
    """
    A copy of a picture, turned clockwise.

    Args:
        picture: As the camera took it; its rows may lie apart.
        rotation_deg: 0, 90, 180 or 270.
    """
    return np.array(np.rot90(picture, -(rotation_deg // _QUARTER_TURN_DEG)), order="C")


def cut_closer(  # noqa: PLR0917
    fine: Luma, size_px: tuple[int, int], rotation_deg: int, top_px: int, left_px: int, side_px: int
) -> Luma:
    """
    A copy of the square of an upright picture, out of the finer picture of the same view, and upright too.

    Args:
        fine: The finer picture as the camera took it, not turned.
        size_px: Width and height of the other, before it was turned.
        rotation_deg: How far that was turned, clockwise.
        top_px: First row of the square in the upright picture.
        left_px: Its first column.
        side_px: Its width and height; less where the picture ends.
    """
    width_px, height_px = size_px
    lies_across = rotation_deg % 180 != 0
    upright_width_px, upright_height_px = (height_px, width_px) if lies_across else (width_px, height_px)
    bottom_px = min(top_px + side_px, upright_height_px)
    right_px = min(left_px + side_px, upright_width_px)
    # Where the upright square's edges are as the camera took it: left, top, right, bottom.
    left, top, right, bottom = {
        0: (left_px, top_px, right_px, bottom_px),
        90: (top_px, height_px - right_px, bottom_px, height_px - left_px),
        180: (width_px - right_px, height_px - bottom_px, width_px - left_px, height_px - top_px),
        270: (width_px - bottom_px, left_px, width_px - top_px, right_px),
    }[rotation_deg]
    across, down = fine.shape[1] / width_px, fine.shape[0] / height_px
    part = fine[round(top * down) : round(bottom * down), round(left * across) : round(right * across)]
    return upright(part, rotation_deg)
