"""A door's camera: its lens, an automatic exposure that lags, a sensor with noise, what its chip makes of it."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Light = NDArray[np.floating]
"""Light from each point of the view, in nits."""

_FIELD_OF_VIEW_DEG = 66.0
_FOCAL_MM = 4.74
_F_NUMBER = 1.8
MIDDLE_GREY = 0.20
"""Share of its range that the sensor gets on average."""

_SHORTEST_EXPOSURE_S = 1 / 4000
_EXPOSURE_LAG_S = 0.25
# At sensitivity 1 a frame is exposed for 1/60 s at gain 12.
_GAIN_SECONDS = 12.0 / 60.0
_SHARPENING = 0.35
_DENOISED_FROM_GAIN = 4


@dataclass(frozen=True)
class Lens:
    """
    A lens of a common camera of a Pi.

    Attributes:
        width_px: Width of the picture behind it.
    """

    width_px: int

    @property
    def focal_px(self) -> float:
        """Focal length, in pixels of the picture."""
        return (self.width_px / 2) / math.tan(math.radians(_FIELD_OF_VIEW_DEG) / 2)

    def blur_px(self, away_mm: float, focus_mm: float) -> float:
        """Width to which a point is blurred that is as far away, while the lens is focused elsewhere."""
        blur_mm = abs(away_mm - focus_mm) / away_mm * (_FOCAL_MM**2 / _F_NUMBER)
        blur_mm = blur_mm / max(1.0, focus_mm - _FOCAL_MM)
        return blur_mm / (2 * _FOCAL_MM * math.tan(math.radians(_FIELD_OF_VIEW_DEG) / 2)) * self.width_px


@dataclass(frozen=True)
class Exposure:
    """
    How one frame is taken.

    Attributes:
        time_s: How long light falls on the sensor.
        gain: How much the sensor amplifies it.
    """

    time_s: float
    gain: float

    @property
    def sensitivity(self) -> float:
        """Share of the sensor's range for one nit."""
        return self.time_s * self.gain * 60.0 / 12.0


class AutoExposure:
    """
    Follows the light of the view, late.

    Args:
        first: The view on which it has settled.
        longest_s: The longest exposure.
        highest_gain: The highest gain.
    """

    def __init__(self, first: Light, *, longest_s: float, highest_gain: float) -> None:
        self._longest_s = longest_s
        self._highest_gain = highest_gain
        self._wanted = MIDDLE_GREY / max(1e-6, float(first.mean()))

    def next(self) -> Exposure:
        """How to take the next frame: as long as allowed, and only then with gain."""
        needed = self._wanted * _GAIN_SECONDS
        time_s = min(self._longest_s, max(_SHORTEST_EXPOSURE_S, needed))
        return Exposure(time_s, min(self._highest_gain, max(1.0, needed / time_s)))

    def look(self, light: Light, exposure: Exposure, frame_s: float) -> None:
        """Learn from the middle of a frame that was taken; `frame_s` is the time until the next."""
        height_px, width_px = light.shape
        x, y = width_px // 6, height_px // 6
        seen = np.minimum(light * exposure.sensitivity, 1)[y : height_px - y, x : width_px - x]
        error = MIDDLE_GREY / max(float(seen.mean()), 0.02)
        self._wanted = exposure.sensitivity * error ** min(1.0, frame_s / _EXPOSURE_LAG_S)


def bloomed(light: Light) -> Light:
    """The light behind a lens that is not quite clean: a little of it goes everywhere."""
    height_px, width_px = light.shape
    small = cv2.resize(light, (width_px // 8, height_px // 8), interpolation=cv2.INTER_AREA)
    haze = cv2.resize(cv2.GaussianBlur(small, (0, 0), width_px / 8 / 40), (width_px, height_px))
    return 0.965 * light + 0.035 * haze


def develop(light: Light, exposure: Exposure, chance: np.random.Generator) -> NDArray[np.uint8]:
    """What the sensor and its chip make of the light: noise, tone curve, denoising, sharpening, 8 bits."""
    signal = light * exposure.sensitivity
    full_well = 6000.0 / exposure.gain
    variance = np.clip(signal, 0, None) / full_well + (1.6e-3 * exposure.gain**0.5) ** 2
    noise = chance.standard_normal(light.shape, dtype=np.float32) * np.sqrt(variance).astype(np.float32)
    signal = np.clip(signal + noise, 0, 1)
    curve = 1.055 * np.power(np.maximum(signal, 1e-6), 1 / 2.4) - 0.055
    picture = np.where(signal < 0.0031308, 12.92 * signal, curve)
    if exposure.gain > _DENOISED_FROM_GAIN:
        picture = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 0.45 + 0.05 * exposure.gain)
    picture = picture + _SHARPENING * (picture - cv2.GaussianBlur(picture, (0, 0), 1.2))
    return np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8)
