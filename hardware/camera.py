"""The camera: one blocking method with a time limit, so that no thread ever hangs on it."""

import os
import time
from typing import Any, Protocol

import numpy as np

from hardware.frame import Frame, Luma
from kiosk.errors import DeviceLost, DeviceMissing, SettingsError

_FRAME_TIMEOUT_S = 3.0
_QUARTER_TURN_DEG = 90


class Camera(Protocol):
    """Takes pictures. Belongs to the thread that opens it."""

    def open(self) -> None:
        """
        Get ready to take pictures. After an exception, nothing is left open.

        Raises:
            DeviceMissing: If there is no camera, or it does not start.
        """
        ...

    def capture(self) -> Frame:
        """
        Wait for the newest frame, for a few seconds at most.

        Raises:
            DeviceLost: If none came, or the camera failed.
        """
        ...

    def close(self) -> None:
        """Give the camera back. Calling it twice, or before `open()`, does no harm."""
        ...


class PicameraCamera:
    """
    The Raspberry Pi's own camera, by picamera2.

    picamera2 and libcamera come from the system (`apt install python3-picamera2`), not from PyPI, and are
    looked for when the camera is opened. A camera module that can focus does so by itself, all the time.

    Args:
        width_px: Width of the picture before turning, 64 to 4608, even. Default 1280.
        height_px: Height of the picture before turning, 64 to 2592, even. Default 720.
        frames_per_s: Pictures a second, 1 to 60. Default 15. A reader too slow for that misses frames and
            takes the newest.
        rotation_deg: How far to turn the picture clockwise for people to see it upright: 0, 90, 180 or 270.
            Default 0. Codes are read whichever way they lie.

    Raises:
        SettingsError: If an option is out of its range.
    """

    def __init__(
        self, *, width_px: int = 1280, height_px: int = 720, frames_per_s: float = 15, rotation_deg: int = 0
    ) -> None:
        _check("width_px", width_px, 64, 4608, even=True)
        _check("height_px", height_px, 64, 2592, even=True)
        _check("frames_per_s", frames_per_s, 1, 60)
        if rotation_deg not in {0, 90, 180, 270}:
            raise SettingsError(f"rotation_deg = {rotation_deg}: must be 0, 90, 180 or 270")
        self._size_px = (width_px, height_px)
        self._frame_us = round(1_000_000 / frames_per_s)
        self._quarter_turns = rotation_deg // _QUARTER_TURN_DEG
        self._size_px_given = self._size_px
        self._camera: Any = None
        self._number = 0

    def open(self) -> None:
        """
        Start the camera; takes about a second.

        Raises:
            DeviceMissing: If picamera2 is not installed, no camera is found, or it does not start.
        """
        try:
            from picamera2 import Picamera2  # noqa: PLC0415  # it is on a Pi only
        except ImportError as problem:
            raise DeviceMissing(
                f"camera: picamera2 cannot be used ({problem}); apt install python3-picamera2, and make the "
                "venv with --system-site-packages"
            ) from problem
        try:
            self._start(Picamera2)
        except DeviceMissing:
            raise
        except (RuntimeError, OSError) as problem:
            self.close()
            raise DeviceMissing(
                f"camera: does not start ({problem}); does another program use it?"
            ) from problem
        except BaseException:
            self.close()
            raise

    def capture(self) -> Frame:
        """
        Wait for the newest frame, for three seconds at most.

        Raises:
            DeviceLost: If none came, as after a loose cable, or the camera failed.
        """
        try:
            picture = self._camera.capture_array("main", wait=_FRAME_TIMEOUT_S)
        except TimeoutError as problem:
            raise DeviceLost(f"camera: no picture for {_FRAME_TIMEOUT_S:.0f} s; check the cable") from problem
        except (RuntimeError, OSError) as problem:
            raise DeviceLost(f"camera: failed ({problem}); check the cable") from problem
        self._number += 1
        return Frame(self._upright(picture), self._number, time.monotonic())

    def close(self) -> None:
        """Stop the camera and give it back."""
        camera, self._camera = self._camera, None
        if camera is None:
            return
        # A capture that ran into its time limit is still queued and would be served first.
        camera.cancel_all_and_flush()
        camera.close()

    def _start(self, picamera2: Any) -> None:
        # Asked first, since a Picamera2 that finds no camera leaves a file open each time.
        if not picamera2.global_camera_info():
            raise DeviceMissing("camera: none found; check the cable, then `rpicam-hello --list-cameras`")
        self._camera = _connected(picamera2)
        offered = self._camera.camera_controls
        controls: dict[str, Any] = {}
        if "FrameDurationLimits" in offered:
            controls["FrameDurationLimits"] = (self._frame_us, self._frame_us)
        if "AfMode" in offered:
            from libcamera import controls as libcamera_controls  # noqa: PLC0415  # as picamera2

            controls["AfMode"] = libcamera_controls.AfModeEnum.Continuous
        stream = {"size": self._size_px, "format": "YUV420"}
        self._camera.configure(
            self._camera.create_video_configuration(
                main=stream, controls=controls, buffer_count=4, display=None, encode=None
            )
        )
        self._camera.start()
        # libcamera may have changed what was asked for.
        self._size_px_given = self._camera.camera_configuration()["main"]["size"]
        self._number = 0

    def _upright(self, picture: Any) -> Luma:
        width_px, height_px = self._size_px_given
        # Planar YUV: the first rows are the brightness, and rows may be longer than the picture is wide.
        luma = picture[:height_px, :width_px]
        return np.ascontiguousarray(np.rot90(luma, -self._quarter_turns))


def _connected(picamera2: Any) -> Any:
    """
    A new `Picamera2`.

    One that cannot have its camera leaves a pipe open, which in a box that tries again for days uses up all
    the files that a process may open.
    """
    camera = picamera2.__new__(picamera2)
    try:
        camera.__init__()
    except BaseException:
        if hasattr(camera, "notifymeread"):
            camera.notifymeread.close()
            os.close(camera.notifyme_w)
        raise
    return camera


def _check(name: str, value: float, lowest: int, highest: int, *, even: bool = False) -> None:
    if not lowest <= value <= highest or (even and value % 2):
        raise SettingsError(f"{name} = {value}: must be {lowest} to {highest}{', even' if even else ''}")
