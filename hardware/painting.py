"""Paint a page onto a pygame surface."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pygame

from hardware import drawings
from hardware.composing import compose
from hardware.layout import Box, Wish, fit, height_of
from hardware.lettering import Lettering
from hardware.page import BOLD_ROLES, KEY_ROWS, Page, Pill, Role, Text, caret
from hardware.theme import PALETTES, SIGN_GROUND, SIGN_INK, Palette, Rgb
from kiosk.signals import Mood, Picture, View

_GREYS = [(level, level, level) for level in range(256)]
_MOST_KEPT = 128


class Painter:
    """
    Paints views of one size.

    Keeps finished drawings, for they cost more than all else; never keeps words, for they may be a name.
    Needs `pygame.font.init()` before. One thread.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        self.size = (width_px, height_px)
        self._lettering = Lettering()
        self._kept: dict[tuple[object, ...], pygame.Surface] = {}

    def page(self, view: View) -> Page:
        """Where everything of a view stands."""
        width, height = self.size
        return compose(view, width, height, self._lettering.measure(True), self._lettering.measure(False))

    def prepare(self) -> None:
        """Finish the drawings of the answers before anybody waits for them."""
        moods = {
            Picture.TICK: Mood.GREEN,
            Picture.ARROW_OUT: Mood.BLUE,
            Picture.CLOCK: Mood.AMBER,
            Picture.CROSSED_CODE: Mood.RED,
            Picture.CROSS: Mood.RED,
            Picture.PAUSE: Mood.GREY,
        }
        for picture, mood in moods.items():
            page = self.page(View(state="showing", mood=mood, picture=picture, headline="."))
            if page.picture:
                self._drawing(*page.picture, PALETTES[mood].foreground)

    def paint(self, surface: pygame.Surface, view: View, page: Page) -> None:
        """Cover the whole surface with a view; the camera's pane stays calm, with a drawn card."""
        palette = PALETTES[view.mood]
        surface.fill(palette.background)
        if page.pane:
            self.calm(surface, page.pane, palette)
        if page.picture:
            surface.blit(self._drawing(*page.picture, palette.foreground), _at(page.picture[1]))
        if page.keypad:
            surface.blit(self._keypad(page.keypad, palette), _at(page.keypad))
        if page.field:
            surface.blit(self._plate(page.field, palette.panel), _at(page.field))
        bar = caret(page)
        if bar:
            surface.fill(palette.accent, _rect(bar))
        for text in page.texts:
            self._write(surface, text, _ink(text.role, palette))
        for pill in page.pills:
            self._pill(surface, pill, palette)

    def calm(self, surface: pygame.Surface, pane: Box, palette: Palette) -> None:
        """Fill the camera's pane with a drawing of what to do, while there is no picture."""
        surface.blit(self._plate(pane, palette.panel), _at(pane))
        side = round(min(pane.width, pane.height) * 0.72)
        middle = Box(pane.x + (pane.width - side) // 2, pane.y + (pane.height - side) // 2, side, side)
        surface.blit(self._drawing(Picture.CARD, middle, palette.quiet), _at(middle))

    def mirror(self, surface: pygame.Surface, pane: Box, luma: npt.NDArray[np.uint8], mood: Mood) -> None:
        """Fill the camera's pane with its picture, mirrored, so that moving right looks right."""
        height, width = luma.shape
        scale = max(pane.width / width, pane.height / height)
        across, down = min(width, round(pane.width / scale)), min(height, round(pane.height / scale))
        left, top = (width - across) // 2, (height - down) // 2
        seen = np.ascontiguousarray(luma[top : top + down, left : left + across][:, ::-1])
        grey = pygame.image.frombuffer(seen.data, (across, down), "P")
        grey.set_palette(_GREYS)
        pane_size = (pane.width, pane.height)
        surface.blit(pygame.transform.smoothscale(grey.convert(24), pane_size), _at(pane))
        around = PALETTES[mood].background
        key = ("corners", pane_size, around)
        corner = _corner(pane)
        surface.blit(self._keep(key, lambda: drawings.corners(*pane_size, corner, around)), _at(pane))

    def _write(self, surface: pygame.Surface, text: Text, ink: Rgb) -> None:
        bold, size = text.role in BOLD_ROLES, text.fitted.size_px
        for number, line in enumerate(text.fitted.lines):
            written = self._lettering.write(line, size, ink, bold=bold, room_px=text.box.width)
            shift = (text.box.width - written.get_width()) // 2 if text.centred else 0
            down = height_of(number + 1, size) - height_of(1, size)
            surface.blit(written, (text.box.x + shift, text.box.y + down))

    def _pill(self, surface: pygame.Surface, pill: Pill, palette: Palette) -> None:
        ground, ink = (palette.panel, palette.foreground) if pill.kind is None else (SIGN_GROUND, SIGN_INK)
        surface.blit(
            self._plate(pill.box, ground, min(pill.box.height // 2, pill.text.fitted.size_px)), _at(pill.box)
        )
        if pill.kind is not None and pill.icon:
            kind, side = pill.kind, pill.icon.width
            icon = self._keep(("sign", kind, side, ink), lambda: drawings.draw_sign(kind, side, ink))
            surface.blit(icon, _at(pill.icon))
        self._write(surface, pill.text, ink)

    def _drawing(self, picture: Picture, box: Box, ink: Rgb) -> pygame.Surface:
        key = ("drawing", picture, box.width, ink)
        return self._keep(key, lambda: drawings.draw(picture, box.width, ink))

    def _plate(self, box: Box, ground: Rgb, corner: int | None = None) -> pygame.Surface:
        round_px = _corner(box) if corner is None else corner
        key = ("plate", box.width, box.height, round_px, ground)
        return self._keep(key, lambda: drawings.plate(box.width, box.height, round_px, ground))

    def _keypad(self, box: Box, palette: Palette) -> pygame.Surface:
        return self._keep(("keypad", box.width, box.height, palette), lambda: self._keys(box, palette))

    def _keys(self, box: Box, palette: Palette) -> pygame.Surface:
        """The keys as they lie; the two that do something stand out."""
        surface = pygame.Surface((box.width, box.height))
        surface.fill(palette.background)
        cell, gap = box.width / 3, round(box.width / 30)
        for row, keys in enumerate(KEY_ROWS):
            for column, key in enumerate(keys):
                side = int(cell) - gap
                place = Box(round(column * cell) + gap // 2, round(row * cell) + gap // 2, side, side)
                loud = key in "*#"
                surface.blit(
                    self._plate(place, palette.accent if loud else palette.panel, side // 6), _at(place)
                )
                ink = palette.background if loud else palette.foreground
                wish = Wish(key, self._lettering.measure(True), round(side * 0.62), 8)
                text = fit(wish, side, side)
                written = self._lettering.write(key, text.size_px, ink, bold=True, room_px=side)
                # By its ink, not by its line: `*` hangs high in its line.
                inked = written.get_bounding_rect()
                x = place.x + (side - inked.width) // 2 - inked.x
                surface.blit(written, (x, place.y + (side - inked.height) // 2 - inked.y))
        return surface

    def _keep(self, key: tuple[object, ...], make: Callable[[], pygame.Surface]) -> pygame.Surface:
        if key not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = make()
        return self._kept[key]


def _ink(role: Role, palette: Palette) -> Rgb:
    match role:
        case Role.DOOR | Role.NOTE:
            return palette.quiet
        case Role.DIGITS | Role.DETAIL:
            return palette.accent
        case _:
            return palette.foreground


def _corner(box: Box) -> int:
    return min(box.width, box.height) // 16


def _at(box: Box) -> tuple[int, int]:
    return box.x, box.y


def _rect(box: Box) -> tuple[int, int, int, int]:
    return box.x, box.y, box.width, box.height
