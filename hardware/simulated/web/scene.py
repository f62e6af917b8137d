"""What the camera of a virtual door sees: a calm entrance, and what is held before it."""

from math import cos, radians, sin
from typing import Final

import cv2
import numpy as np

from hardware.frame import Luma
from hardware.simulated.demo.people import Kind
from hardware.simulated.room import GRAINS, enlarged, fitting, grainy
from hardware.simulated.web.entrance import entrance

WIDTH_PX: Final = 1280
HEIGHT_PX: Final = 720

_CARD_PX: Final = (562, 354)
"""A card of 85.6 x 54 mm (ISO/IEC 7810 ID-1) at 15 cm, for a camera that sees 66 degrees across."""
_PHONE_PX: Final = (470, 930)
"""A phone, as close: it is higher than what the camera sees."""
_BEZEL_PX: Final = 22
_CODE_SHARE: Final = 0.86
_PAPER, _BODY, _DISPLAY = 214, 26, 255
_TILT_DEG: Final = 1.2
_SWAYS_S: Final = 3.0


def thing_of(code: Luma, kind: Kind) -> Luma:
    """
    Make the thing that is held: a code on a plain card, or on the bright display of a dark phone.

    Args:
        code: The bare code with its quiet zone.
        kind: Of the thing.
    """
    if kind in {"phone", "stray"}:
        width_px, height_px = _PHONE_PX
        thing = np.full((height_px, width_px), _BODY, np.uint8)
        thing[2 * _BEZEL_PX : -2 * _BEZEL_PX, _BEZEL_PX:-_BEZEL_PX] = _DISPLAY
        side_px = int((width_px - 2 * _BEZEL_PX) * _CODE_SHARE)
    else:
        width_px, height_px = _CARD_PX
        thing = np.full((height_px, width_px), _PAPER, np.uint8)
        side_px = int(height_px * _CODE_SHARE)
    shrinks = side_px < code.shape[0]
    fitted = cv2.resize(
        code, (side_px, side_px), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    )
    top_px, left_px = (height_px - side_px) // 2, (width_px - side_px) // 2
    thing[top_px : top_px + side_px, left_px : left_px + side_px] = fitted
    return thing


def fit(picture: Luma) -> Luma:
    """A picture no larger than the camera's field; a small one grows by a whole factor, to 60 % of it."""
    height_px, width_px = fitting(picture.shape, (HEIGHT_PX, WIDTH_PX))
    if height_px < picture.shape[0] or width_px < picture.shape[1]:
        return cv2.resize(picture, (width_px, height_px), interpolation=cv2.INTER_AREA)
    return enlarged(picture, (height_px, width_px))


class Room:
    """
    The entrance, and things before the camera.

    Args:
        seed: Of the grain, so that two rooms look the same.
    """

    def __init__(self, seed: int = 1) -> None:
        self._rooms = grainy(entrance(WIDTH_PX, HEIGHT_PX), seed)
        self._looks = 0

    def see(self) -> Luma:
        """What the camera sees of nobody: WIDTH_PX x HEIGHT_PX pixels of brightness, to be looked at."""
        self._looks += 1
        seen: Luma = self._rooms[self._looks % GRAINS]
        return seen

    def see_held(self, thing: Luma, x: float, y: float, at_s: float) -> Luma:
        """
        What the camera sees of somebody: WIDTH_PX x HEIGHT_PX pixels of brightness.

        Args:
            thing: What is held; what of it lies outside is not seen.
            x: Its middle in the camera's field as the visitor sees it, mirrored: 0 left to 1 right.
            y: The same: 0 above to 1 below.
            at_s: When, in seconds: nobody's hand is still.
        """
        seen = self.see().copy()
        height_px, width_px = thing.shape
        tilt = radians(_TILT_DEG * sin(2 * np.pi * at_s / _SWAYS_S))
        across, up = cos(tilt), sin(tilt)
        # Of the thing's middle, and of where it is seen.
        from_x, from_y = (width_px - 1) / 2, (height_px - 1) / 2
        to_x, to_y = (1 - x) * WIDTH_PX, y * HEIGHT_PX
        turn = np.array(
            [
                [across, up, to_x - across * from_x - up * from_y],
                [-up, across, to_y + up * from_x - across * from_y],
            ]
        )
        return cv2.warpAffine(
            thing,
            turn,
            (WIDTH_PX, HEIGHT_PX),
            dst=seen,
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_TRANSPARENT,
        )
