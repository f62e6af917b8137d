"""A list of people, or of steps: one size for all of its lines."""

from dataclasses import dataclass
from itertools import product

from hardware.breaking import Measure
from hardware.composing import pills, titles
from hardware.composing.pills import baseline
from hardware.composing.sheet import Sheet, laid
from hardware.layout import Box, Fitted, Wish, fit, height_of
from hardware.page import Mark, Plate, Text
from hardware.theme import Ground, Role
from kiosk.signals import Row

_WRAPPED = 0.8
"""What a form is worth in which a line of the list takes two."""

_HIGHEST = 5.5
"""No line of a list is higher than this part of the height."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How the lines of a list are built: in how many columns, the detail below the text or beside it."""

    columns: int
    below: bool


def compose(sheet: Sheet, body: Box) -> None:
    """Title and page above, the lines, and what the keys do at the lower end."""
    view = sheet.view
    hints = pills.hint_rows(sheet, (*view.choices, *view.keys), body.width)
    if hints:
        high = pills.height(hints)
        pills.put(sheet, hints, Box(body.x, body.bottom - high, body.width, high))
        body = Box(body.x, body.y, body.width, body.height - high - sheet.margin // 2)
    rows(sheet, titles.list_head(sheet, body))


def rows(sheet: Sheet, room: Box) -> None:
    """Put the lines of a list into a room, in the form with the largest letters."""
    listed = sheet.view.rows
    forms = [
        _Form(columns, below) for columns, below in product((1, 2), (False, True)) if columns <= len(listed)
    ]
    formed = [_formed(sheet, room, form) for form in forms]
    sheet.plates.extend(max(formed, key=lambda one: one[1])[0])


def _formed(sheet: Sheet, room: Box, form: _Form) -> tuple[tuple[Plate, ...], float]:
    """The lines in one form, and how well they can be read."""
    listed = sheet.view.rows
    down = -(-len(listed) // form.columns)
    gap = max(2, round(sheet.gap * 0.5))
    width = (room.width - (form.columns - 1) * sheet.gap) // form.columns
    height = min((room.height - (down - 1) * gap) // down, sheet.part(_HIGHEST))
    pad = max(2, round(min(height * 0.3, sheet.part(40))))
    side = max(4, min(round(height * 0.6), sheet.part(16))) if _steps(sheet) else 0
    left = pad + (side + pad if side else 0)
    inner = Box(left, 0, max(1, width - left - pad), max(1, height))
    fitted = _fitted(sheet, inner, form)
    size = min((text.size_px for text, _ in fitted), default=0)
    least = min((detail.size_px for _, detail in fitted if detail), default=sheet.part(24))
    plates = []
    for number, (row, (text, detail)) in enumerate(zip(listed, fitted, strict=True)):
        column, line = divmod(number, down)
        mark = Mark.DONE if row.done else Mark.TO_DO
        plate = Plate(
            Box(0, 0, width, height),
            Ground.PANEL,
            round(sheet.unit / 60),
            _words(sheet, row, inner, (text, detail), form),
            mark=(mark, Box(pad, (height - side) // 2, side, side)) if side else None,
        )
        plates.append(plate.moved(room.x + column * (width + sheet.gap), room.y + line * (height + gap)))
    wrapped = any(len(text.lines) > 1 or (detail and len(detail.lines) > 1) for text, detail in fitted)
    legible = min(1.4, size / sheet.part(16)) + min(1.0, least / sheet.part(24))
    return tuple(plates), legible * (_WRAPPED if wrapped else 1)


def _fitted(sheet: Sheet, inner: Box, form: _Form) -> list[tuple[Fitted, Fitted | None]]:
    """Text and detail of every line, each kind in one size."""
    listed = sheet.view.rows
    large, small = sheet.wish(Role.ROW, ""), sheet.wish(Role.ROW_DETAIL, "")
    any_detail = any(row.detail for row in listed)
    # Below each other, the detail has its part of the height; beside each other, what the text leaves.
    share = large.largest_px / (large.largest_px + small.largest_px)
    high = round(inner.height * (share if form.below and any_detail else 1))
    most = small.largest_px
    width = inner.width
    if any_detail and not form.below:
        detail = max(_wide(small.measure, row.detail, small.smallest_px) for row in listed)
        width = max(inner.width // 2, inner.width - detail - sheet.gap)
    largest = min(large.largest_px, _highest(high))
    floor = min(large.smallest_px, largest)
    wishes = [Wish(row.text, large.measure, largest, floor, 0.6) for row in listed]
    size = min(fit(wish, width, high).size_px for wish in wishes)
    texts = [fit(Wish(row.text, large.measure, size, size, 1), width, high) for row in listed]
    if not any_detail:
        return [(text, None) for text in texts]
    room = inner.width if form.below else inner.width - max(text.width_px for text in texts) - sheet.gap
    low = inner.height - max(text.height_px for text in texts) if form.below else inner.height
    most = min(most, size, _highest(low))
    details = [Wish(row.detail, small.measure, most, min(most, small.smallest_px), 0.6) for row in listed]
    least = min(fit(wish, max(1, room), max(1, low)).size_px for wish in details)
    if _steps(sheet):
        return [
            (text, fit(wish, room, low) if wish.text else None)
            for text, wish in zip(texts, details, strict=True)
        ]
    return [
        (
            text,
            fit(Wish(row.detail, small.measure, least, least, 1), max(1, room), max(1, low))
            if row.detail
            else None,
        )
        for text, row in zip(texts, listed, strict=True)
    ]


def _words(
    sheet: Sheet, row: Row, inner: Box, fitted: tuple[Fitted, Fitted | None], form: _Form
) -> tuple[Text, ...]:
    text, detail = fitted
    struck = row.done and not _steps(sheet)
    if detail is None:
        y = (inner.height - text.height_px) // 2
        return (laid(Role.ROW, text, inner.x, y, inner, struck=struck),)
    if form.below:
        y = (inner.height - text.height_px - detail.height_px) // 2
        upper = Box(inner.x, 0, inner.width, inner.height - detail.height_px)
        below = Box(inner.x, y + text.height_px, inner.width, inner.height - text.height_px)
        return (
            laid(Role.ROW, text, inner.x, y, upper, struck=struck),
            laid(Role.ROW_DETAIL, detail, inner.x, below.y, below),
        )
    y = (inner.height - text.height_px) // 2
    # Both stand on one line, whatever their sizes.
    lower = round(y + baseline(text.size_px) - baseline(detail.size_px))
    if len(detail.lines) > 1 or len(text.lines) > 1:
        lower = (inner.height - detail.height_px) // 2
    right = inner.right - detail.width_px
    start = inner.x + text.width_px + sheet.gap
    rest = Box(start, 0, inner.right - start, inner.height)
    left = Box(inner.x, 0, right - sheet.gap - inner.x, inner.height)
    return (
        laid(Role.ROW, text, inner.x, y, left, struck=struck),
        laid(Role.ROW_DETAIL, detail, right, lower, rest),
    )


def _steps(sheet: Sheet) -> bool:
    """Whether these are steps to be done, or parts that were tried, and not people."""
    return sheet.view.state in {"setting_up", "checking"}


def _highest(room_px: int) -> int:
    """The largest size of which one line fits this height."""
    size = room_px
    while size > 1 and height_of(1, size) > room_px:
        size -= 1
    return max(1, size)


def _wide(measure: Measure, text: str, size: int) -> int:
    return round(measure(text, size)) + 1
