"""
A place's poster: its own address as a code that any phone's camera opens, on A4, to be hung on a wall.

The code is drawn of rectangles, so that it is sharp at any size, and as forgiving as its size allows: a
poster fades, tears and is written upon.
"""

from io import BytesIO
from itertools import groupby
from typing import cast

import segno
from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, XPos, YPos

from collector import fonts, people
from collector.models import Place

CODE_MM = 152.0
"""The side of the code, without the quiet zone around it: at least 15 cm."""
LEAST_MODULE_MM = 3.0
"""Smaller ones are hard to read from two steps away."""
_ERRORS = "hqml"
"""From the most forgiving on (ISO/IEC 18004)."""
_QUIET_MODULES = 4
_PAGE_MM = 210.0
_MARGIN_MM = 12.0
_OVERLAP_MM = 0.02
"""Rectangles that only touch show a hair of white between them in some viewers."""
_MM_PER_PT = 25.4 / 72
_LEADING = 1.25

_HEADLINE = "Quét mã để ghi lượt vào, ra"
_STEPS = (
    "1. Mở máy ảnh của điện thoại, hướng vào mã.",
    "2. Chạm vào địa chỉ hiện ra.",
)
_STEPS_IN_ENGLISH = "1. Point your phone's camera at the code. 2. Tap the address that appears."
_LAST_STEP = {
    Place.CHECKPOINT: (
        "3. Ghi họ tên, số điện thoại, rồi bấm Vào hoặc Ra.",
        "3. Write your name and phone number, then press In or Out.",
    ),
    Place.PUBLIC: ("3. Bấm Vào hoặc Ra.", "3. Press In or Out."),
}


def code(address: str) -> segno.QRCode:
    """An address as a code: the most forgiving whose modules are still large enough on the poster."""
    for error in _ERRORS:
        made = segno.make(address, error=error, boost_error=False, micro=False)
        if CODE_MM / made.symbol_size(border=0)[0] >= LEAST_MODULE_MM:
            break
    return made


def picture(address: str) -> str:
    """The code as SVG, to be written into a page: it grows as the page has it."""
    drawn = BytesIO()
    code(address).save(
        drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=_QUIET_MODULES, light="#fff"
    )
    return drawn.getvalue().decode()


def draw(place: Place, address: str) -> bytes:
    """
    The poster of a place, as PDF: one page of A4.

    Args:
        place: Whose.
        address: Its own page's, which anybody may have.
    """
    sheet = _Sheet()
    sheet.set_title(sheet.known(people.tidy(place.name)))
    last, last_in_english = _LAST_STEP.get(place.kind, _LAST_STEP[Place.CHECKPOINT])
    top_mm = sheet.fit(_HEADLINE, _MARGIN_MM, height_mm=10, most_pt=26)
    top_mm = sheet.fit(people.tidy(place.name), top_mm, height_mm=22, most_pt=36)
    top_mm = sheet.draw_code(code(address), top_mm)
    top_mm = sheet.fit(address, top_mm, height_mm=10, most_pt=22)
    for step in (*_STEPS, last):
        top_mm = sheet.fit(step, top_mm, height_mm=9, most_pt=19)
    sheet.fit(f"{_STEPS_IN_ENGLISH} {last_in_english}", top_mm, height_mm=13, most_pt=13, font="medium")
    return bytes(sheet.output())


class _Sheet(FPDF):
    """One page, on which each line is as large as its place allows; it says of itself only its title."""

    def __init__(self) -> None:
        super().__init__(format="A4")
        self.set_auto_page_break(auto=False)
        self.set_margin(_MARGIN_MM)
        self.add_font("bold", fname=str(fonts.BOLD))
        self.add_font("medium", fname=str(fonts.MEDIUM))
        self.set_lang("vi")
        self.producer = None  # type: ignore[assignment] # which its own writer leaves out
        self.add_page()

    def known(self, text: str) -> str:
        """A text without the letters that the font does not have."""
        letters = self.fonts["bold"].cmap  # type: ignore[union-attr]
        return " ".join("".join(one for one in text if ord(one) in letters or one == " ").split())

    def fit(self, text: str, top_mm: float, *, height_mm: float, most_pt: int, font: str = "bold") -> float:
        """Write a text into a box of the page's width, centred, as large as fits; where the box ends."""
        text = self.known(text)
        for size_pt in range(most_pt, 4, -1):
            self.set_font(font, size=size_pt)
            line_mm = size_pt * _MM_PER_PT * _LEADING
            lines = self._laid(text, line_mm)
            if lines * line_mm <= height_mm:
                break
        self.set_xy(_MARGIN_MM, top_mm + (height_mm - lines * line_mm) / 2)
        self.multi_cell(0, line_mm, text, align=Align.C, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        return top_mm + height_mm

    def draw_code(self, made: segno.QRCode, top_mm: float) -> float:
        """Draw a code and the quiet around it; where that ends."""
        module_mm = CODE_MM / made.symbol_size(border=0)[0]
        quiet_mm = _QUIET_MODULES * module_mm
        left_mm, top_mm = (_PAGE_MM - CODE_MM) / 2, top_mm + quiet_mm
        self.set_fill_color(0)
        for row, modules in enumerate(made.matrix):
            column = 0
            for is_dark, run in groupby(modules):
                wide = len(list(run))
                if is_dark:
                    x_mm, y_mm = left_mm + column * module_mm, top_mm + row * module_mm
                    self.rect(x_mm, y_mm, wide * module_mm, module_mm + _OVERLAP_MM, style="F")
                column += wide
        return top_mm + CODE_MM + quiet_mm

    def _laid(self, text: str, line_mm: float) -> int:
        self.set_xy(_MARGIN_MM, _MARGIN_MM)
        height_mm = self.multi_cell(
            0, line_mm, text, dry_run=True, output=MethodReturnValue.HEIGHT, align=Align.C
        )
        return round(cast(float, height_mm) / line_mm)
