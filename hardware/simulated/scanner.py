"""The twin of the camera scanner: everything is real but the camera."""

from pathlib import Path
from threading import Event
from typing import Any

from hardware.frame import Luma
from hardware.pictures import load_luma
from hardware.scanner import Scanner
from hardware.simulated.camera import SimulatedCamera
from hardware.viewfinder import VIEWFINDER, Viewfinder
from kiosk.ports import Report

_LONGEST_PAUSE_S = 1.0
_HELD_UP_FRAMES = 5
_FINER = {"none": 1, "half": 2, "full": 4}


class SimulatedScanner(Scanner):
    """
    A scanner that reads the pictures one holds up to it. Options as `SimulatedCamera`.

    Its sensor is finer than the picture, as `detail` says. Of what else the real cameras are told it takes no
    heed: a door has one table of camera settings for all.

    Any thread may pull its levers, which return once the scanner has seen, and never keep waiting when it has
    ended or its camera is lost. After `find()` it opens the camera within a second.

    Raises:
        SettingsError: If an option is out of its range.
    """

    def __init__(
        self,
        *,
        width_px: int = 1280,
        height_px: int = 720,
        frames_per_s: float = 15,
        detail: str = "half",
        seed: int = 1,
        viewfinder: Viewfinder = VIEWFINDER,
        **_others: Any,
    ) -> None:
        self._simulated = SimulatedCamera(
            width_px=width_px,
            height_px=height_px,
            frames_per_s=frames_per_s,
            finer=_FINER[detail],
            seed=seed,
        )
        super().__init__(self._simulated, viewfinder=viewfinder, longest_pause_s=_LONGEST_PAUSE_S)

    def run(self, report: Report, stop: Event) -> None:
        """Read until `stop` is set, reporting every text seen on every frame, again and again."""
        self._simulated.return_to_work()
        try:
            super().run(report, stop)
        finally:
            self._simulated.retire()

    def hold_up(self, path: Path) -> bool:
        """
        Hold a picture file before the camera for five frames; returns when all were read.

        Returns:
            Whether they were: False if the camera was lost or the scanner ended first.

        Raises:
            BadPicture: If the file is missing, no picture, or too large.
        """
        return self.present(load_luma(path), _HELD_UP_FRAMES)

    def present(self, luma: Luma, frames: int = _HELD_UP_FRAMES) -> bool:
        """Hold a picture before the camera, as `SimulatedCamera.present`."""
        return self._simulated.present(luma, frames)

    def see(self, luma: Luma) -> None:
        """Have a picture seen in place of the room, as `SimulatedCamera.see`."""
        self._simulated.see(luma)

    def see_room(self) -> None:
        """Have the room seen again."""
        self._simulated.see_room()

    def lose(self) -> None:
        """Pull the camera's cable."""
        self._simulated.lose()

    def find(self) -> None:
        """Plug the camera's cable in again."""
        self._simulated.find()
