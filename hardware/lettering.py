"""Write and measure words on a pygame surface."""

from io import BytesIO

import pygame

from hardware.breaking import Measure
from hardware.fonts import BOLD, MEDIUM
from hardware.theme import Rgb

_RULER_PX = 128
_HINTING_PX = 1.2
"""A text may be as wide as at a size so much larger: hinting rounds letters to whole pixels."""

_FONTS = 5
"""
How many fonts are kept of each weight: about as many as a page has sizes.

A font takes 15 ms to open and to learn its script, but next to nothing to change to another size, which then
draws its letters anew.
"""


class Lettering:
    """
    Two weights of one typeface, at every size asked for.

    Needs `pygame.font.init()` before and lives until `pygame.font.quit()`. One thread.
    """

    def __init__(self) -> None:
        self._files = {bold: (BOLD if bold else MEDIUM).read_bytes() for bold in (True, False)}
        self._rulers = {bold: self._open(bold, _RULER_PX) for bold in (True, False)}
        self._fonts: dict[bool, dict[int, pygame.font.Font]] = {True: {}, False: {}}

    def measure(self, bold: bool) -> Measure:
        """
        A ruler for one weight.

        It remembers what it measured: take a new one for each view, for what is measured may be a name.
        """
        ruler = self._rulers[bold]
        known: dict[str, float] = {}

        def width(text: str, size_px: int) -> float:
            part = known.get(text)
            if part is None:
                part = known[text] = ruler.size(_writable(text))[0] / _RULER_PX
            return part * (size_px + _HINTING_PX)

        return width

    def write(self, text: str, size_px: int, colour: Rgb, *, bold: bool, room_px: int) -> pygame.Surface:
        """
        One line of text on a transparent ground, as high as its font, at most `room_px` wide.

        The width was measured at another size; where hinting makes a line wider than its room, it is
        written a little smaller rather than cut. A line of letters without any width is one clear pixel.
        """
        text = _writable(text)
        while size_px > 1 and self._font(bold, size_px).size(text)[0] > room_px:
            size_px -= 1
        font = self._font(bold, size_px)
        if not font.size(text)[0]:
            return pygame.Surface((1, 1), pygame.SRCALPHA)
        return font.render(text, True, colour)

    def _font(self, bold: bool, size_px: int) -> pygame.font.Font:
        fonts = self._fonts[bold]
        font = fonts.pop(size_px, None)
        if font is None and len(fonts) < _FONTS:
            font = self._open(bold, size_px)
        elif font is None:
            font = fonts.pop(next(iter(fonts)))
            font.set_point_size(size_px)
        fonts[size_px] = font
        return font

    def _open(self, bold: bool, size_px: int) -> pygame.font.Font:
        return pygame.font.Font(BytesIO(self._files[bold]), size_px)


def _writable(text: str) -> str:
    """The same without what pygame refuses: null characters, and halves of letters."""
    return text.replace("\0", "").encode(errors="replace").decode()
