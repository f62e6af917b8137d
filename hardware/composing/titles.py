"""The head of a screen that holds more than words: a small drawing, a title, and who it is about."""

from hardware.composing import words
from hardware.composing.sheet import Sheet, laid
from hardware.layout import Box, fit
from hardware.page import Text
from hardware.theme import Role
from kiosk.signals import Picture

_SIDE = 6.5
"""A small drawing is this part of the height."""
_UNDRAWN = frozenset({Picture.NONE, Picture.KEYPAD, Picture.CARD})
"""Drawings that would say again what the screen shows large."""


def beside(sheet: Sheet, room: Box) -> Box:
    """Put the view's drawing, small, at the left of a room; gives what is left of the room."""
    if sheet.view.picture in _UNDRAWN:
        return room
    side = min(sheet.part(_SIDE), room.height, room.width // 4)
    sheet.picture = sheet.view.picture, Box(room.x, room.y + (room.height - side) // 2, side, side)
    taken = side + round(sheet.margin * 0.6)
    return Box(room.x + taken, room.y, room.width - taken, room.height)


def list_head(sheet: Sheet, body: Box) -> Box:
    """Title, page and what stands below the title; gives what is left of the body."""
    view = sheet.view
    high = sheet.part(6.6)
    room = Box(body.x, body.y, body.width, high)
    room = beside(sheet, room)
    if view.turn:
        turn = fit(sheet.wish(Role.TURN, view.turn, patience=0), room.width // 4, high)
        y = room.y + (high - turn.height_px) // 2
        sheet.texts.append(laid(Role.TURN, turn, room.right - turn.width_px, y, room))
        room = Box(room.x, room.y, room.width - turn.width_px - sheet.margin, high)
    title = fit(sheet.wish(Role.TITLE, view.headline, patience=0.5), room.width, high)
    sheet.texts.append(laid(Role.TITLE, title, room.x, room.y + (high - title.height_px) // 2, room))
    rest = Box(body.x, body.y + high, body.width, body.height - high)
    wanted = [line for line in words.about(sheet, Role.TITLE) if line[0] is not Role.TITLE]
    if not wanted:
        return rest
    below = min(words.height(sheet, body.width, wanted, 16), round(rest.height * 0.4))
    texts: list[Text] = words.column(sheet, Box(rest.x, rest.y, rest.width, below), wanted, lift=0)
    sheet.texts.extend(texts)
    return Box(rest.x, rest.y + below + sheet.gap, rest.width, rest.height - below - sheet.gap)
