"""A camera on USB, by the kernel's V4L2."""

import os
import struct
import time
from contextlib import suppress
from fcntl import ioctl
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from hardware.camera import FRAME_TIMEOUT_S, check_options
from hardware.frame import Frame, Luma
from hardware.turning import upright
from kiosk.errors import DeviceLost, DeviceMissing
from kiosk.glimpse import Glimpse

_SYSTEM = Path("/sys/class/video4linux")
_DEVICES = Path("/dev")

_PLANAR = 2
_BUFFERS = 2
"""Two, so that what is read next is never older than a frame."""

_SET_CONTROL = 0xC008561C
"""VIDIOC_S_CTRL of linux/videodev2.h; its argument is the number of a control and a value."""
_POWER_LINE_FREQUENCY = 0x00980918
_EXPOSURE_AUTO_PRIORITY = 0x009A0903
_POWER_LINE = {0: 0, 50: 1, 60: 2}


class UsbCamera:
    """
    A camera on USB.

    Focus, exposure and light are its own affair; it is asked not to slow down in the dark, since that blurs,
    and to heed the mains.

    Args:
        width_px: Width of the picture before turning, 64 to 4608, even; the camera takes the nearest it has.
        height_px: Its height, 64 to 2592, even.
        frames_per_s: Pictures a second, 1 to 60; the camera takes the nearest it has.
        rotation_deg: How far to turn the picture clockwise: 0, 90, 180 or 270.
        mains_hz: Of the current that feeds the lamps: 50, 60, or 0 for lamps that do not flicker.
        device: Its file, such as `/dev/video0` or one of `/dev/v4l/by-id`; empty for the first on USB that
            gives pictures.
        system: Where the kernel tells of its cameras.

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
        mains_hz: Literal[0, 50, 60] = 50,
        device: str = "",
        system: Path = _SYSTEM,
    ) -> None:
        check_options(width_px, height_px, frames_per_s, rotation_deg)
        self._size_px = (width_px, height_px)
        self._frames_per_s = frames_per_s
        self._rotation_deg = rotation_deg
        self._mains_hz = mains_hz
        self._device = device
        self._system = system
        self._camera: cv2.VideoCapture | None = None
        self._format = ""
        self._height_px = height_px
        self._number = 0

    def open(self) -> None:
        """
        Start the camera, and see that it gives pictures.

        Raises:
            DeviceMissing: If no camera is found, or none gives pictures.
        """
        # OpenCV asks once, when the first camera is opened, and would wait for ten seconds.
        os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", f"{FRAME_TIMEOUT_S:.0f}")
        devices = [Path(self._device)] if self._device else usb_cameras(self._system)
        for device in devices:
            if self._start(device):
                return
        if self._device:
            raise DeviceMissing(
                f"camera.device = {self._device}: gives no pictures; check the cable, and see that the user "
                "is in the group video and no other program uses it"
            )
        raise DeviceMissing(
            "camera: none on USB gives pictures; plug it in, and see that the user is in the group video"
        )

    def capture(self) -> Frame:
        """
        Wait for the next frame, for three seconds at most.

        Raises:
            DeviceLost: If none came: the camera was pulled out, or failed.
        """
        luma = self._look()
        if luma is None:
            raise DeviceLost("camera: no picture from USB; check the cable")
        self._number += 1
        return Frame(upright(luma, self._rotation_deg), self._number, time.monotonic())

    def heed(self, glimpse: Glimpse) -> None:
        """Leave it to the camera."""

    def close(self) -> None:
        """Stop the camera and give it back."""
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.release()

    def _start(self, device: Path) -> bool:
        if not device.exists():
            return False
        self._tell(device)
        self._camera = camera = cv2.VideoCapture(str(device), cv2.CAP_V4L2)
        if camera.isOpened():
            self._ask(camera)
            if self._look() is not None:
                return True
        self.close()
        return False

    def _ask(self, camera: cv2.VideoCapture) -> None:
        width_px, height_px = self._size_px
        # Compressed first: raw pictures of this size pass through USB 2 ten times a second.
        for code in ("MJPG", "YUYV"):
            camera.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*code))
            if _code_of(camera) == code:
                break
        for what, value in (
            (cv2.CAP_PROP_FRAME_WIDTH, width_px),
            (cv2.CAP_PROP_FRAME_HEIGHT, height_px),
            (cv2.CAP_PROP_FPS, self._frames_per_s),
            (cv2.CAP_PROP_BUFFERSIZE, _BUFFERS),
            # As it comes: the brightness is in it, and needs no colour made first.
            (cv2.CAP_PROP_CONVERT_RGB, 0),
        ):
            camera.set(what, value)
        self._format, self._height_px = _code_of(camera), int(camera.get(cv2.CAP_PROP_FRAME_HEIGHT))
        self._number = 0

    def _tell(self, device: Path) -> None:
        """Set what OpenCV has no word for; a camera that has no such control goes on without."""
        with suppress(OSError), device.open("rb", buffering=0) as opened:
            for control, value in (
                (_POWER_LINE_FREQUENCY, _POWER_LINE[self._mains_hz]),
                (_EXPOSURE_AUTO_PRIORITY, 0),
            ):
                with suppress(OSError):
                    ioctl(opened, _SET_CONTROL, struct.pack("=Ii", control, value))

    def _look(self) -> Luma | None:
        assert self._camera is not None
        try:
            is_read, raw = self._camera.read()
        except cv2.error:
            return None
        return brightness(raw, self._format, self._height_px) if is_read else None


def usb_cameras(system: Path = _SYSTEM) -> list[Path]:
    """
    The files of the cameras on USB, in the order of their numbers.

    The kernel has many more under such names on a Pi: the parts of its own camera, and of its graphics. And a
    camera on USB has two: one for its pictures, and one, with a number behind, for what it says of them.

    Args:
        system: Where the kernel tells of them.
    """
    found = [
        node
        for node in system.glob("video*")
        if "/usb" in str((node / "device").resolve()) and _read(node / "index") == "0"
    ]
    return [_DEVICES / node.name for node in sorted(found, key=lambda node: int(node.name[len("video") :]))]


def brightness(raw: Luma, code: str, height_px: int) -> Luma | None:
    """
    The brightness in a picture as it came.

    Args:
        raw: As OpenCV hands it on unchanged: rows of pixels, or the bytes of a JPEG.
        code: What it is, by the four letters that V4L2 has for it.
        height_px: How high the picture is.

    Returns:
        None if it cannot be made out, as a JPEG that was cut off.
    """
    if code in {"MJPG", "JPEG"}:
        whole = cv2.imdecode(raw.reshape(-1), cv2.IMREAD_GRAYSCALE) if raw.size else None
        return None if whole is None else np.asarray(whole, np.uint8)
    if raw.ndim == _PLANAR:
        # Colour, if there is any, lies below.
        return raw[:height_px]
    return raw[:, :, 1] if code == "UYVY" else raw[:, :, 0]


def _code_of(camera: cv2.VideoCapture) -> str:
    return int(camera.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little").decode("ascii", "replace")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except OSError:
        return ""
