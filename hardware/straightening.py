"""
A code that lies bent or aslant, laid flat on its own grid.

Readers take a code for a plane: on a shirt, a bottle or a worn card the modules drift off the grid and the
error correction drowns. But the edges between modules say where the grid really runs: along each row they
come at multiples of one module. The phase of that rhythm, measured all over the code, is how far the grid has
drifted. The drift is smooth, so it is followed from the three corner marks, whose places are known, inwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.frame import Luma

MODULE_PX = 8
"""Pixels a module on the flat picture."""
MARGIN_MODULES = 4
"""Quiet zone around it, as ISO/IEC 18004 asks."""
_BLANK_LEVEL = 255
_SMOOTHED_MODULES = (3.0, 2.0, 1.5)
"""How far the drift is averaged, round by round: first its large shape, then the small."""
_THRESHOLD_REACH_MODULES = 3
_PLAIN_MODULE_PX = 4
_FINDER_MIDDLE = 3

Grid = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """
    A code that was found in a picture, read or not.

    Attributes:
        corners: Its outer corners in pixels, shape (4, 2), float32: top left, top right, bottom right, bottom
            left as the code itself stands.
        modules: How many modules it is wide: 21 to 177.
    """

    corners: NDArray[np.float32] = field(repr=False)
    modules: int

    @property
    def module_px(self) -> float:
        """Mean width of a module, in pixels."""
        sides = np.linalg.norm(self.corners - np.roll(self.corners, 1, axis=0), axis=1)
        return float(sides.mean()) / self.modules


def flatten(luma: Luma, code: Located, rounds: int = len(_SMOOTHED_MODULES)) -> Iterator[Luma]:
    """
    The code laid flat, better and better: first by its four corners alone, then after each round of drift.

    Pictures are square, `MODULE_PX` pixels a module and `MARGIN_MODULES` of surroundings on each side.

    Args:
        luma: The picture that the code was found in.
        code: Where it is.
        rounds: How often the drift is measured, 0 to 3. Default 3, for anything bent.
    """
    side_px = (code.modules + 2 * MARGIN_MODULES) * MODULE_PX
    drift = np.zeros((2, side_px, side_px), np.float32)
    flat = _laid_flat(luma, code, drift)
    yield flat
    for smoothed_modules in _SMOOTHED_MODULES[:rounds]:
        for axis in (0, 1):
            drift[axis] -= _spread(_drift(flat, axis, smoothed_modules), side_px)
        flat = _laid_flat(luma, code, drift)
        yield flat


def modules_of(flat: Luma) -> Luma:
    """
    A flat picture reduced to its modules, each all black or all white, in a blank margin.

    Each module is judged by its middle, against the lightest and the darkest in its neighbourhood.
    """
    middle = cv2.blur(flat, (MODULE_PX // 2 + 1, MODULE_PX // 2 + 1))
    level = middle[MODULE_PX // 2 :: MODULE_PX, MODULE_PX // 2 :: MODULE_PX]
    level = np.ascontiguousarray(level[MARGIN_MODULES:-MARGIN_MODULES, MARGIN_MODULES:-MARGIN_MODULES])
    reach = 2 * _THRESHOLD_REACH_MODULES + 1
    block = np.ones((reach, reach), np.uint8)
    extremes = (cv2.erode(level, block), cv2.dilate(level, block))
    darkest, lightest = (cv2.blur(extreme.astype(np.float32), (reach, reach)) for extreme in extremes)
    dark = level < (darkest + lightest) / 2
    bits = np.where(np.pad(dark, MARGIN_MODULES), 0, _BLANK_LEVEL).astype(np.uint8)
    return bits.repeat(_PLAIN_MODULE_PX, axis=0).repeat(_PLAIN_MODULE_PX, axis=1)


def _laid_flat(luma: Luma, code: Located, drift: Grid) -> Luma:
    side_px = drift.shape[1]
    near, far = MARGIN_MODULES * MODULE_PX, (MARGIN_MODULES + code.modules) * MODULE_PX
    square = np.array([(near, near), (far, near), (far, far), (near, far)], np.float32)
    there = cv2.getPerspectiveTransform(square, code.corners.astype(np.float32))
    across = np.arange(side_px, dtype=np.float32) + 0.5
    u, v = across[np.newaxis, :] + drift[0], across[:, np.newaxis] + drift[1]
    depth = there[2, 0] * u + there[2, 1] * v + there[2, 2]
    x = (there[0, 0] * u + there[0, 1] * v + there[0, 2]) / depth
    y = (there[1, 0] * u + there[1, 1] * v + there[1, 2]) / depth
    flat: Luma = cv2.remap(
        luma, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return flat


def _drift(flat: Luma, axis: int, smoothed_modules: float) -> Grid:
    """How far each module has drifted along x (axis 0) or y (axis 1), in pixels of the flat picture."""
    soft = cv2.GaussianBlur(flat, (0, 0), MODULE_PX / 4)
    edges = np.abs(cv2.Sobel(soft, cv2.CV_32F, 1 - axis, axis, ksize=3))
    turns = (np.arange(flat.shape[0]) + 0.5) / MODULE_PX
    wave = np.exp(-2j * np.pi * turns).astype(np.complex64)
    rhythm = edges * (wave[np.newaxis, :] if axis == 0 else wave[:, np.newaxis])
    cells = flat.shape[0] // MODULE_PX
    inner = slice(MARGIN_MODULES, -MARGIN_MODULES)
    real, imaginary = (
        cv2.GaussianBlur(
            cv2.resize(np.ascontiguousarray(part), (cells, cells), interpolation=cv2.INTER_AREA),
            (0, 0),
            smoothed_modules,
        )[inner, inner]
        for part in (rhythm.real, rhythm.imag)
    )
    strength = np.hypot(real, imaginary)
    turned = _followed(np.arctan2(imaginary, real) / (2 * np.pi), strength)
    weight = strength / max(float(strength.max()), 1e-9) + 1e-3
    mean = cv2.GaussianBlur(turned * weight, (0, 0), 1) / cv2.GaussianBlur(weight, (0, 0), 1)
    drift: Grid = mean * MODULE_PX
    return drift


def _followed(phase: Grid, strength: Grid) -> Grid:
    """Phases in turns, -0.5 to 0.5, made continuous from the corner marks along the clearest modules."""
    last = len(phase) - 1
    phases, strengths = phase.tolist(), strength.tolist()
    followed: list[list[float | None]] = [[None] * len(phase) for _ in phase]
    mark = _FINDER_MIDDLE
    edge = [(-np.inf, mark, mark, 0.0), (-np.inf, mark, last - mark, 0.0), (-np.inf, last - mark, mark, 0.0)]
    while edge:
        _, row, column, near = heappop(edge)
        if followed[row][column] is not None:
            continue
        here = phases[row][column]
        here += round(near - here)
        followed[row][column] = here
        for y, x in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            if 0 <= y <= last and 0 <= x <= last and followed[y][x] is None:
                heappush(edge, (-strengths[y][x], y, x, here))
    return np.array(followed, np.float32)


def _spread(drift: Grid, side_px: int) -> Grid:
    """Drift by modules spread over all pixels, the margin drifting as the nearest module."""
    whole = cv2.copyMakeBorder(drift, *[MARGIN_MODULES] * 4, cv2.BORDER_REPLICATE)
    spread: Grid = cv2.resize(whole, (side_px, side_px), interpolation=cv2.INTER_CUBIC)
    return spread
