"""Rounded labels in rows: signs, and what the keys do."""

from collections.abc import Sequence

from hardware.composing.sheet import Sheet, laid
from hardware.layout import LINE_HEIGHT, Box, Wish, fit, height_of
from hardware.page import Plate, Text
from hardware.theme import Ground, Role
from kiosk import reports
from kiosk.signals import Choice, Sign, SignKind

KEYS = frozenset(reports.KEYS)
"""What a finger may press."""

_ASCENT = 1.069
"""From the top of a line to its baseline, as a part of its size: Noto Sans."""

Rows = list[list[Plate]]


def sign_rows(sheet: Sheet, size: int, room: int) -> Rows:
    """The signs from left to right, row by row, the first at 0, 0."""
    return _rows([_sign(sheet, sign, size, room) for sign in sheet.view.signs], room, round(size * 0.5))


def hint_rows(sheet: Sheet, hints: Sequence[Choice], room: int) -> Rows:
    """What the keys do, from left to right, row by row, the first at 0, 0."""
    gap = round(sheet.gap * (1.0 if sheet.touch else 0.8))
    return _rows([_hint(sheet, hint, room) for hint in hints], room, gap)


def put(sheet: Sheet, rows: Rows, area: Box, *, centred: bool = False) -> None:
    """Put rows onto the page, at the top of an area."""
    for row in rows:
        left = area.x + ((area.width - row[-1].box.right) // 2 if centred else 0)
        sheet.plates.extend(plate.moved(left, area.y) for plate in row)


def height(rows: Rows) -> int:
    """Of all rows, in pixels; 0 for none."""
    return max((plate.box.bottom for row in rows for plate in row), default=0)


def baseline(size_px: int) -> float:
    """From the top of a line to what its letters stand on."""
    return size_px * _ASCENT


def cap(sheet: Sheet, key: str, side: int, size: int) -> Plate:
    """The name of a key, at 0, 0."""
    room = Box(0, 0, max(side, round(len(key) * size * 0.7) + side // 2 if len(key) > 1 else side), side)
    text = fit(Wish(key, sheet.measure(Role.CAP), size, 6, 0), room.width, max(side, height_of(1, size)))
    line = Box((room.width - text.width_px) // 2, (side - text.height_px) // 2, text.width_px, text.height_px)
    return Plate(room, Ground.KEY, round(side * 0.22), (Text(Role.CAP, line, text, room),))


def _rows(plates: list[Plate], room: int, gap: int) -> Rows:
    rows: Rows = []
    x = y = 0
    for plate in plates:
        if rows and x + plate.box.width <= room:
            rows[-1].append(plate.moved(x, y))
        else:
            y += max(placed.box.height for placed in rows[-1]) + gap if rows else 0
            x = 0
            rows.append([plate.moved(x, y)])
        x += plate.box.width + gap
    for row in rows:
        tallest = max(plate.box.height for plate in row)
        row[:] = [plate.moved(0, (tallest - plate.box.height) // 2) for plate in row]
    return rows


def _sign(sheet: Sheet, sign: Sign, size: int, room: int) -> Plate:
    """A sign, on one line."""
    side, start, tail = round(size * 1.15), round(size * 0.55), round(size * 0.75)
    lead = start + side + round(size * 0.4)
    # No-break spaces: a sign shrinks instead of taking a second line.
    words = Wish(sign.text.replace(" ", "\u00a0"), sheet.measure(Role.SIGN), size, 6, 0)
    text = fit(words, room - lead - tail, height_of(1, size))
    high = round(size * 1.6)
    y = (high - text.height_px) // 2
    calm = sign.kind is SignKind.ON_DUTY
    return Plate(
        Box(0, 0, lead + text.width_px + tail, high),
        Ground.CALM if calm else Ground.SIGN,
        high // 2,
        (laid(Role.SIGN, text, lead, y, Box(lead, y, room - lead - tail, text.height_px)),),
        mark=(sign.kind, Box(start, (high - side) // 2, side, side)),
    )


def _hint(sheet: Sheet, hint: Choice, room: int) -> Plate:
    """What a key does, on one line or two, on three where it is narrow; the key's name before it."""
    wish = sheet.wish(Role.KEYS, hint.text, patience=0.84)
    size = wish.largest_px
    least = sheet.part(10) if sheet.touch and hint.key in KEYS else 0
    pad = round(size * 0.5)
    side = max(round(size * 1.3), round(least * 0.6))
    caps = (cap(sheet, hint.key, side, round(side * 0.74)).moved(pad // 2, 0),) if hint.key else ()
    lead = caps[0].box.right + round(pad * 0.7) if caps else pad
    space = Box(lead, 0, max(1, room - lead - pad), height_of(3 if room < sheet.unit else 2, size))
    text = fit(wish, space.width, space.height)
    high = max(least, side + pad, text.height_px + pad // 2)
    y = (high - text.height_px) // 2
    words = laid(Role.KEYS, text, lead, y, space.moved(0, y))
    return Plate(
        Box(0, 0, lead + text.width_px + pad, high),
        Ground.PANEL,
        min(high // 2, round(size * LINE_HEIGHT * 0.7)),
        (words,) if hint.text else (),
        tuple(one.moved(0, (high - side) // 2) for one in caps),
        key=hint.key if hint.key in KEYS else "",
    )
