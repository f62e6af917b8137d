"""The room behind: out of focus, with a person who walks through."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]

_COARSE_PX = 4


@dataclass(frozen=True)
class Person:
    """
    Somebody on the way through the view.

    Attributes:
        start: Where they are at first, as a share of the view's width.
        pace_per_s: How far they walk in a second, as a share of the view's width.
    """

    start: float
    pace_per_s: float


def furnish(width_px: int, height_px: int, chance: np.random.Generator) -> Picture:
    """Reflectance of a room: big blurred shapes, light from above, a few tiles and grilles."""
    width, height = width_px // _COARSE_PX, height_px // _COARSE_PX
    room = np.full((height, width), chance.uniform(0.25, 0.45), np.float32)
    for _ in range(14):
        x, y = chance.integers(0, width), chance.integers(0, height)
        end = int(x + chance.integers(10, width // 2)), int(y + chance.integers(10, height // 2))
        cv2.rectangle(room, (int(x), int(y)), end, chance.uniform(0.08, 0.75), -1)
    room += np.linspace(-0.08, 0.08, height, dtype=np.float32)[:, None]
    room = cv2.GaussianBlur(room, (0, 0), width_px / _COARSE_PX / 60)
    mottle = chance.normal(0, 0.03, (height_px // 16, width_px // 16)).astype(np.float32)
    room += cv2.resize(mottle, (width, height))
    for number in range(3):
        x, y = int(chance.integers(0, max(1, width - 60))), int(chance.integers(0, max(1, height - 60)))
        pitch = int(chance.integers(4, 9))
        room[y : y + 50, x : x + 50 : pitch] *= chance.uniform(0.3, 0.7)
        if number == 0:
            room[y : y + 50 : pitch, x : x + 50] *= 0.6
    return np.clip(cv2.resize(room, (width_px, height_px), interpolation=cv2.INTER_LINEAR), 0.02, 0.95)


def with_person(room: Picture, person: Person, at_s: float) -> Picture:
    """The room with a head and shoulders before it."""
    height_px, width_px = room.shape
    height, width = height_px // 8, width_px // 8
    figure = np.zeros((height, width), np.float32)
    x = int((person.start + person.pace_per_s * at_s) * width_px / 8)
    head = int(width_px / 8 * 0.07), int(height_px / 8 * 0.14)
    shoulders = int(width_px / 8 * 0.2), int(height_px / 8 * 0.5)
    cv2.ellipse(figure, (x, int(height_px / 8 * 0.38)), head, 0, 0, 360, 1.0, -1)
    cv2.ellipse(figure, (x, int(height_px / 8)), shoulders, 0, 0, 360, 1.0, -1)
    figure = cv2.resize(cv2.GaussianBlur(figure, (0, 0), 1.5), (width_px, height_px))
    return room * (1 - figure) + figure * (0.22 + 0.1 * room)
