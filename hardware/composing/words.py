"""Headline, name, detail and note below each other."""

from collections.abc import Sequence

from hardware.composing.sheet import Sheet
from hardware.layout import Box, height_fitted, stack
from hardware.page import Align, Text
from hardware.theme import Role

Line = tuple[Role, str]


def lines(sheet: Sheet) -> list[Line]:
    """What of these a view has, from top to bottom."""
    view = sheet.view
    wanted = [
        (Role.HEADLINE, view.headline),
        (Role.NAME, view.name),
        (Role.DETAIL, view.detail),
        (Role.NOTE, view.note),
    ]
    return [(role, text) for role, text in wanted if text]


def about(sheet: Sheet, headline: Role) -> list[Line]:
    """The same where the name only says whom the headline is for: it stands above it."""
    view = sheet.view
    wanted = [
        (Role.WHO, view.name),
        (headline, view.headline),
        (Role.DETAIL, view.detail),
        (Role.NOTE, view.note),
    ]
    return [(role, text) for role, text in wanted if text]


def column(
    sheet: Sheet,
    room: Box,
    wanted: Sequence[Line],
    *,
    centred: bool = False,
    most: float | None = None,
    lift: float = 0.5,
) -> list[Text]:
    """
    Texts below each other in a room.

    Args:
        sheet: The page in the making; nothing is put onto it.
        room: Where they must fit.
        wanted: The texts.
        centred: Whether lines are centred in the room, or begin at its left.
        most: Part of the height that the headline likes best, instead of the type scale's.
        lift: Where the block stands in the room: 0 at its top, 1 at its bottom.
    """
    wishes = [sheet.wish(role, text, most=most if role is Role.HEADLINE else None) for role, text in wanted]
    gap = round(sheet.unit / 80)
    fitted = stack(wishes, room.width, room.height, gap)
    total = sum(text.height_px for text in fitted)
    gaps = len(fitted) - 1
    if gaps > 0:
        gap = max(0, min(gap, (room.height - total) // gaps))
    y = room.y + max(0, round((room.height - total - gap * max(0, gaps)) * lift))
    texts = []
    for (role, _), text in zip(wanted, fitted, strict=True):
        width = room.width if centred else text.width_px
        align = Align.CENTRED if centred else Align.LEFT
        texts.append(Text(role, Box(room.x, y, width, text.height_px), text, room, align))
        y += text.height_px + gap
    return texts


def height(sheet: Sheet, width: int, wanted: Sequence[Line], most: float) -> int:
    """How high these texts are at a width, each as large as this part of the height, in pixels."""
    wishes = [sheet.wish(role, text, most=most) for role, text in wanted]
    gaps = round(sheet.unit / 80) * max(0, len(wishes) - 1)
    return sum(height_fitted(wish, width, sheet.screen.height) for wish in wishes) + gaps
