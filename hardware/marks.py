"""Small marks before words: what is ill with the box, who is on duty, how a step of a list stands."""

import pygame

from hardware.page import Mark
from hardware.pen import Pen, Sketch, drawn
from hardware.theme import Rgb
from kiosk.signals import SignKind


def draw_mark(kind: SignKind | Mark, side_px: int, colour: Rgb) -> pygame.Surface:
    """A mark, `side_px` wide and high."""
    return drawn(_MARKS[kind], side_px, colour)


def _strike(pen: Pen) -> None:
    pen.bar([(0.10, 0.90), (0.90, 0.10)], 0.26, hole=True)
    pen.bar([(0.10, 0.90), (0.90, 0.10)], 0.12)


def _line_down(pen: Pen) -> None:
    """Bars of reception, struck out."""
    for column, top in enumerate((0.68, 0.48, 0.28, 0.08)):
        left = 0.06 + column * 0.235
        pen.plate((left, top), (left + 0.17, 0.94), 0.04)
    _strike(pen)


def _clock_untrusted(pen: Pen) -> None:
    pen.disc((0.5, 0.5), 0.46)
    pen.disc((0.5, 0.5), 0.34, hole=True)
    pen.bar([(0.5, 0.28), (0.5, 0.52), (0.64, 0.60)], 0.10)


def _camera_lost(pen: Pen) -> None:
    pen.plate((0.30, 0.14), (0.70, 0.40), 0.08)
    pen.plate((0.04, 0.26), (0.96, 0.86), 0.10)
    pen.disc((0.5, 0.56), 0.21, hole=True)
    pen.disc((0.5, 0.56), 0.12)
    _strike(pen)


def _keypad_lost(pen: Pen) -> None:
    for row in range(3):
        for column in range(3):
            left, top = 0.06 + column * 0.31, 0.06 + row * 0.31
            pen.plate((left, top), (left + 0.25, top + 0.25), 0.06)
    _strike(pen)


def _reader_lost(pen: Pen) -> None:
    """A hand-held reader, struck out."""
    pen.plate((0.06, 0.12), (0.94, 0.46), 0.12)
    pen.polygon([(0.40, 0.40), (0.72, 0.40), (0.60, 0.94), (0.28, 0.94)])
    _strike(pen)


def _on_duty(pen: Pen) -> None:
    """Somebody with a cap."""
    pen.disc((0.5, 0.36), 0.22)
    pen.polygon([(0.20, 0.16), (0.50, 0.02), (0.80, 0.16), (0.74, 0.27), (0.26, 0.27)])
    pen.bar([(0.24, 0.315), (0.76, 0.315)], 0.07, hole=True)
    pen.plate((0.08, 0.64), (0.92, 1.30), 0.26)


def _done(pen: Pen) -> None:
    pen.disc((0.5, 0.5), 0.48)
    pen.bar([(0.27, 0.53), (0.43, 0.69), (0.735, 0.35)], 0.12, hole=True)


def _to_do(pen: Pen) -> None:
    """Three dots in a ring: it is waited for."""
    pen.disc((0.5, 0.5), 0.48)
    pen.disc((0.5, 0.5), 0.385, hole=True)
    for column in (0.30, 0.50, 0.70):
        pen.disc((column, 0.5), 0.062)


_MARKS: dict[SignKind | Mark, Sketch] = {
    SignKind.LINE_DOWN: _line_down,
    SignKind.CLOCK_UNTRUSTED: _clock_untrusted,
    SignKind.CAMERA_LOST: _camera_lost,
    SignKind.KEYPAD_LOST: _keypad_lost,
    SignKind.READER_LOST: _reader_lost,
    SignKind.ON_DUTY: _on_duty,
    Mark.DONE: _done,
    Mark.TO_DO: _to_do,
}
