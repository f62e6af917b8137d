"""A camera that sees an empty grey room, and whatever picture is held before it."""

import time
from collections import deque
from dataclasses import dataclass
from functools import partial
from threading import Condition

import numpy as np
import pygame

from hardware.frame import Frame, Luma
from hardware.simulated.room import GRAINS, LEVEL, LONGEST_SIDE_PX, enlarged, fitting, grainy
from hardware.turning import cut_closer
from kiosk.errors import DeviceLost, DeviceMissing, SettingsError
from kiosk.glimpse import Glimpse


@dataclass(eq=False)
class _Showing:
    """
    A picture held before the camera, as it is and as the frame has it.

    `frames_left` counts those not yet taken *and* read.
    """

    picture: Luma
    luma: Luma
    frames_left: int
    seen: bool = False


class SimulatedCamera:
    """
    A camera without a camera (`hardware.camera.Camera`), with levers that any thread may pull.

    Args:
        width_px: Width of the picture, 64 to 4608. Default 1280.
        height_px: Height of the picture, 64 to 2592. Default 720.
        frames_per_s: Pictures a second, 1 to 60. Default 15. A picture that is newly held up is seen at once.
        finer: How many pixels the sensor has to one of the picture, across and down, 1 to 4: 1, the default,
            for no finer picture.
        seed: Of the grain, so that two runs see the same.

    Raises:
        SettingsError: If an option is out of its range.
    """

    def __init__(
        self,
        *,
        width_px: int = 1280,
        height_px: int = 720,
        frames_per_s: float = 15,
        finer: int = 1,
        seed: int = 1,
    ) -> None:
        for name, value, highest in (("width_px", width_px, 4608), ("height_px", height_px, 2592)):
            if not 64 <= value <= highest:  # noqa: PLR2004
                raise SettingsError(f"{name} = {value}: must be 64 to {highest}")
        if not 1 <= frames_per_s <= 60:  # noqa: PLR2004
            raise SettingsError(f"frames_per_s = {frames_per_s}: must be 1 to 60")
        self._room: Luma = grainy(np.full((height_px, width_px), LEVEL, float), seed)
        self._pause_s = 1 / frames_per_s
        self._finer = finer
        self._changed = Condition()
        self._showings: deque[_Showing] = deque()
        self._current: _Showing | None = None
        self._view: Luma | None = None
        self._view_is_new = False
        self._there = True
        self._open = False
        self._retired = False
        self._number = 0
        self._last_s = 0.0

    def open(self) -> None:
        """
        Start seeing the room.

        Raises:
            DeviceMissing: If the camera is lost.
        """
        with self._changed:
            if not self._there:
                raise DeviceMissing("camera: simulated as missing; say `camera found`")
            self._open = True
            self._number = 0
            self._last_s = 0.0

    def capture(self) -> Frame:
        """
        Wait for the next frame.

        Raises:
            DeviceLost: If the camera is lost.
        """
        with self._changed:
            self._read_on()
            due_s = self._last_s + self._pause_s
            while self._there and self._open and not self._has_news() and time.monotonic() < due_s:
                self._changed.wait(due_s - time.monotonic())
            if not self._there or not self._open:
                raise DeviceLost("camera: simulated as lost; say `camera found`")
            self._number += 1
            self._last_s = time.monotonic()
            luma = self._look()
            is_finer = self._finer > 1 and luma is not self._view
            closer = partial(self._closer, self._number) if is_finer else None
            return Frame(luma, self._number, self._last_s, closer)

    def heed(self, glimpse: Glimpse) -> None:
        """Its pictures are as good as they get."""

    def close(self) -> None:
        """Stop seeing. Pictures held up stay, for when it is opened again, unless the camera is lost."""
        with self._changed:
            self._open = False
            self._current = None
            self._changed.notify_all()

    def present(self, luma: Luma, frames: int = 5) -> bool:
        """
        Hold a picture before the camera until it was read on so many frames.

        It appears at once, or when the camera is opened, in the middle. One larger than the frame is scaled
        down to fit it, a small one enlarged by a whole factor up to 60 % of the frame's height. Several held
        up at the same time are seen one after the other.

        Args:
            luma: Brightness, uint8, (height, width), not empty.
            frames: How many frames, 1 or more.

        Returns:
            Whether it was read on all those frames; False as soon as the camera is lost or retired.

        Raises:
            ValueError: If the picture is empty, or is to be seen on no frame.
        """
        if luma.size == 0 or frames < 1:
            raise ValueError(
                f"a picture of {luma.shape} for {frames} frames: give at least one pixel and one frame"
            )
        showing = _Showing(luma, self._framed(luma), frames)
        with self._changed:
            if self._there and not self._retired:
                self._showings.append(showing)
                self._changed.notify_all()
            self._changed.wait_for(lambda: showing not in self._showings)
            return showing.frames_left == 0

    def see(self, luma: Luma) -> None:
        """
        Have a picture seen in place of the room until the next or `see_room()`; the first time at once.

        It is the whole frame, of its own shape, and has no finer picture behind it. What is held up meanwhile
        is seen before the room. A camera that is lost sees it again when it is found.

        Args:
            luma: Brightness, uint8, (height, width), 1 to 1920 each; it is copied.

        Raises:
            ValueError: If its shape is another.
        """
        if luma.ndim != 2 or not 1 <= min(luma.shape) <= max(luma.shape) <= LONGEST_SIDE_PX:  # noqa: PLR2004
            raise ValueError(f"a picture of {luma.shape}: must be 1 to {LONGEST_SIDE_PX} pixels each way")
        self._see(np.array(luma, np.uint8, order="C"))

    def see_room(self) -> None:
        """Have the room seen again."""
        self._see(None)

    def lose(self) -> None:
        """Pull the cable: `capture()` and `open()` fail until `find()`, and what is held up is not seen."""
        with self._changed:
            self._there = False
            self._put_down_all()

    def find(self) -> None:
        """Plug the cable in again."""
        with self._changed:
            self._there = True
            self._changed.notify_all()

    def retire(self) -> None:
        """Nobody looks through this camera any more: whoever holds up a picture need not wait."""
        with self._changed:
            self._retired = True
            self._put_down_all()

    def return_to_work(self) -> None:
        """Somebody looks through this camera again after `retire()`."""
        with self._changed:
            self._retired = False

    def _see(self, view: Luma | None) -> None:
        with self._changed:
            self._view, self._view_is_new = view, True
            self._changed.notify_all()

    def _put_down_all(self) -> None:
        self._showings.clear()
        self._current = None
        self._changed.notify_all()

    def _has_news(self) -> bool:
        return not self._showings[0].seen if self._showings else self._view_is_new

    def _read_on(self) -> None:
        """Count the frame taken before as read: its reader has come back for the next."""
        showing, self._current = self._current, None
        if showing is None:
            return
        showing.frames_left -= 1
        if showing.frames_left == 0:
            self._showings.remove(showing)
            self._changed.notify_all()

    def _look(self) -> Luma:
        room: Luma = self._room[self._number % GRAINS]
        if not self._showings:
            self._view_is_new = False
            return room if self._view is None else self._view
        self._current = self._showings[0]
        self._current.seen = True
        return _held_before(room.copy(), self._current.luma)

    def _closer(self, number: int, top_px: int, left_px: int, side_px: int) -> Luma | None:
        with self._changed:
            if number != self._number or not self._open:
                return None
            height_px, width_px = self._room.shape[1:]
            seen = np.full((height_px * self._finer, width_px * self._finer), LEVEL, np.uint8)
            if self._current is not None:
                _held_before(seen, self._framed(self._current.picture, self._finer))
            return cut_closer(seen, (width_px, height_px), 0, top_px, left_px, side_px)

    def _framed(self, luma: Luma, finer: int = 1) -> Luma:
        field = tuple(length * finer for length in self._room.shape[1:])
        height_px, width_px = fitting(luma.shape, field)
        if height_px < luma.shape[0] or width_px < luma.shape[1]:
            return _scaled(luma, width_px, height_px)
        return enlarged(luma, (height_px, width_px))


def _held_before(room: Luma, held: Luma) -> Luma:
    """The room with a picture in the middle."""
    top_px, left_px = ((room.shape[axis] - held.shape[axis]) // 2 for axis in (0, 1))
    room[top_px : top_px + held.shape[0], left_px : left_px + held.shape[1]] = held
    return room


def _scaled(luma: Luma, width_px: int, height_px: int) -> Luma:
    picture = pygame.surfarray.make_surface(np.repeat(luma.T[:, :, np.newaxis], 3, axis=2))
    small = pygame.transform.smoothscale(picture, (width_px, height_px))
    return np.ascontiguousarray(pygame.surfarray.array3d(small)[:, :, 0].T)
