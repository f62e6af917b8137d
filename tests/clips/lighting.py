"""The light that reaches the lens from a thing before a room: motion, screen, shadow, blur, glare."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.clips.camera import MIDDLE_GREY, Exposure, Lens, Light
from tests.clips.path import Path
from tests.clips.scenarios import Scenario
from tests.clips.things import Thing

NITS_PER_LUX = 1 / math.pi
"""Light that a white wall sends back."""

_MOMENTS = 5
_READOUT_STRIPS = 8
_MOVEMENT_PX = 40
_SMALLEST_PX = 64
_NEAREST_MM = 20
_FARTHEST_PX = 2e4
_SHARP_PX = 0.6

Corners = NDArray[np.float64]
Region = tuple[int, int, int, int]
"""Left, right, top, bottom, in pixels."""


@dataclass(frozen=True)
class Chances:
    """What no scenario says: where the lamp stands, how the screen's grid and refresh fall, and so on."""

    lamp: NDArray[np.float64]
    grid_mm: float
    bands: float
    bands_per_s: float
    shadow_direction: float

    @classmethod
    def draw(cls, chance: np.random.Generator) -> "Chances":
        """Draw them all, of whatever scenario: the draws that follow stay the same."""
        return cls(
            lamp=chance.uniform(-0.45, 0.45, 2),
            grid_mm=chance.uniform(0.055, 0.075),
            bands=chance.uniform(1.5, 4),
            bands_per_s=chance.uniform(0.5, 3),
            shadow_direction=chance.uniform(0, 6.28),
        )


@dataclass(frozen=True)
class Sight:
    """
    Where a thing is seen at one instant.

    Attributes:
        corners_px: Corners of its code.
        outline_px: Corners of the thing itself.
        module_px: Mean width of a module.
        away_mm: How far away it is.
        from_mm: The matrix from mm on the thing to pixels.
    """

    corners_px: Corners
    outline_px: Corners
    module_px: float
    away_mm: float
    from_mm: NDArray[np.float64]

    def region(self, margin_px: float, width_px: int, height_px: int) -> Region:
        """The part of the picture that it may cover."""
        x, y = self.outline_px[:, 0], self.outline_px[:, 1]
        return (
            int(np.clip(x.min() - margin_px, 0, width_px)),
            int(np.clip(x.max() + margin_px, 0, width_px)),
            int(np.clip(y.min() - margin_px, 0, height_px)),
            int(np.clip(y.max() + margin_px, 0, height_px)),
        )


class Lighting:
    """Lights one thing on its way through the view."""

    def __init__(
        self, scenario: Scenario, thing: Thing, path: Path, lens: Lens, chance: np.random.Generator
    ) -> None:
        self._scenario = scenario
        self._thing = thing
        self._path = path
        self._lens = lens
        # Level, screen and coverage, in ever smaller sizes: far things are drawn from small ones.
        self._sizes = [np.dstack([thing.levels, thing.shining, np.ones_like(thing.levels)])]
        while min(self._sizes[-1].shape[:2]) > _SMALLEST_PX:
            self._sizes.append(cv2.pyrDown(self._sizes[-1]))
        self._chances = Chances.draw(chance)

    def sight(self, at_s: float) -> Sight | None:
        """Where the thing is; `None` while it is out of view."""
        thing = self._thing
        from_mm, away_mm = self._path.homography(at_s)
        width_mm, height_mm = thing.size_mm
        outline_mm = [(0, 0), (width_mm, 0), (width_mm, height_mm), (0, height_mm)]
        corners_px = cv2.perspectiveTransform(thing.corners_mm[None], from_mm)[0]
        outline_px = cv2.perspectiveTransform(np.array([outline_mm], np.float64), from_mm)[0]
        if away_mm <= _NEAREST_MM or not np.isfinite(outline_px).all():
            return None
        if np.abs(outline_px).max() >= _FARTHEST_PX:
            return None
        if outline_px[:, 0].max() <= 0 or outline_px[:, 0].min() >= self._lens.width_px:
            return None
        sides_px = np.linalg.norm(corners_px - np.roll(corners_px, 1, 0), axis=1)
        return Sight(corners_px, outline_px, float(np.mean(sides_px) / thing.modules), away_mm, from_mm)

    def light(self, room: Light, sight: Sight, at_s: float, exposure: Exposure) -> Light:
        """The light of the thing before the light of the room, over the time of one exposure."""
        scenario = self._scenario
        light = room.astype(np.float32)
        self._draw(light, room, sight, at_s, exposure)
        if scenario.kind == "phone" and (scenario.moire or scenario.bands):
            self._ripple(light, sight, at_s)
        if scenario.shadow:
            light = self._shaded(light)
        blur_px = self._lens.blur_px(sight.away_mm, scenario.focus_mm)
        if blur_px > _SHARP_PX:
            light = cv2.GaussianBlur(light, (0, 0), blur_px * 0.35 + 0.2)
        if scenario.glare:
            light = self._with_glare(light, sight, at_s, exposure)
        return light

    def _draw(self, light: Light, room: Light, sight: Sight, at_s: float, exposure: Exposure) -> None:
        height_px, width_px = light.shape
        left, right, top, bottom = sight.region(_MOVEMENT_PX, width_px, height_px)
        strips = _READOUT_STRIPS if self._scenario.readout_ms else 1
        for strip in range(strips if right > left else 0):
            begin = max(top, height_px * strip // strips)
            end = min(bottom, height_px * (strip + 1) // strips)
            if end <= begin:
                continue
            read_s = self._scenario.readout_ms / 1000 * strip / strips
            total = np.zeros((end - begin, right - left), np.float32)
            for moment in range(_MOMENTS):
                moment_s = at_s + read_s + exposure.time_s * (moment / _MOMENTS)
                total += self._moment(room[begin:end, left:right], (left, begin), sight.module_px, moment_s)
            light[begin:end, left:right] = total / _MOMENTS

    def _moment(self, room: Light, corner: tuple[int, int], module_px: float, at_s: float) -> Light:
        """The light of a part of the view at one moment."""
        scenario, thing = self._scenario, self._thing
        shrunk = math.log2(
            max(1.0, thing.px_per_mm * scenario.code_mm / thing.modules / max(1e-6, module_px))
        )
        step = int(np.clip(math.floor(shrunk), 0, len(self._sizes) - 1))
        px_per_mm = thing.px_per_mm / 2**step
        from_px = np.array([[1 / px_per_mm, 0, 0], [0, 1 / px_per_mm, 0], [0, 0, 1.0]])
        to_part = np.array([[1, 0, -corner[0]], [0, 1, -corner[1]], [0, 0, 1.0]])
        matrix = to_part @ self._path.homography(at_s)[0] @ from_px
        seen = cv2.warpPerspective(
            self._sizes[step], matrix, room.shape[::-1], flags=cv2.INTER_LINEAR, borderValue=0
        )
        covered, shining = seen[..., 2], seen[..., 1]
        level = seen[..., 0] / np.maximum(covered, 1e-3)
        ambient_nits = scenario.ambient_lux * NITS_PER_LUX
        if scenario.kind != "phone":
            return level * ambient_nits * covered + room * (1 - covered)
        mirrored = np.where(shining > 0.5 * covered, scenario.reflection, level) * ambient_nits
        sent = shining * scenario.screen_nits * np.power(level, 2.2)
        return mirrored * covered + sent + room * (1 - covered)

    def _ripple(self, light: Light, sight: Sight, at_s: float) -> None:
        """The moire of the screen's grid, and the bands of its refresh, where each pixel lands on it."""
        scenario, chances = self._scenario, self._chances
        height_px, width_px = light.shape
        outline = sight.outline_px
        left, right = int(max(0, outline[:, 0].min())), int(min(width_px, outline[:, 0].max() + 1))
        top, bottom = int(max(0, outline[:, 1].min())), int(min(height_px, outline[:, 1].max() + 1))
        if right <= left or bottom <= top:
            return
        x, y = np.meshgrid(np.arange(left, right, dtype=np.float64), np.arange(top, bottom, dtype=np.float64))
        to_mm = np.linalg.inv(sight.from_mm)
        scale = to_mm[2, 0] * x + to_mm[2, 1] * y + to_mm[2, 2]
        x_mm = (to_mm[0, 0] * x + to_mm[0, 1] * y + to_mm[0, 2]) / scale
        y_mm = (to_mm[1, 0] * x + to_mm[1, 1] * y + to_mm[1, 2]) / scale
        width_mm, height_mm = self._thing.size_mm
        inside = (x_mm > 3) & (x_mm < width_mm - 3) & (y_mm > 3) & (y_mm < height_mm - 3)
        grid = np.cos(2 * math.pi * x_mm / chances.grid_mm) + np.cos(2 * math.pi * y_mm / chances.grid_mm)
        strength = 1 + 0.45 * scenario.moire * grid / 2
        if scenario.bands:
            turn = 2 * math.pi * (chances.bands * y / height_px + chances.bands_per_s * at_s)
            strength *= 1 - 0.5 * scenario.bands * (np.sin(turn) > 0.3)
        light[top:bottom, left:right] *= np.where(inside, strength, 1).astype(np.float32)

    def _shaded(self, light: Light) -> Light:
        height_px, width_px = light.shape
        x = np.linspace(-1, 1, width_px, dtype=np.float32)[None]
        y = np.linspace(-1, 1, height_px, dtype=np.float32)[:, None]
        direction = self._chances.shadow_direction
        depth = 1 / (1 + np.exp(-6 * (x * math.cos(direction) + y * math.sin(direction))))
        return light * (1 - self._scenario.shadow * 0.8 * depth)

    def _with_glare(self, light: Light, sight: Sight, at_s: float, exposure: Exposure) -> Light:
        """A lamp mirrored in the surface, which sweeps over the code as the hand moves."""
        scenario = self._scenario
        height_px, width_px = light.shape
        corners = sight.corners_px
        side = np.linalg.norm(corners[1] - corners[0])
        middle = corners.mean(0) + self._chances.lamp * side
        middle = middle + 0.55 * side * np.sin([2.3 * at_s, 1.7 * at_s])
        radius = side * (0.16 + 0.2 * scenario.glare)
        y, x = np.mgrid[0:height_px:4, 0:width_px:4].astype(np.float32)
        spot = np.exp(-((((x - middle[0]) / radius) ** 2 + ((y - middle[1]) / (radius * 0.7)) ** 2) ** 1.5))
        brightness = max(scenario.ambient_lux * NITS_PER_LUX, 0.4 * MIDDLE_GREY / exposure.sensitivity)
        return light + cv2.resize(spot, (width_px, height_px)) * scenario.glare * 3.0 * brightness
