"""The things held before a camera: a phone, an ID card, a paper ticket, each drawn flat with its code."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

from tests.clips.scenarios import Scenario
from tests.clips.wear import crack, soil

Picture = NDArray[np.float32]
Point = tuple[float, float]

_SIZES_MM = {"phone": (71.0, 147.0), "card": (85.6, 54.0), "paper": (90.0, 120.0)}
_GROUNDS = {"phone": 0.04, "card": 0.62, "paper": 0.82}
_INKS = {"phone": (0.97, 0.015), "card": (0.80, 0.12), "paper": (0.88, 0.07)}
_BEZEL_MM = 3


@dataclass(frozen=True)
class Thing:
    """
    A flat thing with a code on it, seen straight.

    Attributes:
        levels: Reflectance of each pixel, or how bright a screen shines there; 0 to 1.
        shining: 1 where it is a lit screen, else 0.
        px_per_mm: Pixels of `levels` to a millimetre.
        size_mm: Width and height.
        centre_mm: Where the middle of the code is.
        corners_mm: Corners of the code from top left, clockwise.
        modules: Modules along one side of the code.
        text: What the code says.
    """

    levels: Picture
    shining: Picture
    px_per_mm: float
    size_mm: Point
    centre_mm: Point
    corners_mm: NDArray[np.float64]
    modules: int
    text: str


def make(scenario: Scenario, seed: int, chance: np.random.Generator) -> Thing:
    """Draw what a scenario says is held up."""
    text = scenario.payload if scenario.kind == "card" else f"{scenario.payload}:{seed}"
    code = _code(scenario, text)
    modules = code.shape[0]
    width_mm, height_mm = size_mm = _SIZES_MM[scenario.kind]
    px_per_mm = max(10.0, 6.0 * modules / scenario.code_mm)
    shape = int(height_mm * px_per_mm), int(width_mm * px_per_mm)
    levels = np.full(shape, _GROUNDS[scenario.kind], np.float32)
    shining = np.zeros(shape, np.float32)
    if scenario.kind == "phone":
        bezel_px = int(_BEZEL_MM * px_per_mm)
        shining[bezel_px:-bezel_px, bezel_px:-bezel_px] = 1
    levels, (x_mm, y_mm) = _DRAWINGS[scenario.kind](levels, px_per_mm, scenario, chance)
    left_mm, top_mm = x_mm - scenario.code_mm / 2, y_mm - scenario.code_mm / 2
    _draw_code(levels, px_per_mm, scenario, code, (left_mm, top_mm))
    if scenario.kind != "phone":
        levels = _printed(levels, px_per_mm, chance)
    if scenario.dirt:
        levels = soil(levels, px_per_mm, scenario.dirt, chance)
    if scenario.cracks:
        hit_px = (
            (x_mm + chance.uniform(-0.6, 0.6) * scenario.code_mm) * px_per_mm,
            (y_mm + chance.uniform(-0.6, 0.6) * scenario.code_mm) * px_per_mm,
        )
        crack(levels, px_per_mm, scenario.cracks, hit_px, chance)
    right_mm, bottom_mm = left_mm + scenario.code_mm, top_mm + scenario.code_mm
    corners_mm = [(left_mm, top_mm), (right_mm, top_mm), (right_mm, bottom_mm), (left_mm, bottom_mm)]
    return Thing(
        levels=np.clip(levels, 0, 1),
        shining=shining,
        px_per_mm=px_per_mm,
        size_mm=size_mm,
        centre_mm=(x_mm, y_mm),
        corners_mm=np.array(corners_mm),
        modules=modules,
        text=text,
    )


def _code(scenario: Scenario, text: str) -> NDArray[np.uint8]:
    code = segno.make(
        text,
        mode="byte",
        encoding="utf-8",
        eci=False,
        error=scenario.error_correction,
        version=scenario.version,
        micro=False,
        boost_error=False,
    )
    return np.array([[1 if dark else 0 for dark in row] for row in code.matrix_iter(border=0)], np.uint8)


def _phone(
    levels: Picture, px_per_mm: float, scenario: Scenario, chance: np.random.Generator
) -> tuple[Picture, Point]:
    """A lit screen with lines of writing above and below the code."""
    bezel_px = int(_BEZEL_MM * px_per_mm)
    levels[bezel_px:-bezel_px, bezel_px:-bezel_px] = 0.12 if scenario.dark_mode else 0.96
    ink = 0.75 if scenario.dark_mode else 0.25
    right_px = levels.shape[1] - bezel_px
    for line in range(9):
        y = int((12 + 4.2 * line) * px_per_mm) if line < 4 else int((107 + 4.2 * (line - 4)) * px_per_mm)
        x = bezel_px + int(4 * px_per_mm)
        while x < right_px - 10 * px_per_mm:
            word_px = int(chance.uniform(2, 9) * px_per_mm)
            end = min(x + word_px, right_px - int(3 * px_per_mm)), y + int(1.6 * px_per_mm)
            cv2.rectangle(levels, (x, y), end, ink, -1)
            x += word_px + int(1.5 * px_per_mm)
    width_mm, height_mm = _SIZES_MM["phone"]
    return levels, (width_mm / 2, height_mm / 2 + chance.uniform(-6, 6))


def _card(
    levels: Picture, px_per_mm: float, scenario: Scenario, chance: np.random.Generator
) -> tuple[Picture, Point]:
    """A mottled ground with a guilloche, a portrait, and lines of writing."""
    height_px, width_px = levels.shape
    mottle = chance.normal(0, 0.05, (height_px // 40 + 2, width_px // 40 + 2)).astype(np.float32)
    levels += cv2.resize(mottle, (width_px, height_px), interpolation=cv2.INTER_CUBIC)
    y = np.arange(height_px, dtype=np.float32)[:, None]
    x = np.arange(width_px, dtype=np.float32)[None]
    levels += 0.03 * np.sin((x * 0.7 + 30 * np.sin(y / (4 * px_per_mm))) / (0.45 * px_per_mm))
    _box(levels, px_per_mm, (4, 17), (26, 46), 0.35)
    for line in range(7):
        _box(
            levels,
            px_per_mm,
            (30, 19 + 4.2 * line),
            (chance.uniform(48, 80), 20.8 + 4.2 * line),
            0.2,
        )
    return levels, (85.6 - 4.5 - scenario.code_mm / 2, 3.5 + scenario.code_mm / 2)


def _paper(
    levels: Picture, px_per_mm: float, _scenario: Scenario, chance: np.random.Generator
) -> tuple[Picture, Point]:
    """White, with lines of writing."""
    for line in range(10):
        _box(levels, px_per_mm, (8, 8 + 4 * line), (chance.uniform(30, 80), 10 + 4 * line), 0.15)
    return levels, (_SIZES_MM["paper"][0] / 2, 80.0)


_DRAWINGS: dict[str, Callable[[Picture, float, Scenario, np.random.Generator], tuple[Picture, Point]]] = {
    "phone": _phone,
    "card": _card,
    "paper": _paper,
}


def _box(levels: Picture, px_per_mm: float, start_mm: Point, end_mm: Point, level: float) -> None:
    start = int(start_mm[0] * px_per_mm), int(start_mm[1] * px_per_mm)
    end = int(end_mm[0] * px_per_mm), int(end_mm[1] * px_per_mm)
    cv2.rectangle(levels, start, end, level, -1)


def _draw_code(
    levels: Picture, px_per_mm: float, scenario: Scenario, code: NDArray[np.uint8], corner_mm: Point
) -> None:
    light, dark = _INKS[scenario.kind]
    if scenario.dark_mode:
        light, dark = dark + 0.10, light
    left_mm, top_mm = corner_mm
    quiet_mm = scenario.quiet_modules * (scenario.code_mm / code.shape[0])
    _box(
        levels,
        px_per_mm,
        (left_mm - quiet_mm, top_mm - quiet_mm),
        (left_mm + scenario.code_mm + quiet_mm, top_mm + scenario.code_mm + quiet_mm),
        light,
    )
    side_px = round(scenario.code_mm * px_per_mm)
    drawn = cv2.resize(code, (side_px, side_px), interpolation=cv2.INTER_NEAREST)
    left, top = round(left_mm * px_per_mm), round(top_mm * px_per_mm)
    levels[top : top + side_px, left : left + side_px] = np.where(drawn == 1, dark, light)


def _printed(levels: Picture, px_per_mm: float, chance: np.random.Generator) -> Picture:
    """Ink spreads, and paper has a grain."""
    levels = cv2.GaussianBlur(levels, (0, 0), 0.06 * px_per_mm * 0.5 + 0.3)
    return levels + chance.normal(0, 0.012, levels.shape).astype(np.float32)
