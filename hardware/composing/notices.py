"""The foot of a screen at rest: what the keys do, the office's words, and its own code in the corner."""

from collections.abc import Sequence

from hardware.composing import pills
from hardware.composing.sheet import Sheet
from hardware.layout import Box, Fitted, Wish, fit, height_of
from hardware.office_code import modules_across
from hardware.page import Align, Plate, Text
from hardware.theme import Ground, Role
from kiosk.signals import Choice

_CODE_PART = 4.4
"""The office's code is about this part of the height; its modules are whole pixels."""
_LEAST_MODULE_PX = 2
_CAPTION_PART = 1.7
"""The words beside the code are so much wider than it at most."""
_NOTICE_LINES = 4
_NARROW_LINES = 6
"""Lines that the notice may have, before it shrinks; on a narrow panel some more."""
_LEAST_NOTICE = 42
"""The notice shrinks down to this part of the height to leave room for what is above; never further."""
_MOST_FOOT = 0.58
"""Part of the body that the foot may take before all on it gives way."""
_SQUEEZES = (1.0, 0.86, 0.72)
"""To which parts of their size the words on it do so."""


def foot(sheet: Sheet, body: Box, words: Sequence[str], keys: Sequence[Choice], *, code: bool = True) -> Box:
    """
    Lay the foot out at the lower end of a body; gives its box, of no height where there is nothing.

    Args:
        sheet: The page in the making.
        body: Where; what would take more than 0.58 of its height becomes smaller, down to 0.72 of its size.
        words: The office's, line by line; empty ones are passed over.
        keys: What the keys do.
        code: Whether the office's own code belongs there, with its caption.
    """
    side, lines = _code_side(sheet) if code else 0, _lines(words)
    for squeeze in _SQUEEZES:
        draft = sheet.fork()
        draft.squeeze = squeeze
        box = _laid(draft, body, side, lines, keys)
        if box.height <= _MOST_FOOT * body.height:
            break
    sheet.adopt(draft)
    return box


def _laid(sheet: Sheet, body: Box, side: int, lines: Sequence[str], keys: Sequence[Choice]) -> Box:
    if sheet.upright and side and lines:
        # Too narrow for both side by side: the notice lies below.
        taken = _strip(sheet.fork(), body, side, [], keys).height + sheet.gap
        notice = _notice(sheet, lines, body.width, round(body.height * _MOST_FOOT) - taken)
        lower = Box(body.x, body.bottom - notice.box.height, body.width, notice.box.height)
        sheet.plates.append(notice.moved(lower.x, lower.y))
        rest = Box(body.x, body.y, body.width, lower.y - sheet.gap - body.y)
        upper = _strip(sheet, rest, side, [], keys)
        return Box(body.x, upper.y, body.width, body.bottom - upper.y)
    return _strip(sheet, body, side, lines, keys)


def _lines(words: Sequence[str]) -> list[str]:
    return [line.strip() for text in words for line in text.splitlines() if line.strip()]


def _strip(sheet: Sheet, body: Box, side: int, lines: Sequence[str], keys: Sequence[Choice]) -> Box:
    """What the keys do, caption and notice below each other, beside the code; gives the strip."""
    reserved = side + sheet.margin // 2 if side else 0
    caption = _caption(sheet, body.width - (0 if sheet.upright else reserved), side)
    aside = caption.width_px + sheet.margin if caption and not sheet.upright else 0
    width = body.width - reserved - aside
    rows = pills.hint_rows(sheet, keys, width)
    heights = [pills.height(rows)] if rows else []
    plate = None
    if lines:
        plate = _notice(sheet, lines, width, round(body.height * _MOST_FOOT) - sum(heights))
        heights.append(plate.box.height)
    block = sum(heights) + sheet.gap * max(0, len(heights) - 1)
    high = max(block, side, caption.height_px if caption and not sheet.upright else 0)
    if not high:
        return Box(body.x, body.bottom, body.width, 0)
    below = caption.height_px if caption and sheet.upright else 0
    top = body.bottom - high - below
    if side:
        sheet.code = Box(body.right - side, top + (high - side) // 2, side, side)
    y = top + (high - block) // 2
    if rows:
        pills.put(sheet, rows, Box(body.x, y, width, heights[0]))
        y += heights[0] + sheet.gap
    if caption:
        if sheet.upright:
            lowest = Box(body.x, body.bottom - below, body.width, below)
            _put_caption(sheet, caption, lowest, Align.RIGHT)
        else:
            beside = Box(body.right - reserved - caption.width_px, top, caption.width_px, high)
            _put_caption(sheet, caption, beside, Align.RIGHT)
    if plate:
        sheet.plates.append(plate.moved(body.x, y))
    return Box(body.x, top - sheet.gap, body.width, high + below + sheet.gap)


def _code_side(sheet: Sheet) -> int:
    """How wide the office's code is, white around it included; 0 for none."""
    if not sheet.view.code:
        return 0
    across = modules_across(sheet.view.code)
    module = max(_LEAST_MODULE_PX, round(sheet.unit / _CODE_PART / across))
    return module * across


def _caption(sheet: Sheet, room: int, side: int) -> Fitted | None:
    """The words for the office's code, beside it, or on an upright screen below it."""
    if not (sheet.view.caption and side):
        return None
    wish = sheet.wish(Role.CAPTION, sheet.view.caption, patience=0.95)
    if sheet.upright:
        return fit(wish, room, 2 * side)
    widest = round(side * (_CAPTION_PART if room > sheet.unit else 1.1))
    return fit(wish, min(max(round(room * 0.3), side), widest), 2 * side)


def _put_caption(sheet: Sheet, text: Fitted, room: Box, align: Align) -> None:
    box = Box(room.x, room.y + (room.height - text.height_px) // 2, room.width, text.height_px)
    sheet.texts.append(Text(Role.CAPTION, box, text, room, align))


def _notice(sheet: Sheet, lines: Sequence[str], width: int, most: int) -> Plate:
    """The office's words on a panel, at 0, 0: its own lines, each wrapped, all of one size."""
    pad = round(sheet.gap * 0.9)
    wish = sheet.wish(Role.NOTICE, "")
    room = Box(round(pad * 1.4), pad // 2, width - round(pad * 2.8), max(1, most - pad))

    def written(size: int) -> Fitted:
        texts = [fit(Wish(line, wish.measure, size, 6, 1), room.width, height_of(12, size)) for line in lines]
        whole = tuple(line for text in texts for line in text.lines)
        smallest = min((text.size_px for text in texts), default=size)
        widest = max((text.width_px for text in texts), default=0)
        return Fitted(whole, smallest, widest, height_of(len(whole), size))

    least = sheet.part(_LEAST_NOTICE)
    narrow = width < sheet.unit
    most_lines = max(_NARROW_LINES if narrow else _NOTICE_LINES, len(lines))
    size = wish.largest_px
    while size > least:
        whole = written(size)
        if whole.size_px == size and len(whole.lines) <= most_lines and whole.height_px <= room.height:
            break
        size -= 1
    whole = written(size)
    line = Box(room.x, room.y, room.width, whole.height_px)
    text = Text(Role.NOTICE, line, whole, Box(room.x, room.y, room.width, room.height))
    return Plate(Box(0, 0, width, whole.height_px + pad), Ground.PANEL, round(sheet.unit / 60), (text,))
