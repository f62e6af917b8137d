"""
Where in a frame it is worth looking again, for next to nothing.

A room may be full of tiles and grilles; what tells a code from them is that its texture is new. So the
texture of the room is learned while nothing is read, and only what stands out from it is worth an extra
attempt. On clips of an empty door with somebody walking by, nothing ever stood out; nearly every code in
focus did.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.frame import Luma
from hardware.straightening import Located

_STRIDE_PX = 8
_WINDOW = (5, 5)
_SOLID = np.ones((7, 7), np.uint8)
_NEW_LEVELS = 4
_LEARNED_SHARE = 0.02
_HEARTBEAT_FRAMES = 45
_MEMORY_FRAMES = 15
_SIDES_PX = (160, 224, 288, 352)
_MARGIN_SHARE = 1.3
_GUESS_SIDE_PX = 224

Texture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """
    Where to look again.

    Attributes:
        top_px: First row.
        left_px: First column.
        side_px: Width and height; less where the frame ends.
        code: The code that was found there and not read; None if only its texture stands out.
        is_guess: Whether nothing stands out there, and it is looked at all the same.
    """

    top_px: int
    left_px: int
    side_px: int
    code: Located | None = None
    is_guess: bool = False

    def cut_out(self, luma: Luma) -> Luma:
        """This part of a frame."""
        bottom_px, right_px = self.top_px + self.side_px, self.left_px + self.side_px
        # A copy: a camera may write its next frame over this one.
        return luma[self.top_px : bottom_px, self.left_px : right_px].copy()


class Watch:
    """Watches one stream of frames. For one thread at a time."""

    def __init__(self) -> None:
        self._room: NDArray[np.float32] | None = None
        self._last: Place | None = None
        self._frames_since_found = 0
        self._frames_since_look = _HEARTBEAT_FRAMES

    def forget(self) -> None:
        """A code was read: there is nothing to look for any more."""
        self._last = None
        self._frames_since_look = 0

    def place(self, luma: Luma, unread: tuple[Located, ...]) -> Place | None:
        """
        Where to look again in a frame that was not read; None when that is not worth it.

        A code that was found counts first, then a texture that is new, then, for a second, where a code was
        found before. Every three seconds at least there is a place, so that a code that stands still is
        never locked out.

        Args:
            luma: The frame.
            unread: The codes that were found in it and not read.
        """
        if min(luma.shape) <= _STRIDE_PX:
            return None
        texture = _texture(luma)
        if self._room is None or self._room.shape != texture.shape:
            self._room = texture.astype(np.float32)
        self._frames_since_found += 1
        self._frames_since_look += 1
        place = self._found(luma, unread, texture)
        if place is not None:
            self._frames_since_look = 0
        cv2.accumulateWeighted(texture, self._room, _LEARNED_SHARE)
        return place

    def _found(self, luma: Luma, unread: tuple[Located, ...], texture: Texture) -> Place | None:
        if unread:
            self._frames_since_found = 0
            code = max(unread, key=lambda one: cv2.contourArea(one.corners))
            middle = code.corners.mean(axis=0)
            size_px = float(np.ptp(code.corners, axis=0).max())
            self._last = self._around(luma, middle[1], middle[0], size_px, code)
            return self._last
        assert self._room is not None
        new = cv2.erode(cv2.subtract(texture, cv2.convertScaleAbs(self._room)), _SOLID)
        if place := self._where(luma, new, _NEW_LEVELS):
            return place
        if self._last is not None and self._frames_since_found < _MEMORY_FRAMES:
            return replace(self._last, code=None)
        self._last = None
        if self._frames_since_look >= _HEARTBEAT_FRAMES:
            guess = self._where(luma, cv2.erode(texture, _SOLID), 0, _GUESS_SIDE_PX)
            return guess and replace(guess, is_guess=True)
        return None

    def _where(
        self, luma: Luma, standing_out: Texture, least: float, largest_px: int = _SIDES_PX[-1]
    ) -> Place | None:
        """The place of the most telling texture; None where nothing reaches `least` levels."""
        _, most, _, (x, y) = cv2.minMaxLoc(standing_out)
        if most < least:
            return None
        share = (standing_out > most / 2).astype(np.uint8)
        _, parts, facts, middles = cv2.connectedComponentsWithStats(share)
        part = parts[y, x]
        reach = len(_SOLID) - 1
        samples = max(facts[part, cv2.CC_STAT_WIDTH], facts[part, cv2.CC_STAT_HEIGHT]) + reach
        size_px = min(float(samples * _STRIDE_PX), largest_px / _MARGIN_SHARE)
        column, row = middles[part]
        return self._around(luma, row * _STRIDE_PX, column * _STRIDE_PX, size_px, None)

    def _around(self, luma: Luma, row: float, column: float, size_px: float, code: Located | None) -> Place:
        """A square around a point that holds so much and its surroundings, inside the frame."""
        largest_px = max(_SIDES_PX[-1], round(size_px * _MARGIN_SHARE)) if code else _SIDES_PX[-1]
        side_px = next((side for side in _SIDES_PX if side >= size_px * _MARGIN_SHARE), largest_px)
        top_px, left_px = (
            int(np.clip(round(middle) - side_px // 2, 0, max(0, length - side_px)))
            for middle, length in zip((row, column), luma.shape, strict=True)
        )
        return Place(top_px, left_px, side_px, code)


def _texture(luma: Luma) -> Texture:
    """
    How much neighbouring samples differ, at every eighth pixel: the mean over some forty pixels, in levels.

    Across and down, whichever is less: the lines of a text and the slats of a blind differ one way only.
    """
    sample = np.ascontiguousarray(luma[::_STRIDE_PX, ::_STRIDE_PX])
    across = cv2.absdiff(sample[:, 1:], sample[:, :-1])[:-1]
    down = cv2.absdiff(sample[1:], sample[:-1])[:, :-1]
    return cv2.min(cv2.blur(across, _WINDOW), cv2.blur(down, _WINDOW))
