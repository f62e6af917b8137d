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


def compose(sheet: Sheet, body: Box) -> None:
    """Lay out a drawing, the words, and below them what the keys do; without words the drawing is alone."""
    upright, drawn = sheet.upright, sheet.view.picture
    rows = pills.hint_rows(sheet, sheet.view.keys, body.width)
    if sheet.view.code or sheet.view.notice:
        foot = notices.foot(sheet, body, (sheet.view.notice,), sheet.view.keys)
        body = Box(body.x, body.y, body.width, max(1, foot.y - body.y))
    elif rows:
        high = pills.height(rows)
        pills.put(sheet, rows, Box(body.x, body.bottom - high, body.width, high), centred=upright)
        body = Box(body.x, body.y, body.width, body.height - high - sheet.gap)
    wanted = words.lines(sheet)
    if drawn is Picture.NONE:
        sheet.texts.extend(words.column(sheet, body, wanted, centred=True))
        return
    if not wanted:
        side = min(body.width, body.height) * 3 // 5
        sheet.picture = drawn, centred(body, side, side)
        return
    shares = _UPRIGHT_SHARES if upright else _SHARES
    for share in shares:
        place, texts = _above(sheet, body, share) if upright else _beside(sheet, body, share)
        if sheet.worth(texts) == 1:
            break
    sheet.picture = drawn, place
    sheet.texts.extend(texts)


def _above(sheet: Sheet, body: Box, share: float) -> tuple[Box, list[Text]]:
    side = min(round(body.width * 0.62), round(body.height * share))
    area = Box(body.x, body.y, body.width, side + round(sheet.margin * 0.6))
    room = Box(body.x, area.bottom, body.width, body.height - area.height)
    texts = words.column(sheet, room, words.lines(sheet), centred=True)
    # Drawing and words stand together, in the middle of the body.
    spare = room.bottom - max(text.box.bottom for text in texts)
    down = min(spare, max(0, texts[0].box.y - room.y)) // 3
    place = centred(area, side, side).moved(0, down)
    return place, [text.moved(0, 0) for text in texts]


def _beside(sheet: Sheet, body: Box, share: float) -> tuple[Box, list[Text]]:
    side = min(round(body.width * share), round(body.height * 0.74))
    room = Box(
        body.x + side + round(sheet.margin * 1.4),
        body.y,
        body.width - side - round(sheet.margin * 1.4),
        body.height,
    )
    place = Box(body.x, body.y + (body.height - side) // 2, side, side)
    return place, words.column(sheet, room, words.lines(sheet))
