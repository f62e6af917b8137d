"""An answer: a drawing beside or above the words."""

from hardware.composing import notices, pills, words
from hardware.composing.sheet import Sheet, centred
from hardware.layout import Box
from hardware.page import Text
from kiosk.signals import Picture

_SHARES = (0.33, 0.28, 0.22)
"""Parts of the width that the drawing may take, the first that leaves room for the words."""
_UPRIGHT_SHARES = (0.36, 0.30, 0.24, 0.19)
"""Parts of the height, on an upright screen."""
_TALL = 0.74
"""Part of the height that a drawing may take beside the words."""


def compose(sheet: Sheet, body: Box) -> None:
    """
    Lay out a drawing, the words, and what the keys do; without words the drawing is alone.

    What the keys do stands below the drawing, where the words lose nothing by it, or else below all.
    """
    view, drawn = sheet.view, sheet.view.picture
    if view.code or view.notice:
        foot = notices.foot(sheet, body, (view.notice,), view.keys)
        body = Box(body.x, body.y, body.width, max(1, foot.y - body.y))
    elif view.keys and (sheet.upright or drawn is Picture.NONE):
        body = _keys_below(sheet, body)
    elif view.keys:
        _beside(sheet, body, keys=True)
        return
    wanted = words.lines(sheet)
    if drawn is Picture.NONE:
        sheet.texts.extend(words.column(sheet, body, wanted, centred=True))
    elif not wanted:
        side = min(body.width, body.height) * 3 // 5
        sheet.picture = drawn, centred(body, side, side)
    elif sheet.upright:
        _above(sheet, body)
    else:
        _beside(sheet, body, keys=False)


def _keys_below(sheet: Sheet, body: Box) -> Box:
    """What the keys do, along the lower edge of the body; gives what is left of it."""
    rows = pills.hint_rows(sheet, sheet.view.keys, body.width)
    high = pills.height(rows)
    lower = Box(body.x, body.bottom - high, body.width, high)
    pills.put(sheet, rows, lower, centred=sheet.upright)
    return Box(body.x, body.y, body.width, body.height - high - sheet.gap)


def _above(sheet: Sheet, body: Box) -> None:
    """The drawing above the words, as large as leaves them their size."""
    for share in _UPRIGHT_SHARES:
        side = min(round(body.width * 0.62), round(body.height * share))
        area = Box(body.x, body.y, body.width, side + round(sheet.margin * 0.6))
        room = Box(body.x, area.bottom, body.width, body.height - area.height)
        texts = words.column(sheet, room, words.lines(sheet), centred=True)
        if sheet.worth(texts) == 1:
            break
    # Drawing and words stand together, in the middle of the body.
    down = max(0, texts[0].box.y - room.y) // 3
    sheet.picture = sheet.view.picture, centred(area, side, side).moved(0, down)
    sheet.texts.extend(texts)


def _beside(sheet: Sheet, body: Box, *, keys: bool) -> None:
    """The drawing beside the words, and perhaps what the keys do below it."""
    hints = sheet.view.keys if keys else ()
    for share in _SHARES:
        wide = round(body.width * share)
        rows = pills.hint_rows(sheet, hints, wide)
        taken = pills.height(rows) + sheet.gap if rows else 0
        left = Box(body.x, body.y, wide, body.height - taken)
        side = min(wide, round(left.height * (0.92 if rows else _TALL)))
        texts = _column(sheet, body, side if not rows else wide)
        if sheet.worth(texts) == 1:
            break
    pills.put(sheet, rows, Box(left.x, left.bottom + sheet.gap, wide, taken), centred=True)
    if not rows:
        left = Box(left.x, left.y, side, left.height)
    sheet.picture = sheet.view.picture, centred(left, side, side)
    sheet.texts.extend(texts)


def _column(sheet: Sheet, body: Box, left: int) -> list[Text]:
    """The words, right of so much."""
    taken = left + round(sheet.margin * 1.4)
    room = Box(body.x + taken, body.y, body.width - taken, body.height)
    return words.column(sheet, room, words.lines(sheet))
