"""The drawings beside the words, for those who do not read: each in one colour on a transparent ground."""

import pygame

from hardware.pen import Pen, Point, Sketch, drawn
from hardware.theme import Rgb
from kiosk.signals import Picture


def draw(picture: Picture, side_px: int, colour: Rgb) -> pygame.Surface:
    """A drawing, `side_px` wide and high; nothing at all for `Picture.NONE`."""
    return drawn(_PICTURES.get(picture), side_px, colour)


def _card(pen: Pen) -> None:
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


def _code(pen: Pen, corner: Point, side: float, *, hole: bool = False) -> None:
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


def _tick(pen: Pen) -> None:
    pen.disc((0.5, 0.5), 0.49)
    pen.bar([(0.27, 0.53), (0.43, 0.69), (0.735, 0.35)], 0.105, hole=True)


def _arrow_out(pen: Pen) -> None:
    """An arrow leaving through a door."""
    pen.disc((0.5, 0.5), 0.49)
    pen.bar([(0.50, 0.26), (0.28, 0.26), (0.28, 0.74), (0.50, 0.74)], 0.075, hole=True)
    pen.bar([(0.43, 0.5), (0.77, 0.5)], 0.085, hole=True)
    pen.bar([(0.645, 0.365), (0.78, 0.5), (0.645, 0.635)], 0.085, hole=True)


def _clock(pen: Pen) -> None:
    pen.disc((0.5, 0.5), 0.49)
    pen.disc((0.5, 0.5), 0.39, hole=True)
    pen.bar([(0.5, 0.24), (0.5, 0.52), (0.67, 0.62)], 0.085)


def _crossed_code(pen: Pen) -> None:
    """A square code, struck out."""
    _code(pen, (0.10, 0.10), 0.80)
    pen.bar([(0.06, 0.94), (0.94, 0.06)], 0.24, hole=True)
    pen.bar([(0.06, 0.94), (0.94, 0.06)], 0.11)


def _keypad(pen: Pen) -> None:
    for row in range(4):
        for column in range(3):
            left, top = 0.135 + column * 0.255, 0.02 + row * 0.245
            pen.plate((left, top), (left + 0.22, top + 0.21), 0.05)


def _cross(pen: Pen) -> None:
    pen.disc((0.5, 0.5), 0.49)
    pen.bar([(0.32, 0.32), (0.68, 0.68)], 0.11, hole=True)
    pen.bar([(0.68, 0.32), (0.32, 0.68)], 0.11, hole=True)


def _pause(pen: Pen) -> None:
    pen.disc((0.5, 0.5), 0.49)
    pen.bar([(0.39, 0.33), (0.39, 0.67)], 0.12, hole=True)
    pen.bar([(0.61, 0.33), (0.61, 0.67)], 0.12, hole=True)


def _question(pen: Pen) -> None:
    """A question mark in a speech bubble."""
    pen.plate((0.03, 0.05), (0.97, 0.78), 0.16)
    pen.polygon([(0.22, 0.70), (0.50, 0.70), (0.22, 0.97)])
    pen.arc((0.5, 0.315), 0.125, 0.085, -180, 60, hole=True)
    pen.bar([(0.5625, 0.4233), (0.50, 0.475), (0.50, 0.52)], 0.085, hole=True)
    pen.disc((0.50, 0.655), 0.058, hole=True)


def _guard(pen: Pen) -> None:
    """Somebody in a cap, with a badge on the chest."""
    pen.disc((0.50, 0.34), 0.205)
    # The cap: its crown, a gap, its peak.
    pen.polygon([(0.22, 0.14), (0.50, 0.02), (0.78, 0.14), (0.72, 0.245), (0.28, 0.245)])
    pen.bar([(0.25, 0.285), (0.75, 0.285)], 0.075, hole=True)
    pen.bar([(0.285, 0.275), (0.715, 0.275)], 0.045)
    pen.plate((0.10, 0.60), (0.90, 1.30), 0.24)
    pen.polygon([(0.42, 0.59), (0.58, 0.59), (0.50, 0.78)], hole=True)
    pen.polygon([(0.655, 0.72), (0.79, 0.72), (0.79, 0.83), (0.7225, 0.90), (0.655, 0.83)], hole=True)


def _lock(pen: Pen) -> None:
    """A padlock, shut."""
    pen.arc((0.5, 0.34), 0.205, 0.115, 180, 360)
    pen.bar([(0.295, 0.34), (0.295, 0.52)], 0.115)
    pen.bar([(0.705, 0.34), (0.705, 0.52)], 0.115)
    pen.plate((0.14, 0.43), (0.86, 0.97), 0.09)
    pen.disc((0.5, 0.645), 0.075, hole=True)
    pen.bar([(0.5, 0.66), (0.5, 0.80)], 0.065, hole=True)


def _undo(pen: Pen) -> None:
    """An arrow that goes back."""
    pen.disc((0.5, 0.5), 0.49)
    pen.arc((0.53, 0.54), 0.20, 0.09, -90, 140, hole=True)
    pen.bar([(0.33, 0.34), (0.53, 0.34)], 0.09, hole=True)
    pen.polygon([(0.20, 0.34), (0.40, 0.175), (0.40, 0.505)], hole=True)


def _tools(pen: Pen) -> None:
    """A spanner across a screwdriver."""
    pen.bar([(0.14, 0.86), (0.50, 0.50)], 0.15)
    pen.bar([(0.50, 0.50), (0.80, 0.20)], 0.07)
    pen.polygon([(0.74, 0.20), (0.90, 0.06), (0.94, 0.10), (0.80, 0.26)])
    pen.bar([(0.30, 0.30), (0.80, 0.80)], 0.20, hole=True)
    pen.bar([(0.28, 0.28), (0.84, 0.84)], 0.14)
    pen.disc((0.24, 0.24), 0.20)
    pen.polygon([(0.24, 0.24), (-0.06, 0.16), (0.16, -0.06)], hole=True)
    pen.bar([(0.24, 0.24), (0.10, 0.10)], 0.14, hole=True)
    pen.disc((0.83, 0.83), 0.045, hole=True)


_PICTURES: dict[Picture, Sketch] = {
    Picture.CARD: _card,
    Picture.TICK: _tick,
    Picture.ARROW_OUT: _arrow_out,
    Picture.CLOCK: _clock,
    Picture.CROSSED_CODE: _crossed_code,
    Picture.KEYPAD: _keypad,
    Picture.CROSS: _cross,
    Picture.PAUSE: _pause,
    Picture.QUESTION: _question,
    Picture.GUARD: _guard,
    Picture.LOCK: _lock,
    Picture.UNDO: _undo,
    Picture.TOOLS: _tools,
}
