"""The camera that a box has, of whichever kind it is."""

from collections.abc import Sequence
from typing import Literal

from hardware.camera import Camera
from hardware.frame import Frame
from hardware.pi_camera import PicameraCamera
from hardware.usb_camera import UsbCamera
from kiosk.errors import DeviceMissing
from kiosk.glimpse import Glimpse


class FirstCamera:
    """
    The first of several cameras that is there when it is opened.

    Args:
        cameras: The best first; at least one.
    """

    def __init__(self, cameras: Sequence[Camera]) -> None:
        self._cameras = cameras
        self._opened = cameras[0]

    def open(self) -> None:
        """
        Open the first that is there.

        Raises:
            DeviceMissing: If none is. The message has what each of them said.
        """
        problems = []
        for camera in self._cameras:
            try:
                camera.open()
            except DeviceMissing as problem:
                problems.append(str(problem))
            else:
                self._opened = camera
                return
        raise DeviceMissing("; ".join(problems))

    def capture(self) -> Frame:
        """
        Wait for its newest frame.

        Raises:
            DeviceLost: If none came, or the camera failed.
        """
        return self._opened.capture()

    def heed(self, glimpse: Glimpse) -> None:
        """
        Let it hear what the last frame showed.

        Raises:
            DeviceLost: If the camera failed.
        """
        self._opened.heed(glimpse)

    def close(self) -> None:
        """Give it back."""
        self._opened.close()


def camera_of(  # noqa: D417
    *,
    kind: Literal["auto", "pi", "usb"] = "auto",
    device: str = "",
    width_px: int = 1280,
    height_px: int = 720,
    frames_per_s: float = 15,
    rotation_deg: int = 0,
    detail: Literal["none", "half", "full"] = "half",
    mains_hz: Literal[0, 50, 60] = 50,
) -> Camera:
    """
    The camera of a box.

    Args:
        kind: `pi` is the Raspberry Pi's own, `usb` one on USB, `auto` the Pi's own if there is one.
        device: Of one on USB: its file; empty for the first that gives pictures.
        width_px: This, and what follows, as `PicameraCamera` has it; one on USB has no finer picture.

    Raises:
        SettingsError: If an option is out of its range.
    """
    own = PicameraCamera(
        width_px=width_px,
        height_px=height_px,
        frames_per_s=frames_per_s,
        rotation_deg=rotation_deg,
        detail=detail,
        mains_hz=mains_hz,
    )
    on_usb = UsbCamera(
        width_px=width_px,
        height_px=height_px,
        frames_per_s=frames_per_s,
        rotation_deg=rotation_deg,
        mains_hz=mains_hz,
        device=device,
    )
    if kind == "auto":
        return FirstCamera([own, on_usb])
    return own if kind == "pi" else on_usb
