"""Paint a page onto a pygame surface."""

from collections.abc import Callable, Iterator

import numpy as np
import pygame

from hardware import drawings
from hardware.composing import WIDE, compose
from hardware.frame import Luma
from hardware.layout import Box, height_of
from hardware.lettering import Lettering
from hardware.marks import draw_mark
from hardware.mirroring import Mirror
from hardware.office_code import modules
from hardware.page import Align, Page, Plate, Text
from hardware.pen import corners, plate
from hardware.rehearsal import REHEARSED
from hardware.theme import BOLD_ROLES, CODE_INK, Ground, Rgb, Role, ground, ink
from kiosk.signals import Picture, View

_MOST_KEPT = 160
_MOST_RESTING = 8
"""Pages of a waiting door, which come again after each visitor, and name nobody."""
_STRIKE = 0.74
"""Where a line through a text lies: this part of its size below the top of its line."""


class Painter:
    """
    Paints views of one size.

    Keeps finished drawings, for they cost more than all else; never keeps words, for they may be a name.
    Needs `pygame.font.init()` before. One thread.

    Args:
        width_px: Of the screen.
        height_px: Of the screen.
        touch: Whether fingers press what is drawn.
    """

    def __init__(self, width_px: int, height_px: int, *, touch: bool = False) -> None:
        self.size = (width_px, height_px)
        self._touch = touch
        self._lettering = Lettering()
        self._kept: dict[tuple[object, ...], pygame.Surface] = {}
        self._code: tuple[tuple[object, ...], pygame.Surface] | None = None
        self._resting: dict[tuple[View, float], Page] = {}
        self._mirror: Mirror | None = None

    def page(self, view: View, *, shape: float = WIDE) -> Page:
        """Where everything of a view stands; `shape` is width over height of the camera's picture."""
        key = (view, shape)
        if key in self._resting:
            return self._resting[key]
        bold, medium = self._lettering.measure(True), self._lettering.measure(False)
        page = compose(view, *self.size, bold, medium, touch=self._touch, shape=shape)
        if view.state == "waiting" and not view.name:
            if len(self._resting) >= _MOST_RESTING:
                del self._resting[next(iter(self._resting))]
            self._resting[key] = page
        return page

    def rehearse(self) -> Iterator[None]:
        """Make fonts and drawings of the answers before anybody waits for them, a view at a time; 0.4 s."""
        scratch = pygame.Surface(self.size)
        for view in REHEARSED:
            self.paint(scratch, view, self.page(view))
            yield

    def paint(self, surface: pygame.Surface, view: View, page: Page, pressed: Plate | None = None) -> None:
        """
        Cover the whole surface with a view; the camera's pane stays calm, with a drawn card.

        `pressed` is the key under a finger; a page without that key in that place shows none.
        """
        surface.fill(ground(Ground.BARE, view.mood, night=view.night))
        if page.pane:
            self._calm(surface, view, page.pane)
        if page.picture:
            drawing = self._drawing(*page.picture, _ink(view, Role.HEADLINE))
            surface.blit(drawing, _at(page.picture[1]))
        if page.code:
            surface.blit(self._office_code(view, page.code), _at(page.code))
        for text in page.texts:
            self._write(surface, view, text, Ground.BARE)
        for one in page.plates:
            self.plate(
                surface,
                view,
                one,
                pressed=pressed is not None and (one.key, one.box) == (pressed.key, pressed.box),
            )
        if page.caret:
            surface.fill(_ink(view, Role.DIGITS), _rect(page.caret))
        if page.band and page.pane:
            self.plate(surface, view, page.band)
            surface.blit(self._frame(view, page.pane), _at(page.pane))

    def mirror(self, surface: pygame.Surface, view: View, page: Page, luma: Luma) -> None:
        """Fill the page's pane with the camera's picture, the hint over it."""
        if page.pane is None:
            return
        if self._mirror is None or self._mirror.pane != page.pane:
            self._mirror = Mirror(page.pane)
        self._mirror.paint(surface, luma)
        if page.band:
            self.plate(surface, view, page.band)
        surface.blit(self._frame(view, page.pane), _at(page.pane))

    def plate(self, surface: pygame.Surface, view: View, one: Plate, *, pressed: bool = False) -> None:
        """Paint a plate and all that is on it."""
        where = Ground.PRESSED if pressed else one.ground
        colour = ground(where, view.mood, night=view.night)
        if one.corner_px:
            surface.blit(self._plate(one.box, colour, one.corner_px), _at(one.box))
        else:
            surface.fill(colour, _rect(one.box))
        for cap in one.caps:
            self.plate(surface, view, cap)
        if one.mark:
            kind, box = one.mark
            role = Role.SIGN if one.ground in {Ground.SIGN, Ground.CALM} else Role.ROW
            mark_ink = _ink(view, role, where)
            key = ("mark", kind, box.width, mark_ink)
            surface.blit(self._keep(key, lambda: draw_mark(kind, box.width, mark_ink)), _at(box))
        for text in one.texts:
            self._write(surface, view, text, where)

    def _calm(self, surface: pygame.Surface, view: View, pane: Box) -> None:
        """Fill the camera's pane with a drawing of what to do, while there is no picture."""
        panel = ground(Ground.PANEL, view.mood, night=view.night)
        surface.blit(self._plate(pane, panel, _corner(pane)), _at(pane))
        side = round(min(pane.width, pane.height) * 0.76)
        middle = Box(pane.x + (pane.width - side) // 2, pane.y + (pane.height - side) // 2, side, side)
        surface.blit(self._drawing(Picture.CARD, middle, _ink(view, Role.NOTE, Ground.PANEL)), _at(middle))

    def _frame(self, view: View, pane: Box) -> pygame.Surface:
        around = ground(Ground.BARE, view.mood, night=view.night)
        key = ("corners", pane.width, pane.height, around)
        return self._keep(key, lambda: corners(pane.width, pane.height, _corner(pane), around))

    def _write(self, surface: pygame.Surface, view: View, text: Text, where: Ground) -> None:
        if text.role is Role.CAP:
            self._write_cap(surface, view, text, where)
            return
        colour = ink(text.role, where, view.mood, night=view.night)
        bold, size = text.role in BOLD_ROLES, text.fitted.size_px
        for number, line in enumerate(text.fitted.lines):
            written = self._lettering.write(line, size, colour, bold=bold, room_px=text.box.width)
            spare = text.box.width - written.get_width()
            shift = {Align.LEFT: 0, Align.CENTRED: spare // 2, Align.RIGHT: spare}[text.align]
            top = text.box.y + height_of(number + 1, size) - height_of(1, size)
            surface.blit(written, (text.box.x + shift, top))
            if text.struck:
                thick = max(2, size // 12)
                middle = top + round(size * _STRIKE) - thick // 2
                surface.fill(colour, (text.box.x + shift, middle, written.get_width(), thick))

    def _write_cap(self, surface: pygame.Surface, view: View, text: Text, where: Ground) -> None:
        """The name of a key, in the middle by its ink and not by its line: `*` hangs high in its line."""
        colour, size = ink(text.role, where, view.mood, night=view.night), text.fitted.size_px
        name = " ".join(text.fitted.lines)

        def make() -> pygame.Surface:
            written = self._lettering.write(name, size, colour, bold=True, room_px=text.room.width)
            return written.subsurface(written.get_bounding_rect())

        written = self._keep(("cap", name, size, colour), make)
        room = text.room
        x = room.x + (room.width - written.get_width()) // 2
        surface.blit(written, (x, room.y + (room.height - written.get_height()) // 2))

    def _drawing(self, picture: Picture, box: Box, colour: Rgb) -> pygame.Surface:
        key = ("drawing", picture, box.width, colour)
        return self._keep(key, lambda: drawings.draw(picture, box.width, colour))

    def _plate(self, box: Box, colour: Rgb, corner_px: int) -> pygame.Surface:
        key = ("plate", box.width, box.height, corner_px, colour)
        return self._keep(key, lambda: plate(box.width, box.height, corner_px, colour))

    def _office_code(self, view: View, box: Box) -> pygame.Surface:
        """Only the last is kept: one that changes each minute would drive all else out by the morning."""
        paper = ground(Ground.PAPER, view.mood, night=view.night)
        key = (view.code, box.width, paper)
        if self._code is None or self._code[0] != key:
            self._code = key, _drawn_code(view.code, box.width, paper)
        return self._code[1]

    def _keep(self, key: tuple[object, ...], make: Callable[[], pygame.Surface]) -> pygame.Surface:
        kept = self._kept.pop(key, None) or make()
        if len(self._kept) >= _MOST_KEPT:
            # The one that was not used for longest.
            del self._kept[next(iter(self._kept))]
        self._kept[key] = kept
        return kept


def _drawn_code(text: str, side_px: int, paper: Rgb) -> pygame.Surface:
    """A code, dark on paper: each module so many whole pixels; what is left over is paper."""
    dark = modules(text)
    module_px = max(1, side_px // len(dark))
    surface = pygame.Surface((side_px, side_px))
    surface.fill(paper)
    start = (side_px - module_px * len(dark)) // 2
    for row, column in np.argwhere(dark).tolist():
        place = (start + column * module_px, start + row * module_px, module_px, module_px)
        surface.fill(CODE_INK, place)
    return surface


def _ink(view: View, role: Role, where: Ground = Ground.BARE) -> Rgb:
    return ink(role, where, view.mood, night=view.night)


def _corner(box: Box) -> int:
    return min(box.width, box.height) // 16


def _at(box: Box) -> tuple[int, int]:
    return box.x, box.y


def _rect(box: Box) -> tuple[int, int, int, int]:
    return box.x, box.y, box.width, box.height
