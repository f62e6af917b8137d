"""Write and measure words on a pygame surface."""

from io import BytesIO

import pygame

from hardware.breaking import Measure
from hardware.fonts import BOLD, MEDIUM
from hardware.theme import Rgb

_RULER_PX = 128
_HINTING_PX = 1.2
"""A text may be as wide as at a size so much larger: hinting rounds letters to whole pixels."""

_MOST_FONTS = 64


class Lettering:
    """
    Two weights of one typeface, at every size asked for.

    Needs `pygame.font.init()` before and lives until `pygame.font.quit()`. One thread.
    """

    def __init__(self) -> None:
        self._files = {bold: (BOLD if bold else MEDIUM).read_bytes() for bold in (True, False)}
        self._fonts: dict[tuple[bool, int], pygame.font.Font] = {}

    def measure(self, bold: bool) -> Measure:
        """
        A ruler for one weight.

        It remembers what it measured: take a new one for each view, for what is measured may be a name.
        """
        ruler = self._font(bold, _RULER_PX)
        known: dict[str, float] = {}

        def width(text: str, size_px: int) -> float:
            part = known.get(text)
            if part is None:
                part = known[text] = ruler.size(text)[0] / _RULER_PX
            return part * (size_px + _HINTING_PX)

        return width

    def write(self, text: str, size_px: int, colour: Rgb, *, bold: bool, room_px: int) -> pygame.Surface:
        """
        One line of text on a transparent ground, as high as its font, at most `room_px` wide.

        The width was measured at another size; where hinting makes a line wider than its room, it is
        written a little smaller rather than cut.
        """
        while size_px > 1 and self._font(bold, size_px).size(text)[0] > room_px:
            size_px -= 1
        return self._font(bold, size_px).render(text, True, colour)

    def _font(self, bold: bool, size_px: int) -> pygame.font.Font:
        key = (bold, size_px)
        if key not in self._fonts:
            if len(self._fonts) >= _MOST_FONTS:
                self._fonts.clear()
            self._fonts[key] = pygame.font.Font(BytesIO(self._files[bold]), size_px)
        return self._fonts[key]
