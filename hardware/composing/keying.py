"""A number that is being typed: in huge digits, beside the keys as they lie."""

from hardware.composing import pills, words
from hardware.composing.sheet import Sheet, centred, laid
from hardware.layout import Box, Wish, fit, height_of
from hardware.page import Plate, Text
from hardware.theme import Ground, Role

_ROWS = ("123A", "456B", "789C", "*0#D")
"""The keys as they lie; letters stand in a fourth column, where there is one."""
_DOT = "•"


def compose(sheet: Sheet, body: Box) -> None:
    """Title, field and what the keys do beside the drawn keys, or above them."""
    gap = sheet.margin
    lettered = any(hint.key in "ABCD" for hint in (*sheet.view.keys, *sheet.view.choices) if hint.key)
    columns = 4 if lettered else 3
    if sheet.upright:
        high = round(body.height * 0.47)
        area = Box(body.x, body.bottom - high, body.width, high)
        column = Box(body.x, body.y, body.width, body.height - high - round(gap * 0.7))
    else:
        wide = min(round(body.width * 0.40), round(body.height * columns / 4))
        area = Box(body.right - wide, body.y, wide, body.height)
        column = Box(body.x, body.y, body.width - wide - gap, body.height)
    sheet.plates.extend(_keys(sheet, area, columns))
    hints = pills.hint_rows(sheet, (*sheet.view.choices, *sheet.view.keys), column.width)
    if hints:
        high = pills.height(hints)
        pills.put(sheet, hints, Box(column.x, column.bottom - high, column.width, high))
        column = Box(column.x, column.y, column.width, column.height - high - round(gap * 0.6))
    size = min(sheet.wish(Role.DIGITS, "").largest_px, round(column.height * 0.28))
    field = Box(column.x, column.bottom - height_of(1, size), column.width, height_of(1, size))
    sheet.plates.append(_field(sheet, field, size))
    head = Box(column.x, column.y, column.width, max(1, field.y - column.y - round(gap * 0.4)))
    sheet.texts.extend(words.column(sheet, head, words.about(sheet, Role.TITLE)))


def _field(sheet: Sheet, field: Box, size: int) -> Plate:
    """Digits on one line, the caret behind them."""
    # No-break spaces: digits stay on one line and shrink instead.
    digits = sheet.view.digits.replace(" ", "\u00a0").replace("●", _DOT)
    pad, bar = round(sheet.margin * 0.6), max(4, size // 14)
    room = Box(field.x + pad, field.y, field.width - 2 * pad - 3 * bar, field.height)
    texts: tuple[Text, ...] = ()
    left = room.x
    if digits:
        text = fit(Wish(digits, sheet.measure(Role.DIGITS), size, 8, 0), room.width, room.height)
        y = field.y + (field.height - text.height_px) // 2
        texts = (laid(Role.DIGITS, text, room.x, y, room),)
        left = texts[0].box.right + bar
        size = text.size_px
    high = round(size * 0.86)
    sheet.caret = Box(left, field.y + (field.height - high) // 2, bar, high)
    return Plate(field, Ground.PANEL, round(sheet.unit / 50), texts)


def _keys(sheet: Sheet, area: Box, columns: int) -> list[Plate]:
    """The keys as they lie; those that do something else than to give a digit stand out."""
    gap = round(sheet.gap * 0.7)
    wide = min((area.width - (columns - 1) * gap) // columns, round(area.height / 4 * 1.35))
    high = min((area.height - 3 * gap) // 4, round(wide * 1.1))
    across, down = columns * wide + (columns - 1) * gap, 4 * high + 3 * gap
    block = centred(area, across, down)
    measure = sheet.measure(Role.CAP)
    glyph = round(min(wide, high) * 0.6)
    plates = []
    for row, keys in enumerate(_ROWS):
        for column, key in enumerate(keys[:columns]):
            box = Box(block.x + column * (wide + gap), block.y + row * (high + gap), wide, high)
            text = fit(Wish(key, measure, glyph, 8, 0), wide, high)
            line = centred(box, text.width_px, text.height_px)
            plates.append(
                Plate(
                    box,
                    Ground.PANEL if key.isdigit() else Ground.KEY,
                    min(wide, high) // 6,
                    (Text(Role.CAP, line, text, box),),
                    key=key,
                )
            )
    return plates
