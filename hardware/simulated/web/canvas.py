"""The door's screen as pages see it: its pixels, and for each page the part that it has not seen."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from struct import Struct as Layout
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.layout import Box
from hardware.simulated.panel.wire import Pixels

WIDTH_PX: Final = 2048
HEIGHT_PX: Final = 1200
"""Of the screen of a virtual door."""
HEAD: Final = Layout("<HHI")
"""What stands before a picture: where its left upper corner is, and the number of the view."""

# Measured on the door's own screens at 2048 x 1200, on one core of a small server. The welcome, a plain
# screen: PNG of level 1 with no filter 12 ms and 141 kB; with OpenCV's own filters 42 ms and 151 kB, at
# level 6 58 ms and 119 kB; lossless WebP 35 ms and 272 kB at its fastest, 99 ms and 43 kB by OpenCV. The
# waiting screen with a camera's picture: 23 ms and 547 kB, against 55 ms, 165 ms, 49 ms and 548 ms. Over
# loopback, milliseconds count. The camera's pane alone: 11 ms and 361 kB as PNG, 1 ms and 38 kB as JPEG.
_PNG: Final = [
    cv2.IMWRITE_PNG_COMPRESSION,
    1,
    # OpenCV before 4.12 cannot be told.
    *([cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE] if hasattr(cv2, "IMWRITE_PNG_FILTER") else []),
]
_LARGEST_PX: Final = 3840
_JPEG: Final = [cv2.IMWRITE_JPEG_QUALITY, 90]


class Watching:
    """
    What one page has not seen yet.

    What only the camera's picture changed is kept apart from the rest, so that a clock that ticks beside it
    does not make a page fetch the picture without loss.
    """

    def __init__(self, canvas: "Canvas") -> None:
        self._canvas = canvas
        self._plain: Box | None = None
        self._camera: Box | None = None
        self._news = asyncio.Event()

    async def next(self) -> bytes:
        """
        Wait for something unseen: `HEAD`, and a picture of it as it is now.

        A PNG; a JPEG where nothing but the camera's picture changed.
        """
        await self._news.wait()
        box, is_camera = self._plain or self._camera, self._plain is None
        assert box
        if is_camera:
            self._camera = None
        else:
            self._plain = None
        if self._plain is None and self._camera is None:
            self._news.clear()
        return await self._canvas.picture(box, is_camera=is_camera)

    def miss(self, box: Box, *, is_camera: bool) -> None:
        """This part is unseen from now on."""
        if is_camera:
            self._camera = box.around(self._camera)
        else:
            self._plain = box.around(self._plain)
        if self._plain and self._camera and self._plain.holds(self._camera):
            self._camera = None
        self._news.set()

    def miss_all(self, box: Box) -> None:
        """The screen is another: nothing of it was seen."""
        self._plain = self._camera = None
        self.miss(box, is_camera=False)


class Canvas:
    """
    The pixels of the door's screen, black while no door is open. Belongs to one event loop.

    Args:
        width_px: Until a door opens. Default `WIDTH_PX`.
        height_px: Until a door opens. Default `HEIGHT_PX`.
    """

    def __init__(self, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> None:
        self._watchings: set[Watching] = set()
        self._encoding: dict[tuple[Box, bool], asyncio.Task[bytes]] = {}
        self.begin(width_px, height_px)

    @property
    def bgr(self) -> NDArray[np.uint8]:
        """Blue, green and red: shape (height, width, 3). To be looked at, not kept."""
        return self._bgr

    def begin(self, width_px: int, height_px: int) -> None:
        """
        A door opens, whose screen is black as yet.

        Raises:
            ValueError: If no screen is as large as that.
        """
        if not (0 < width_px <= _LARGEST_PX and 0 < height_px <= _LARGEST_PX):
            raise ValueError(f"a screen of {width_px} x {height_px} pixels: give 1 to {_LARGEST_PX}")
        self._bgr = np.zeros((height_px, width_px, 3), np.uint8)
        self._number = 0
        self._encoding.clear()
        for watching in self._watchings:
            watching.miss_all(self._whole)

    def blacken(self) -> None:
        """The door is gone."""
        height_px, width_px, _ = self._bgr.shape
        self.begin(width_px, height_px)

    def paint(self, pixels: Pixels) -> None:
        """
        Take over what has changed.

        Raises:
            ValueError: If it lies outside of the screen, or has more or fewer bytes than pixels.
        """
        box = Box(pixels.x, pixels.y, pixels.width_px, pixels.height_px)
        if not (pixels.width_px > 0 and pixels.height_px > 0 and self._whole.holds(box)):
            raise ValueError(f"pixels of {box} on a screen of {self._whole}: give what lies on it")
        rows = np.frombuffer(pixels.bgr, np.uint8).reshape(pixels.height_px, pixels.width_px, 3)
        self._bgr[box.y : box.bottom, box.x : box.right] = rows
        self._number = pixels.number
        self._encoding.clear()
        for watching in self._watchings:
            watching.miss(box, is_camera=pixels.is_camera)

    @contextmanager
    def watching(self) -> Iterator[Watching]:
        """For one page: everything is new to it."""
        watching = Watching(self)
        watching.miss_all(self._whole)
        self._watchings.add(watching)
        try:
            yield watching
        finally:
            self._watchings.discard(watching)

    async def picture(self, box: Box, *, is_camera: bool) -> bytes:
        """A part of the screen as it is now, encoded once for all who want the same at the same time."""
        task = self._encoding.get((box, is_camera))
        if task is None:
            part = self._bgr[box.y : box.bottom, box.x : box.right].copy()
            head = HEAD.pack(box.x, box.y, self._number)
            task = asyncio.create_task(asyncio.to_thread(_encoded, head, part, is_camera=is_camera))
            self._encoding[box, is_camera] = task
        # A page that goes away meanwhile takes nothing from another that waits for the same.
        return await asyncio.shield(task)

    @property
    def _whole(self) -> Box:
        height_px, width_px, _ = self._bgr.shape
        return Box(0, 0, width_px, height_px)


def _encoded(head: bytes, bgr: NDArray[np.uint8], *, is_camera: bool) -> bytes:
    _, picture = cv2.imencode(".jpg", bgr, _JPEG) if is_camera else cv2.imencode(".png", bgr, _PNG)
    return head + picture.tobytes()
