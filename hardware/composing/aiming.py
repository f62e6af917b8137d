"""The waiting screen: the camera's picture, what to do, the office's own code and its words."""

from collections.abc import Iterator
from itertools import product

from hardware.composing import listing, notices
from hardware.composing.sheet import Sheet
from hardware.composing.words import column, lines
from hardware.layout import Box, fit
from hardware.page import Align, Plate, Text
from hardware.theme import SCALES, Ground, Role

_SHARES = (0.60, 0.54, 0.50, 0.48, 0.45, 0.41)
"""Parts of the width that the camera's picture may take."""
_NARROW_SHARES = (0.50, 0.45, 0.39)
"""The same, where more than the picture stands in its column."""
_UPRIGHT_SHARES = (0.52, 0.47, 0.43, 0.39, 0.35, 0.31, 0.27)
"""Parts of the height, on an upright screen."""

_ENOUGH = 0.44
"""A picture of this part of the width, with all words in their size, is not looked further for."""
_FEW_LINES = 3
_SMALL = 0.9
"""What a screen is worth on which not all words have their size."""
_RAGGED = 0.8
"""What a screen is worth with short words in more lines than are read at a glance."""


def compose(sheet: Sheet, body: Box) -> None:
    """
    The camera's picture and what to do beside it, or below it on an upright screen.

    The office's words, its code, and what the keys do lie below both; where that leaves too little, some go
    below the picture alone, and the rest below the headline. The pane takes the picture's own shape,
    so that nothing of what is read is hidden, and as much of the screen as leaves the words their size; where
    nothing leaves them that, both give way.
    """
    best, most = sheet, -1.0
    for draft in _drafts(sheet, body):
        worth = _worth(draft)
        if worth > most:
            best, most = draft, worth
        pane = draft.pane
        if pane and _holds(draft) and pane.width > _ENOUGH * body.width:
            break
    sheet.adopt(best)


def _drafts(sheet: Sheet, body: Box) -> Iterator[Sheet]:
    """The screen laid out in different ways, those with larger pictures first."""
    across = sheet.fork()
    foot = notices.foot(across, body, (sheet.view.note, sheet.view.notice), sheet.view.keys)
    above = Box(body.x, body.y, body.width, max(1, foot.y - body.y))
    for share in _UPRIGHT_SHARES if sheet.upright else _SHARES:
        pane, area = _upright(sheet, above, share) if sheet.upright else _lying(sheet, above, share)
        yield _filled(across.fork(), pane, area)
    if sheet.upright or not foot.height:
        return
    for keys_left, share in product((True, False), _NARROW_SHARES):
        yield _columns(sheet.fork(), body, share, keys_left=keys_left)


def _columns(sheet: Sheet, body: Box, share: float, *, keys_left: bool) -> Sheet:
    """Picture and the office's words in one column, headline and the office's code in the other."""
    view = sheet.view
    left = Box(body.x, body.y, round(body.width * share), body.height)
    right = Box(left.right + sheet.margin, body.y, body.right - left.right - sheet.margin, body.height)
    below = notices.foot(sheet, left, (view.note, view.notice), view.keys if keys_left else (), code=False)
    pane, _ = _lying(sheet, Box(left.x, left.y, left.width, max(1, below.y - left.y)), 1.0)
    pane = pane.moved((left.width - pane.width) // 2, 0)
    foot = notices.foot(sheet, right, (), () if keys_left else view.keys)
    return _filled(sheet, pane, Box(right.x, right.y, right.width, max(1, foot.y - right.y)))


def _filled(sheet: Sheet, pane: Box, area: Box) -> Sheet:
    """With the headline, and the lines of a list where there is one, in an area."""
    wanted = [line for line in lines(sheet) if line[0] is not Role.NOTE]
    listed = round(area.height * 0.62) if sheet.view.rows else 0
    room = Box(area.x, area.y, area.width, area.height - listed)
    sheet.texts.extend(column(sheet, room, wanted, most=8, centred=sheet.upright))
    if listed:
        listing.rows(sheet, Box(area.x, room.bottom, area.width, listed))
    sheet.pane = pane
    sheet.band = _band(sheet, pane)
    return sheet


def _lying(sheet: Sheet, above: Box, share: float) -> tuple[Box, Box]:
    width = round(min(above.width * share, above.height * sheet.shape))
    height = min(above.height, round(width / sheet.shape))
    pane = Box(above.x, above.y + (above.height - height) // 2, width, height)
    left = pane.right + sheet.margin
    return pane, Box(left, above.y, max(1, above.right - left), above.height)


def _upright(sheet: Sheet, above: Box, share: float) -> tuple[Box, Box]:
    height = round(min(above.height * share, above.width / sheet.shape))
    width = min(above.width, round(height * sheet.shape))
    pane = Box(above.x + (above.width - width) // 2, above.y, width, height)
    top = pane.bottom + sheet.gap
    return pane, Box(above.x, top, above.width, max(1, above.bottom - top))


def _band(sheet: Sheet, pane: Box) -> Plate | None:
    """The hint along the lower edge of the camera's picture."""
    if not sheet.view.hint:
        return None
    pad = round(sheet.gap * 0.9)
    room = Box(pane.x + 2 * pad, pane.y, max(1, pane.width - 4 * pad), max(1, round(pane.height * 0.6) - pad))
    text = fit(sheet.wish(Role.HINT, sheet.view.hint), room.width, room.height)
    if len(text.lines) > 1:
        # It covers no more of the picture than it must.
        least = SCALES[Role.HINT].smallest
        text = fit(sheet.wish(Role.HINT, sheet.view.hint, most=least), room.width, room.height)
    high = text.height_px + pad
    box = Box(pane.x, pane.bottom - high, pane.width, high)
    line = Box(room.x, box.y + pad // 2, room.width, text.height_px)
    return Plate(box, Ground.BAND, 0, (Text(Role.HINT, line, text, room, Align.CENTRED),))


def _worth(sheet: Sheet) -> float:
    """How much a screen is worth: a large picture, and words of their size."""
    if sheet.pane is None:
        return 0
    side = (sheet.pane.width * sheet.pane.height) ** 0.5
    ragged = _RAGGED if _lines(sheet) > _FEW_LINES else 1
    crowded = max((len(text.fitted.lines) for text in _words(sheet) if text.role in _SHORT), default=0)
    # On an upright screen the headline hardly ever has its size, and must not take all from the picture.
    size = sheet.worth(_words(sheet))
    legible = size**1.2 if sheet.upright else size**2 * (1 if size == 1 else _SMALL)
    return legible * side * ragged * (1 if crowded <= _FEW_LINES else _RAGGED)


def _holds(sheet: Sheet) -> bool:
    return sheet.worth(_words(sheet)) == 1 and _lines(sheet) <= _FEW_LINES


def _lines(sheet: Sheet) -> int:
    return max((len(text.fitted.lines) for text in sheet.texts if text.role is Role.HEADLINE), default=0)


def _words(sheet: Sheet) -> list[Text]:
    """All words whose size depends on the arrangement."""
    plates = [*sheet.plates, *([sheet.band] if sheet.band else [])]
    texts = [*sheet.texts, *(text for plate in plates for text in plate.texts)]
    return [text for text in texts if text.role in _WEIGHED]


_SHORT = frozenset({Role.KEYS, Role.CAPTION})

_WEIGHED = frozenset({Role.HEADLINE, Role.NOTICE, Role.KEYS, Role.CAPTION})
"""Not the hint: the picture must not move when one comes."""
