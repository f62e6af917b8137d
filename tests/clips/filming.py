"""Films a scenario: one clip of frames, with the truth about each."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.clips import camera, room, things
from tests.clips.camera import AutoExposure, Lens
from tests.clips.lighting import NITS_PER_LUX, Lighting
from tests.clips.path import Path
from tests.clips.scenarios import SCENARIOS

_MARGIN_PX = 2


@dataclass(frozen=True, eq=False)
class Shot:
    """
    One frame of a clip, and what is true of it.

    Attributes:
        luma: The frame.
        at_s: When it was taken, from the beginning of the clip.
        truth: What the clip's code says; `None` in a clip without one.
        corners_px: Corners of the code from top left, clockwise; `None` while it is out of view.
        module_px: Mean width of a module; 0 while it is out of view.
    """

    luma: NDArray[np.uint8]
    at_s: float
    truth: str | None
    corners_px: NDArray[np.float64] | None
    module_px: float

    @property
    def visible(self) -> bool:
        """Whether the whole code is in the frame."""
        if self.corners_px is None:
            return False
        height_px, width_px = self.luma.shape
        first = self.corners_px > _MARGIN_PX
        last = self.corners_px < np.array([width_px, height_px]) - _MARGIN_PX - 1
        return bool(first.all() and last.all())


def clip(
    name: str,
    seed: int,
    *,
    width_px: int = 1280,
    height_px: int = 720,
    frames_per_s: float = 15,
    duration_s: float = 2.6,
) -> Iterator[Shot]:
    """
    Film a scenario, frame by frame.

    The same arguments and libraries give the same frames.

    Args:
        name: One of `SCENARIOS`.
        seed: Draws the way of the hand, the room, the noise; another seed is another clip.
        width_px: Width of the frames. Default 1280.
        height_px: Height of the frames. Default 720.
        frames_per_s: Frames in a second. Default 15.
        duration_s: Length of the clip. Default 2.6.

    Raises:
        KeyError: If there is no such scenario.
    """
    scenario = SCENARIOS[name]
    chance = np.random.default_rng([seed, sum(map(ord, name))])
    lens = Lens(width_px)
    reflectance = room.furnish(width_px, height_px, chance)
    lighting, truth = None, None
    if scenario.kind != "empty":
        thing = things.make(scenario, seed, chance)
        path = Path(
            scenario,
            chance,
            centre_mm=thing.centre_mm,
            focal_px=lens.focal_px,
            width_px=width_px,
            height_px=height_px,
        )
        lighting, truth = Lighting(scenario, thing, path, lens, chance), thing.text
    person = room.Person(chance.uniform(0.2, 0.8), chance.uniform(-0.12, 0.12))
    auto = None
    for number in range(round(duration_s * frames_per_s)):
        at_s = number / frames_per_s
        light = room.with_person(reflectance, person, at_s) * scenario.ambient_lux * NITS_PER_LUX
        if auto is None:
            auto = AutoExposure(
                light, longest_s=scenario.longest_exposure_s, highest_gain=scenario.highest_gain
            )
        exposure = auto.next()
        sight = lighting.sight(at_s) if lighting else None
        if lighting and sight:
            light = lighting.light(light, sight, at_s, exposure)
        light = camera.bloomed(light)
        luma = camera.develop(light, exposure, chance)
        yield Shot(
            luma,
            at_s,
            truth,
            sight.corners_px if sight else None,
            sight.module_px if sight else 0.0,
        )
        auto.look(light, exposure, 1 / frames_per_s)
