"""What a camera is: one blocking method with a time limit, so that no thread ever hangs on it."""

from typing import Final, Protocol

from hardware.frame import Frame
from kiosk.errors import SettingsError
from kiosk.glimpse import Glimpse

FRAME_TIMEOUT_S: Final = 3.0
"""How long a frame is waited for."""


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

    def heed(self, glimpse: Glimpse) -> None:
        """
        Hear what the last frame showed of a code that was not read, and see to it that the next shows more.

        Raises:
            DeviceLost: If the camera failed.
        """
        ...

    def close(self) -> None:
        """Give the camera back. Calling it twice, or before `open()`, does no harm."""
        ...


def check_options(width_px: int, height_px: int, frames_per_s: float, rotation_deg: int) -> None:
    """
    See that a camera can be asked for this.

    Raises:
        SettingsError: If an option is out of its range.
    """
    _check("width_px", width_px, 64, 4608, even=True)
    _check("height_px", height_px, 64, 2592, even=True)
    _check("frames_per_s", frames_per_s, 1, 60)
    if rotation_deg not in {0, 90, 180, 270}:
        raise SettingsError(f"rotation_deg = {rotation_deg}: must be 0, 90, 180 or 270")


def _check(name: str, value: float, lowest: int, highest: int, *, even: bool = False) -> None:
    if not lowest <= value <= highest or (even and value % 2):
        raise SettingsError(f"{name} = {value}: must be {lowest} to {highest}{', even' if even else ''}")
