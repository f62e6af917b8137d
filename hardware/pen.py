"""
What drawings are made with: discs, bars and plates in one colour on a transparent ground.

All is drawn four times too large and smoothed down. Coordinates are parts of the drawing's side, from its
left upper corner.
"""

import math
from collections.abc import Callable
from itertools import pairwise

import pygame

from hardware.theme import Rgb

FINER = 4
"""How much larger all is drawn, to be smoothed down."""

Point = tuple[float, float]


class Pen:
    """Draws in parts of the side, with full colour or as a hole."""

    def __init__(self, side_px: int, colour: Rgb) -> None:
        self.side = side_px * FINER
        self.ink = (*colour, 255)
        # The ground has the drawing's own colour, so that smoothing leaves no dark fringe.
        self.clear = (*colour, 0)
        self.surface = pygame.Surface((self.side, self.side), pygame.SRCALPHA, 32)
        self.surface.fill(self.clear)

    def disc(self, centre: Point, radius: float, *, hole: bool = False) -> None:
        """A filled circle."""
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

    def polygon(self, points: list[Point], *, hole: bool = False) -> None:
        """A filled shape with sharp corners."""
        pygame.draw.polygon(
            self.surface, self.clear if hole else self.ink, [self._at(point) for point in points]
        )

    def arc(
        self,
        centre: Point,
        radius: float,
        width: float,
        start_deg: float,
        end_deg: float,
        *,
        hole: bool = False,
    ) -> None:
        """A part of a ring, clockwise, from where three o'clock is 0; with round ends."""
        steps = 48
        turns = [math.radians(start_deg + (end_deg - start_deg) * step / steps) for step in range(steps + 1)]
        points = [
            (centre[0] + radius * math.cos(turn), centre[1] + radius * math.sin(turn)) for turn in turns
        ]
        self.bar(points, width, hole=hole)

    def _at(self, point: Point) -> Point:
        return point[0] * self.side, point[1] * self.side


Sketch = Callable[[Pen], None]
"""What draws one drawing."""


def drawn(sketch: Sketch | None, side_px: int, colour: Rgb) -> pygame.Surface:
    """A drawing, `side_px` wide and high; nothing at all without a sketch."""
    pen = Pen(side_px, colour)
    if sketch is not None:
        sketch(pen)
    return pygame.transform.smoothscale(pen.surface, (side_px, side_px))


def plate(width_px: int, height_px: int, corner_px: int, colour: Rgb) -> pygame.Surface:
    """A filled rectangle with smooth round corners."""
    finer = pygame.Surface((width_px * FINER, height_px * FINER), pygame.SRCALPHA, 32)
    finer.fill((*colour, 0))
    pygame.draw.rect(finer, (*colour, 255), finer.get_rect(), border_radius=corner_px * FINER)
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
