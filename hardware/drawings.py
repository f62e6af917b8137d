"""
The drawings beside the words, for those who do not read.

Each is one colour on a transparent ground, drawn four times too large and smoothed down. Coordinates are
parts of the drawing's side, from its left upper corner.
"""

from collections.abc import Callable
from itertools import pairwise

import pygame

from hardware.theme import Rgb
from kiosk.signals import Picture, SignKind

_FINER = 4
Point = tuple[float, float]


class _Pen:
    """Draws in parts of the side, with full colour or as a hole."""

    def __init__(self, side_px: int, colour: Rgb) -> None:
        self.side = side_px * _FINER
        self.ink = (*colour, 255)
        # The ground has the drawing's own colour, so that smoothing leaves no dark fringe.
        self.clear = (*colour, 0)
        self.surface = pygame.Surface((self.side, self.side), pygame.SRCALPHA, 32)
        self.surface.fill(self.clear)

    def disc(self, centre: Point, radius: float, *, hole: bool = False) -> None:
        colour = self.clear if hole else self.ink
        pygame.draw.circle(self.surface, colour, self._at(centre), radius * self.side)

    def bar(self, points: list[Point], width: float, *, hole: bool = False) -> None:
        """A line through points, with round ends and corners."""
        colour = self.clear if hole else self.ink
        for start, end in pairwise(points):
            one, other = pygame.Vector2(self._at(start)), pygame.Vector2(self._at(end))
            across = (other - one).rotate(90)
            across.scale_to_length(width * self.side / 2)
            corners = [one + across, other + across, other - across, one - across]
            pygame.draw.polygon(self.surface, colour, corners)
        for point in points:
            pygame.draw.circle(self.surface, colour, self._at(point), width * self.side / 2)

    def plate(self, left_top: Point, right_bottom: Point, corner: float, *, hole: bool = False) -> None:
        """A rectangle with round corners."""
        colour = self.clear if hole else self.ink
        (left, top), (right, bottom) = self._at(left_top), self._at(right_bottom)
        shape = pygame.Rect(round(left), round(top), round(right - left), round(bottom - top))
        pygame.draw.rect(self.surface, colour, shape, border_radius=round(corner * self.side))

    def _at(self, point: Point) -> Point:
        return point[0] * self.side, point[1] * self.side


def draw(picture: Picture, side_px: int, colour: Rgb) -> pygame.Surface:
    """A drawing, `side_px` wide and high; nothing at all for `Picture.NONE`."""
    return _drawn(_PICTURES.get(picture), side_px, colour)


def draw_sign(kind: SignKind, side_px: int, colour: Rgb) -> pygame.Surface:
    """The icon of a small sign, `side_px` wide and high."""
    return _drawn(_SIGNS[kind], side_px, colour)


def plate(width_px: int, height_px: int, corner_px: int, colour: Rgb) -> pygame.Surface:
    """A filled rectangle with smooth round corners."""
    finer = pygame.Surface((width_px * _FINER, height_px * _FINER), pygame.SRCALPHA, 32)
    finer.fill((*colour, 0))
    pygame.draw.rect(finer, (*colour, 255), finer.get_rect(), border_radius=corner_px * _FINER)
    return pygame.transform.smoothscale(finer, (width_px, height_px))


def corners(width_px: int, height_px: int, corner_px: int, colour: Rgb) -> pygame.Surface:
    """What stands around a rectangle with round corners: laid over a picture, it rounds that off."""
    around = plate(width_px, height_px, corner_px, colour)
    mask = pygame.Surface((width_px, height_px), pygame.SRCALPHA, 32)
    mask.fill((*colour, 255))
    mask.blit(around, (0, 0), special_flags=pygame.BLEND_RGBA_SUB)
    tinted = pygame.Surface((width_px, height_px), pygame.SRCALPHA, 32)
    tinted.fill((*colour, 0))
    tinted.blit(mask, (0, 0), special_flags=pygame.BLEND_RGBA_ADD)
    return tinted


def _drawn(sketch: Callable[[_Pen], None] | None, side_px: int, colour: Rgb) -> pygame.Surface:
    pen = _Pen(side_px, colour)
    if sketch is not None:
        sketch(pen)
    return pygame.transform.smoothscale(pen.surface, (side_px, side_px))


def _card(pen: _Pen) -> None:
    """A card held up by a hand."""
    pen.plate((0.04, 0.10), (0.96, 0.69), 0.07)
    pen.disc((0.26, 0.295), 0.085, hole=True)
    pen.plate((0.12, 0.40), (0.40, 0.60), 0.09, hole=True)
    pen.plate((0.12, 0.53), (0.40, 0.60), 0.0, hole=True)
    _code(pen, (0.58, 0.20), 0.26, hole=True)
    pen.bar([(0.60, 0.565), (0.82, 0.565)], 0.045, hole=True)
    # The thumb before the card, the fist below it.
    pen.bar([(0.49, 0.62), (0.49, 0.80)], 0.25, hole=True)
    pen.plate((0.22, 0.735), (0.80, 1.10), 0.14, hole=True)
    pen.plate((0.26, 0.765), (0.76, 1.10), 0.12)
    pen.bar([(0.49, 0.63), (0.49, 0.86)], 0.17)


def _code(pen: _Pen, corner: Point, side: float, *, hole: bool = False) -> None:
    """A square code: three eyes and some dots."""
    unit = side / 7
    x, y = corner

    def cell(column: float, row: float, size: float, hole: bool) -> None:
        left, top = x + column * unit, y + row * unit
        pen.plate((left, top), (left + size * unit, top + size * unit), unit * 0.12, hole=hole)

    for column, row in ((0, 0), (4, 0), (0, 4)):
        cell(column, row, 3, hole)
        cell(column + 0.7, row + 0.7, 1.6, not hole)
        cell(column + 1.05, row + 1.05, 0.9, hole)
    for column, row in ((4, 4), (6, 4), (5, 5), (4, 6), (6, 6)):
        cell(column, row, 1, hole)


def _tick(pen: _Pen) -> None:
    pen.disc((0.5, 0.5), 0.49)
    pen.bar([(0.27, 0.53), (0.43, 0.69), (0.735, 0.35)], 0.105, hole=True)


def _arrow_out(pen: _Pen) -> None:
    """An arrow leaving through a door."""
    pen.disc((0.5, 0.5), 0.49)
    pen.bar([(0.50, 0.26), (0.28, 0.26), (0.28, 0.74), (0.50, 0.74)], 0.075, hole=True)
    pen.bar([(0.43, 0.5), (0.77, 0.5)], 0.085, hole=True)
    pen.bar([(0.645, 0.365), (0.78, 0.5), (0.645, 0.635)], 0.085, hole=True)


def _clock(pen: _Pen) -> None:
    pen.disc((0.5, 0.5), 0.49)
    pen.disc((0.5, 0.5), 0.39, hole=True)
    pen.bar([(0.5, 0.24), (0.5, 0.52), (0.67, 0.62)], 0.085)


def _crossed_code(pen: _Pen) -> None:
    """A square code, struck out."""
    _code(pen, (0.10, 0.10), 0.80)
    pen.bar([(0.06, 0.94), (0.94, 0.06)], 0.24, hole=True)
    pen.bar([(0.06, 0.94), (0.94, 0.06)], 0.11)


def _keypad(pen: _Pen) -> None:
    for row in range(4):
        for column in range(3):
            left, top = 0.135 + column * 0.255, 0.02 + row * 0.245
            pen.plate((left, top), (left + 0.22, top + 0.21), 0.05)


def _cross(pen: _Pen) -> None:
    pen.disc((0.5, 0.5), 0.49)
    pen.bar([(0.32, 0.32), (0.68, 0.68)], 0.11, hole=True)
    pen.bar([(0.68, 0.32), (0.32, 0.68)], 0.11, hole=True)


def _pause(pen: _Pen) -> None:
    pen.disc((0.5, 0.5), 0.49)
    pen.bar([(0.39, 0.33), (0.39, 0.67)], 0.12, hole=True)
    pen.bar([(0.61, 0.33), (0.61, 0.67)], 0.12, hole=True)


def _strike(pen: _Pen) -> None:
    pen.bar([(0.10, 0.90), (0.90, 0.10)], 0.26, hole=True)
    pen.bar([(0.10, 0.90), (0.90, 0.10)], 0.12)


def _line_down(pen: _Pen) -> None:
    """Bars of reception, struck out."""
    for column, top in enumerate((0.68, 0.48, 0.28, 0.08)):
        left = 0.06 + column * 0.235
        pen.plate((left, top), (left + 0.17, 0.94), 0.04)
    _strike(pen)


def _clock_untrusted(pen: _Pen) -> None:
    pen.disc((0.5, 0.5), 0.46)
    pen.disc((0.5, 0.5), 0.34, hole=True)
    pen.bar([(0.5, 0.28), (0.5, 0.52), (0.64, 0.60)], 0.10)


def _camera_lost(pen: _Pen) -> None:
    pen.plate((0.30, 0.14), (0.70, 0.40), 0.08)
    pen.plate((0.04, 0.26), (0.96, 0.86), 0.10)
    pen.disc((0.5, 0.56), 0.21, hole=True)
    pen.disc((0.5, 0.56), 0.12)
    _strike(pen)


def _keypad_lost(pen: _Pen) -> None:
    for row in range(3):
        for column in range(3):
            left, top = 0.06 + column * 0.31, 0.06 + row * 0.31
            pen.plate((left, top), (left + 0.25, top + 0.25), 0.06)
    _strike(pen)


_PICTURES: dict[Picture, Callable[[_Pen], None]] = {
    Picture.CARD: _card,
    Picture.TICK: _tick,
    Picture.ARROW_OUT: _arrow_out,
    Picture.CLOCK: _clock,
    Picture.CROSSED_CODE: _crossed_code,
    Picture.KEYPAD: _keypad,
    Picture.CROSS: _cross,
    Picture.PAUSE: _pause,
}

_SIGNS: dict[SignKind, Callable[[_Pen], None]] = {
    SignKind.LINE_DOWN: _line_down,
    SignKind.CLOCK_UNTRUSTED: _clock_untrusted,
    SignKind.CAMERA_LOST: _camera_lost,
    SignKind.KEYPAD_LOST: _keypad_lost,
}
