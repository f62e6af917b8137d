"""What stands on every screen: place, door and time above, signs below."""

from collections.abc import Sequence

from hardware.composing import pills
from hardware.composing.sheet import Sheet, laid
from hardware.layout import Box, fit, stack
from hardware.page import Text
from hardware.theme import Role

_MOST_SIGN_ROWS = 2
"""Signs shrink before they take a third row from the body."""


def around(sheet: Sheet) -> Box:
    """Lay out what stands above and below; gives the room between, margins left off."""
    top, bottom = _header(sheet), _signs(sheet)
    return Box(sheet.margin, top, sheet.screen.width - 2 * sheet.margin, bottom - top)


def _header(sheet: Sheet) -> int:
    """Place and door to the left, time to the right; gives the row where the body may begin."""
    top = round(sheet.margin * 0.55)
    inner = Box(sheet.margin, top, sheet.screen.width - 2 * sheet.margin, sheet.part(5.6))
    times = _time(sheet, inner)
    taken = times[0].box.width + sheet.margin if times else 0
    door = " · ".join(part for part in (sheet.view.door, sheet.view.way) if part)
    wanted = [(role, text) for role, text in ((Role.PLACE, sheet.view.place), (Role.DOOR, door)) if text]
    # On an upright screen the door has the whole width, below place and time.
    beside = wanted[:1] if sheet.upright else wanted
    texts = _lines(sheet, Box(inner.x, top, inner.width - taken, inner.height), beside)
    high = max((text.box.bottom - top for text in (*texts, *times)), default=0)
    below = _lines(sheet, Box(inner.x, top + high, inner.width, sheet.part(13)), wanted[len(beside) :])
    sheet.texts.extend(_middle(texts, top, high))
    sheet.texts.extend(_middle(times, top, high))
    sheet.texts.extend(below)
    bottom = max((text.box.bottom for text in sheet.texts), default=0)
    return max(sheet.margin, bottom + round(sheet.margin * 0.45))


def _time(sheet: Sheet, inner: Box) -> list[Text]:
    if not sheet.view.time:
        return []
    room = Box(inner.x, inner.y, round(inner.width * 0.4), inner.height)
    wish = sheet.wish(Role.TIME, sheet.view.time, most=11 if sheet.upright else None, patience=0)
    time = fit(wish, room.width, room.height)
    return [laid(Role.TIME, time, inner.right - time.width_px, inner.y, room)]


def _lines(sheet: Sheet, room: Box, wanted: Sequence[tuple[Role, str]]) -> list[Text]:
    """Lines below each other at the top of a room."""
    wishes = [sheet.wish(role, text, patience=0.6) for role, text in wanted]
    y, texts = room.y, []
    for (role, _), text in zip(wanted, stack(wishes, room.width, room.height, 0), strict=True):
        texts.append(laid(role, text, room.x, y, room))
        y += text.height_px
    return texts


def _middle(texts: Sequence[Text], top: int, high: int) -> list[Text]:
    """The same texts, as one block in the middle of a height."""
    block = max((text.box.bottom for text in texts), default=top) - top
    return [text.moved(0, (high - block) // 2) for text in texts]


def _signs(sheet: Sheet) -> int:
    """Signs along the lower edge, in rows; gives the row where the body must end."""
    if not sheet.view.signs:
        return sheet.screen.height - sheet.margin
    room = sheet.screen.width - 2 * sheet.margin
    size = sheet.part(24)
    rows = pills.sign_rows(sheet, size, room)
    while len(rows) > _MOST_SIGN_ROWS and size > sheet.part(32):
        size -= 1
        rows = pills.sign_rows(sheet, size, room)
    bottom = sheet.screen.height - round(sheet.margin * 0.6)
    area = Box(sheet.margin, bottom - pills.height(rows), room, pills.height(rows))
    pills.put(sheet, rows, area)
    return area.y - round(sheet.margin * 0.5)
