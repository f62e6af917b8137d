"""Draws what was tried on a picture, so that somebody can see why it was read or not."""

import time
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from math import ceil, sqrt
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hardware.fonts import BOLD, MEDIUM
from hardware.frame import Luma
from hardware.stills import Attempt
from hardware.straightening import Located
from hardware.theme import Rgb

_PAPER: Rgb = (244, 246, 248)
_INK: Rgb = (20, 28, 38)
_QUIET: Rgb = (86, 96, 108)
_FRAME: Rgb = (196, 202, 210)
_READ: Rgb = (0, 112, 60)
_FOUND: Rgb = (222, 72, 0)
_WHITE: Rgb = (255, 255, 255)

_TILE_PX = (304, 228)
_FIRST_TILES = 3
"""How many tiles wide and high the picture as it is may be, where the codes are outlined."""
_FEWEST_COLUMNS, _MOST_COLUMNS = 4, 10
_GAP_PX = 16
_CAPTION_PX = 54
_HEADER_PX = 92
_READ_FRAME_PX = 6
_OUTLINE_PX = 3
_MOST_ENLARGED = 4

_TITLE_PX, _LINE_PX, _NAME_PX, _FACTS_PX = 28, 20, 17, 15


@dataclass(frozen=True, slots=True)
class _Tile:
    """An attempt as it is drawn."""

    name: str
    facts: str
    is_read: bool
    picture: Luma = field(repr=False)


class Sheet:
    """
    All attempts at one picture, side by side in their order; the last is the one that read, if any did.

    Codes that were found and could not be read are outlined and numbered on the picture as it is. What a code
    holds is never written on the sheet.

    Attributes:
        drawing_s: How long noting took, in seconds, which is no time of the reader's.
    """

    def __init__(self) -> None:
        self.drawing_s = 0.0
        self._tiles: list[_Tile] = []
        self._codes: list[Located] = []
        self._size_px = (0, 0)

    def note(self, attempt: Attempt) -> None:
        """Take an attempt down, small: the pictures of all would not fit into a small box's memory."""
        began_s = time.perf_counter()
        if not self._tiles:
            height_px, width_px = attempt.picture.shape
            self._size_px = (width_px, height_px)
        room_px = _TILE_PX if self._tiles else _first_room_px()
        facts = [f"{attempt.took_s * 1000:.0f} ms", "READ" if attempt.texts else "nothing"]
        if attempt.code is not None:
            facts.insert(0, f"code {self._number(attempt.code)}")
        picture = _fitted(attempt.picture, room_px)
        self._tiles.append(_Tile(attempt.name, " · ".join(facts), bool(attempt.texts), picture))
        self.drawing_s += time.perf_counter() - began_s

    def save(self, path: Path, title: str, took_s: float) -> None:
        """
        Write the sheet to a PNG; a file of that name is replaced.

        Args:
            path: The file.
            title: What the picture is called.
            took_s: How long looking at it took, in seconds.

        Raises:
            OSError: If the file cannot be written.
        """
        first, *others = self._tiles or [_Tile("too small to hold a code", "not tried", False, _blank())]
        columns = min(max(_FEWEST_COLUMNS, ceil(sqrt(len(others)))), _MOST_COLUMNS)
        first_px = _outer_px(first.picture.shape[0])
        rows = ceil(len(others) / columns)
        sheet = Image.new(
            "RGB",
            (
                _GAP_PX + columns * (_TILE_PX[0] + _GAP_PX),
                _HEADER_PX + first_px + rows * _outer_px(_TILE_PX[1]),
            ),
            _PAPER,
        )
        pen = ImageDraw.Draw(sheet)
        self._head(pen, title, took_s, sheet.width - 2 * _GAP_PX)
        place = (_GAP_PX, _HEADER_PX)
        _draw(sheet, first, 1, place, first.picture.shape[1::-1])
        sheet.paste(self._outlined(first.picture), place)
        self._list_codes(pen, (place[0] + first.picture.shape[1] + _GAP_PX, place[1]))
        for index, tile in enumerate(others):
            row, column = divmod(index, columns)
            place = (
                _GAP_PX + column * (_TILE_PX[0] + _GAP_PX),
                _HEADER_PX + first_px + row * _outer_px(_TILE_PX[1]),
            )
            _draw(sheet, tile, index + 2, place, _TILE_PX)
        sheet.save(path, "PNG", compress_level=3)

    def _number(self, code: Located) -> int:
        for number, known in enumerate(self._codes, 1):
            if known is code:
                return number
        self._codes.append(code)
        return len(self._codes)

    def _head(self, pen: ImageDraw.ImageDraw, title: str, took_s: float, room_px: int) -> None:
        pen.text(
            (_GAP_PX, 14), _shortened(_printable(title), _TITLE_PX, room_px), _INK, _font(True, _TITLE_PX)
        )
        facts = f"{len(self._tiles)} tried in {took_s * 1000:.0f} ms"
        if self._tiles:
            facts = f"{self._size_px[0]} x {self._size_px[1]} pixels, {facts}"
        if self._tiles and self._tiles[-1].is_read:
            outcome, colour = f"READ: {self._tiles[-1].name}", _READ
        else:
            outcome, colour = "NOT READ", _FOUND
        at = (_GAP_PX, 54)
        pen.text(at, outcome, colour, _font(True, _LINE_PX))
        after_px = round(_font(True, _LINE_PX).getlength(f"{outcome}  "))
        pen.text((at[0] + after_px, at[1]), facts, _QUIET, _font(False, _LINE_PX))

    def _outlined(self, picture: Luma) -> Image.Image:
        """The picture as it is with the codes on it, as far as they are within."""
        outlined = Image.fromarray(picture).convert("RGB")
        pen, font = ImageDraw.Draw(outlined), _font(True, _NAME_PX)
        scale = picture.shape[1] / max(self._size_px[0], 1)
        for number, code in enumerate(self._codes, 1):
            corners = [(float(x) * scale, float(y) * scale) for x, y in code.corners]
            pen.line([*corners, corners[0]], _FOUND, _OUTLINE_PX, joint="curve")
            x, y = max(corners[0][0], 0), max(corners[0][1], 0)
            pen.rectangle((x, y, x + font.getlength(str(number)) + 8, y + _NAME_PX + 5), _FOUND)
            pen.text((x + 4, y - 1), str(number), _WHITE, font)
        return outlined

    def _list_codes(self, pen: ImageDraw.ImageDraw, place: tuple[int, int]) -> None:
        x, y = place
        if not self._codes:
            return
        pen.text((x, y), "Found and laid flat", _FOUND, _font(True, _NAME_PX))
        for number, code in enumerate(self._codes, 1):
            y += _NAME_PX + 10
            facts = f"{number}: {code.modules} modules of {code.module_px:.1f} px"
            pen.text((x, y), facts, _INK, _font(False, _NAME_PX))


def _draw(
    sheet: Image.Image, tile: _Tile, number: int, place: tuple[int, int], room_px: tuple[int, int]
) -> None:
    """A tile in its room, its caption below."""
    pen = ImageDraw.Draw(sheet)
    left, top = place
    right, bottom = left + room_px[0], top + room_px[1]
    frame = (left, top, right - 1, bottom + _CAPTION_PX - 1)
    if tile.is_read:
        edge = _READ_FRAME_PX
        outer = (frame[0] - edge, frame[1] - edge, frame[2] + edge, frame[3] + edge)
        pen.rectangle(outer, _READ)
    else:
        pen.rectangle(frame, _WHITE)
    height_px, width_px = tile.picture.shape
    sheet.paste(
        Image.fromarray(tile.picture),
        (left + (room_px[0] - width_px) // 2, top + (room_px[1] - height_px) // 2),
    )
    if not tile.is_read:
        pen.rectangle(frame, outline=_FRAME)
    name_colour, facts_colour = (_WHITE, _WHITE) if tile.is_read else (_INK, _QUIET)
    name = _shortened(f"{number}  {tile.name}", _NAME_PX, max(room_px[0], _TILE_PX[0]) - 16)
    pen.text((left + 8, bottom + 5), name, name_colour, _font(True, _NAME_PX))
    pen.text((left + 8, bottom + 29), tile.facts, facts_colour, _font(tile.is_read, _FACTS_PX))


def _first_room_px() -> tuple[int, int]:
    width_px, height_px = _TILE_PX
    gaps_px = (_FIRST_TILES - 1) * _GAP_PX
    return _FIRST_TILES * width_px + gaps_px, _FIRST_TILES * height_px + gaps_px


def _outer_px(height_px: int) -> int:
    """How high a tile is with its caption and the gap below."""
    return height_px + _CAPTION_PX + _GAP_PX


def _fitted(luma: Luma, room_px: tuple[int, int]) -> Luma:
    """A picture as large as fits; a small one keeps its pixels apart."""
    height_px, width_px = luma.shape
    scale = min(room_px[0] / width_px, room_px[1] / height_px, _MOST_ENLARGED)
    size = (max(1, round(width_px * scale)), max(1, round(height_px * scale)))
    fitted: Luma = cv2.resize(luma, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST)
    return fitted


def _blank() -> Luma:
    return np.full(_TILE_PX[::-1], 255, np.uint8)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _shortened(text: str, size_px: int, room_px: float) -> str:
    """A line that fits, its middle left out where it must."""
    kept, short = len(text), text
    while kept > 1 and _font(True, size_px).getlength(short) > room_px:
        kept -= 1
        short = f"{text[: ceil(kept / 2)]}…{text[len(text) - kept // 2 :]}"
    return short


@cache
def _font(bold: bool, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(BytesIO((BOLD if bold else MEDIUM).read_bytes()), size_px)
