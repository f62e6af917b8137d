"""How well the camera sees a code that is held up, for `kiosk check --wire`: in figures, never its text."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hardware.frame import Luma
from hardware.viewfinder import VIEWFINDER, Viewfinder
from kiosk.errors import DeviceMissing

_FINDER_MODULES = 17
_MODULES_A_VERSION = 4
_SHARP = 0.35
"""Where an edge between black and white is less steep, the lens is unclean, the card too near or moved."""
_FINE_PX = 3.0
"""Smaller modules are read with luck only."""
_DARK, _LIGHT = 5, 95


@dataclass(frozen=True, slots=True)
class Seen:
    """
    A code in a picture.

    Attributes:
        share: Its longer side, as a part of the picture's width.
        module_px: Side of one of its squares.
        sharpness: How much of the step from black to white its steepest edges make within a pixel, 0 to 1.
    """

    share: float
    module_px: float
    sharpness: float

    @property
    def is_good(self) -> bool:
        """Whether a door reads such codes at once."""
        return self.sharpness >= _SHARP and self.module_px >= _FINE_PX

    def __str__(self) -> str:
        told = (
            f"fills {self.share:.0%} of the picture's width, {self.module_px:.1f} pixels a square,"
            f" sharpness {self.sharpness:.0%}"
        )
        if self.sharpness < _SHARP:
            return f"{told}: blurred; clean the lens, set its focus to where cards are held"
        if self.module_px < _FINE_PX:
            return f"{told}: small; bring the card shelf nearer to the camera"
        return told


def held_up(viewfinder: Viewfinder = VIEWFINDER) -> tuple[bool, str] | None:
    """
    Look at the newest picture once.

    Returns:
        Whether the code in it is seen well, and the figures; None while no code is read.

    Raises:
        DeviceMissing: If the engine that tells where codes lie is not installed.
    """
    frame = viewfinder.newest()
    seen = look(frame.luma) if frame is not None else None
    return None if seen is None else (seen.is_good, str(seen))


def look(luma: Luma) -> Seen | None:
    """The largest code in a picture that is read; None for none."""
    try:
        import zxingcpp  # noqa: PLC0415  # the door reads with the other engine where this one is missing
    except ImportError as problem:
        raise DeviceMissing("zxing-cpp is missing: pip install zxing-cpp") from problem
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
    seen = [_seen(luma, code) for code in zxingcpp.read_barcodes(luma, formats=formats)]
    return max(seen, key=lambda one: one.share, default=None)


def _seen(luma: Luma, code: Any) -> Seen:
    at = code.position
    corners = np.array(
        [(corner.x, corner.y) for corner in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)]
    )
    side_px = float(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1).max())
    version = int((code.extra or {}).get("Version") or 1)
    left, top = np.maximum(corners.min(axis=0), 0)
    right, bottom = corners.max(axis=0)
    return Seen(
        side_px / luma.shape[1],
        side_px / (_FINDER_MODULES + _MODULES_A_VERSION * version),
        sharpness(luma[top : bottom + 1, left : right + 1]),
    )


def sharpness(luma: Luma) -> float:
    """How much of the step from black to white the steepest edges of a picture make within a pixel."""
    if min(luma.shape) < 2:  # noqa: PLR2004 - no neighbours
        return 0.0
    dark, light = np.percentile(luma, (_DARK, _LIGHT))
    if light <= dark:
        return 0.0
    steps = np.abs(np.diff(luma.astype(np.int16), axis=1))
    return float(min(1.0, np.percentile(steps, _LIGHT) / (light - dark)))
