"""The Raspberry Pi's own camera, by picamera2."""

import logging
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final, Literal

from hardware import tuning
from hardware.camera import FRAME_TIMEOUT_S, check_options
from hardware.exposing import Exposure, Stepping
from hardware.frame import Frame, Luma
from hardware.turning import cut_closer, upright
from kiosk.errors import DeviceLost, DeviceMissing
from kiosk.glimpse import Glimpse

log = logging.getLogger(__name__)

_DIVISORS: Final = {"full": 1, "half": 2}


class PicameraCamera:
    """
    The Raspberry Pi's own camera, by picamera2.

    picamera2 and libcamera come from the system (`apt install python3-picamera2`), not from PyPI, and are
    looked for when the camera is opened. Cameras on USB are passed over.

    Each picture comes twice, made by the Pi's own hardware: small, for reading and for the screen, and finer,
    of which only a part is ever looked at. A camera that gives one only is read by that. One that can focus
    does so by itself, all the time, on what is near; exposures are short, and other ones are tried while a
    code is seen and not read (`hardware.exposing`).

    Args:
        width_px: Width of the picture that is read, before turning, 64 to 4608, even. Default 1280.
        height_px: Its height, 64 to 2592, even. Default 720.
        frames_per_s: Pictures a second, 1 to 60. Default 15. A reader too slow for that misses frames and
            takes the newest.
        rotation_deg: How far to turn the picture clockwise for people to see it upright: 0, 90, 180 or 270.
            Default 0. Codes are read whichever way they lie.
        detail: How fine the finer picture is: `full` as the sensor, `half` as many pixels across and down, or
            `none`. Default `half`, which most sensors give at any speed.
        mains_hz: Of the current that feeds the lamps: 50, 60, or 0 for lamps that do not flicker. Default 50.

    Raises:
        SettingsError: If an option is out of its range.
    """

    def __init__(
        self,
        *,
        width_px: int = 1280,
        height_px: int = 720,
        frames_per_s: float = 15,
        rotation_deg: int = 0,
        detail: Literal["none", "half", "full"] = "half",
        mains_hz: Literal[0, 50, 60] = 50,
    ) -> None:
        check_options(width_px, height_px, frames_per_s, rotation_deg)
        self._asked_px = (width_px, height_px)
        self._frame_us = round(1_000_000 / frames_per_s)
        self._rotation_deg = rotation_deg
        self._divisor = _DIVISORS.get(detail)
        self._mains_hz = mains_hz
        self._camera: Any = None
        self._request: Any = None
        self._sizes_px: dict[str, tuple[int, int]] = {}
        self._stepping: Stepping | None = None
        self._exposure: Exposure | None = None
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
            remedy = "sudo apt install python3-picamera2"
            if sys.prefix != sys.base_prefix:
                remedy += ", and make the venv with --system-site-packages"
            raise DeviceMissing(f"camera: picamera2 cannot be used ({problem}); {remedy}") from problem
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
            self._let_go()
            self._request = self._camera.capture_request(wait=FRAME_TIMEOUT_S)
            luma = self._seen(self._reading, partial(upright, rotation_deg=self._rotation_deg))
        except TimeoutError as problem:
            raise DeviceLost(f"camera: no picture for {FRAME_TIMEOUT_S:.0f} s; check the cable") from problem
        except (RuntimeError, OSError) as problem:
            raise DeviceLost(f"camera: failed ({problem}); check the cable") from problem
        self._number += 1
        closer = partial(self._closer, self._number) if "lores" in self._sizes_px else None
        return Frame(luma, self._number, time.monotonic(), closer)

    def heed(self, glimpse: Glimpse) -> None:
        """
        Step the exposure while a code is seen and not read, where the camera can be told.

        Raises:
            DeviceLost: If the camera failed.
        """
        if self._stepping is None:
            return
        exposure = self._stepping.after(glimpse, self._taken)
        if exposure == self._exposure:
            return
        try:
            self._camera.set_controls(tuning.exposure_controls(exposure))
        except (RuntimeError, OSError) as problem:
            raise DeviceLost(f"camera: failed ({problem}); check the cable") from problem
        self._exposure = exposure

    def close(self) -> None:
        """Stop the camera and give it back."""
        camera, self._camera = self._camera, None
        if camera is None:
            return
        with suppress(RuntimeError, OSError):
            self._let_go()
        # A capture that ran into its time limit is still queued and would be served first.
        camera.cancel_all_and_flush()
        camera.close()

    @property
    def _reading(self) -> str:
        """The stream that is read."""
        return "lores" if "lores" in self._sizes_px else "main"

    def _start(self, picamera2: Any) -> None:
        # Asked first, since a Picamera2 that finds no camera leaves a file open each time.
        own = [camera["Num"] for camera in picamera2.global_camera_info() if "/usb" not in camera["Id"]]
        if not own:
            raise DeviceMissing("camera: none found; check the cable, then `rpicam-hello --list-cameras`")
        self._camera = camera = _connected(picamera2, own[0])
        self._configure(camera)
        offered = camera.camera_controls
        area = camera.camera_properties.get("ScalerCropMaximum")
        camera.set_controls(tuning.focus_window(offered, area))
        limits = tuning.limits(offered, frame_us=self._frame_us)
        self._stepping = Stepping(limits) if limits else None
        self._exposure = None
        camera.start()
        self._number = 0

    def _configure(self, camera: Any) -> None:
        """Ask for both pictures, or for one where the camera cannot give two."""
        reading = {"size": self._asked_px, "format": "YUV420"}
        fine_px = self._divisor and tuning.detail_size(
            camera.sensor_resolution, self._asked_px, self._divisor
        )
        if fine_px:
            fine = {"size": fine_px, "format": "YUV420"}
            try:
                self._take_up(camera, main=fine, lores=reading)
            except (RuntimeError, OSError) as problem:
                log.info("camera: gives one picture only (%s); small codes are not looked at closer", problem)
            else:
                return
        self._take_up(camera, main=reading)

    def _take_up(self, camera: Any, **streams: dict[str, Any]) -> None:
        controls = tuning.controls(camera.camera_controls, frame_us=self._frame_us, mains_hz=self._mains_hz)
        camera.configure(
            camera.create_video_configuration(
                **streams, controls=controls, buffer_count=4, display=None, encode=None
            )
        )
        # libcamera may have changed what was asked for.
        given = camera.camera_configuration()
        self._sizes_px = {stream: given[stream]["size"] for stream in streams}

    def _seen(self, stream: str, look: Callable[[Luma], Luma]) -> Luma:
        """What comes of looking at the brightness in a stream of the newest frame, in the camera's memory."""
        from picamera2 import MappedArray  # noqa: PLC0415  # as Picamera2

        width_px, height_px = self._sizes_px[stream]
        with MappedArray(self._request, stream, write=False) as mapped:
            # Planar YUV: the first rows are the brightness, and rows may be longer than the picture is wide.
            return look(mapped.array[:height_px, :width_px])

    def _closer(self, number: int, top_px: int, left_px: int, side_px: int) -> Luma | None:
        if self._request is None or number != self._number:
            return None
        cut = partial(
            cut_closer,
            size_px=self._sizes_px["lores"],
            rotation_deg=self._rotation_deg,
            top_px=top_px,
            left_px=left_px,
            side_px=side_px,
        )
        with suppress(RuntimeError, OSError):
            return self._seen("main", cut)
        # It fails just now; the next frame will tell.
        return None

    def _taken(self) -> Exposure:
        """How the newest frame was exposed."""
        told = self._request.get_metadata()
        return Exposure(told.get("ExposureTime", self._frame_us), told.get("AnalogueGain", 1.0))

    def _let_go(self) -> None:
        """Give the memory of the newest frame back to the camera."""
        request, self._request = self._request, None
        if request is not None:
            request.release()


def _connected(picamera2: Any, number: int) -> Any:
    """
    A new `Picamera2`.

    One that cannot have its camera leaves a pipe open, which in a box that tries again for days uses up all
    the files that a process may open.
    """
    camera = picamera2.__new__(picamera2)
    try:
        camera.__init__(number)
    except BaseException:
        if hasattr(camera, "notifymeread"):
            camera.notifymeread.close()
            os.close(camera.notifyme_w)
        raise
    return camera
