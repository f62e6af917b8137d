"""The waiting screen: the camera's picture, what to do, the office's own code and its notice."""

from hardware.composing import listing, notices, pills, words
from hardware.composing.sheet import Sheet
from hardware.layout import Box, fit
from hardware.page import Align, Plate, Text
from hardware.theme import SCALES, Ground, Role

_SHARES = tuple(part / 100 for part in range(60, 38, -2))
"""Parts of the width that the camera's picture may take."""

_UPRIGHT_SHARES = tuple(part / 100 for part in range(52, 24, -3))
"""Parts of the height, on an upright screen."""


_FEW_LINES = 3
_RAGGED = 0.8
"""What a picture is worth beside words in more lines than are read at a glance."""


def compose(sheet: Sheet, body: Box) -> None:
    """
    The camera's picture beside the words, or above them; below both what the keys do, notice and code.

    The pane takes the picture's own shape, so that nothing of what is read is hidden, and as much of the
    screen as leaves the words their size; where nothing leaves them that, both give way.
    """
    view = sheet.view
    foot = notices.foot(sheet, body, (view.note, view.notice))
    above = Box(body.x, body.y, body.width, max(1, foot.y - body.y))
    wanted = [line for line in words.lines(sheet) if line[0] is not Role.NOTE]
    shares = _UPRIGHT_SHARES if sheet.upright else _SHARES
    rows = 0.62 if sheet.view.rows else 0.0
    best: tuple[float, Box, Box, list[Text]] | None = None
    for share in _UPRIGHT_SHARES if sheet.upright else _SHARES:
        pane, column = _upright(sheet, above, share) if sheet.upright else _lying(sheet, above, share)
        room = Box(column.x, column.y, column.width, round(column.height * (1 - rows)))
        texts = words.column(sheet, room, wanted, most=8, centred=sheet.upright)
        ragged = max((len(text.fitted.lines) for text in texts), default=0) > _FEW_LINES
        worth = sheet.worth(texts) ** 2 * pane.width * (_RAGGED if ragged else 1)
        if best is None or worth > best[0]:
            best = (worth, pane, Box(column.x, room.bottom, column.width, column.bottom - room.bottom), texts)
    if best is None:
        return
    _, sheet.pane, left, texts = best
    sheet.texts.extend(texts)
    sheet.band = _band(sheet, sheet.pane)
    if sheet.view.rows:
        listing.rows(sheet, left)


def _lying(sheet: Sheet, above: Box, share: float) -> tuple[Box, Box]:
    width = round(min(above.width * share, above.height * sheet.shape))
    height = min(above.height, round(width / sheet.shape))
    pane = Box(above.x, above.y + (above.height - height) // 2, width, height)
    left = pane.right + sheet.margin
    return pane, Box(left, above.y, above.right - left, above.height)


def _upright(sheet: Sheet, above: Box, share: float) -> tuple[Box, Box]:
    height = round(min(above.height * share, above.width / sheet.shape))
    width = min(above.width, round(height * sheet.shape))
    # A pane that is nearly as wide as the screen fills it, and hides a little of the picture.
    if width > above.width * 0.9:
        width = above.width
    pane = Box(above.x + (above.width - width) // 2, above.y, width, height)
    top = pane.bottom + sheet.gap
    return pane, Box(above.x, top, above.width, max(1, above.bottom - top))


def _band(sheet: Sheet, pane: Box) -> Plate | None:
    """The hint along the lower edge of the camera's picture."""
    if not sheet.view.hint:
        return None
    pad = round(sheet.gap * 0.9)
    room = Box(pane.x + 2 * pad, pane.y, pane.width - 4 * pad, round(pane.height * 0.6))
    text = fit(sheet.wish(Role.HINT, sheet.view.hint), room.width, room.height)
    if len(text.lines) > 1:
        # It covers no more of the picture than it must.
        text = fit(sheet.wish(Role.HINT, sheet.view.hint, most=SCALES[Role.HINT].smallest), room.width, room.height)
    high = text.height_px + pad
    box = Box(pane.x, pane.bottom - high, pane.width, high)
    line = Box(room.x, box.y + pad // 2, room.width, text.height_px)
    return Plate(box, Ground.BAND, 0, (Text(Role.HINT, line, text, room, Align.CENTRED),))
