"""What time does to a thing: cracks in its glass, smudges, scratches."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

_KINKS = 14


def crack(
    levels: NDArray[np.float32],
    px_per_mm: float,
    rays: int,
    hit_px: tuple[float, float],
    chance: np.random.Generator,
) -> None:
    """Draw a star of kinked rays about the point of the hit: bright lines with dark edges."""
    height_px, width_px = levels.shape
    for _ in range(rays):
        direction = chance.uniform(0, 2 * math.pi)
        start = np.array(hit_px, float) + chance.normal(0, 3 * px_per_mm, 2)
        for _ in range(_KINKS):
            direction += chance.normal(0, 0.35)
            length_px = chance.uniform(2, 7) * px_per_mm
            end = start + length_px * np.array([math.cos(direction), math.sin(direction)])
            width = max(1, round(chance.uniform(0.04, 0.18) * px_per_mm))
            ends = (int(start[0]), int(start[1])), (int(end[0]), int(end[1]))
            cv2.line(levels, *ends, chance.uniform(0, 0.15), width + 2, cv2.LINE_AA)
            cv2.line(levels, *ends, chance.uniform(0.6, 1.0), width, cv2.LINE_AA)
            start = end
            if not (0 <= start[0] < width_px and 0 <= start[1] < height_px):
                break


def soil(
    levels: NDArray[np.float32], px_per_mm: float, dirt: float, chance: np.random.Generator
) -> NDArray[np.float32]:
    """Dark and light smudges, and scratches."""
    height_px, width_px = levels.shape
    blots = cv2.resize(
        chance.normal(0, 1, (24, 24)).astype(np.float32),
        (width_px, height_px),
        interpolation=cv2.INTER_CUBIC,
    )
    levels = levels * (1 - 0.45 * dirt * np.clip(blots - 0.4, 0, 1)) + 0.35 * dirt * np.clip(
        -blots - 0.6, 0, 1
    )
    for _ in range(int(14 * dirt)):
        x, y = chance.uniform(0, 1, 2) * (width_px, height_px)
        direction = chance.uniform(0, math.pi)
        length_px = chance.uniform(5, 30) * px_per_mm
        end = int(x + length_px * math.cos(direction)), int(y + length_px * math.sin(direction))
        width = max(1, int(0.12 * px_per_mm))
        cv2.line(levels, (int(x), int(y)), end, chance.uniform(0.3, 0.9), width, cv2.LINE_AA)
    return levels
