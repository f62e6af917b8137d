"""What people press: a keyboard that serves as the keypad, and fingers on the keys drawn on the screen."""

from collections.abc import Hashable
from dataclasses import dataclass
from math import inf

import pygame

from hardware.layout import Box
from hardware.page import Page, Plate

_MOUSE = "mouse"

_KEYS = {
    pygame.K_RETURN: "#",
    pygame.K_KP_ENTER: "#",
    pygame.K_BACKSPACE: "*",
    pygame.K_DELETE: "*",
    pygame.K_ESCAPE: "*",
    pygame.K_KP_PERIOD: "*",
    pygame.K_KP_MULTIPLY: "*",
    pygame.K_KP_PLUS: "A",
    pygame.K_KP_MINUS: "B",
    pygame.K_KP_DIVIDE: "C",
    pygame.K_KP_EQUALS: "D",
    pygame.K_TAB: "D",
    pygame.K_F1: "A",
    pygame.K_F2: "B",
    pygame.K_F3: "C",
    pygame.K_F4: "D",
    pygame.K_KP0: "0",
    pygame.K_KP1: "1",
    pygame.K_KP2: "2",
    pygame.K_KP3: "3",
    pygame.K_KP4: "4",
    pygame.K_KP5: "5",
    pygame.K_KP6: "6",
    pygame.K_KP7: "7",
    pygame.K_KP8: "8",
    pygame.K_KP9: "9",
}
_WRITTEN = {key: key for key in "0123456789*#"} | {".": "*", "+": "A", "-": "B", "/": "C", "=": "D"}

PRESSED_S = 0.12
"""How long a key looks pressed at least: a tap may be shorter than what the eye sees."""

HELD_S = 2.0
"""After this a finger is taken for gone: a screen may have kept to itself that it was lifted."""

BOUNCE_S = 0.1
"""A touch so soon after one was lifted from the same key is the same finger: a wet one, or one that slips."""


def typed(event: pygame.Event) -> str:
    """
    The key of the keypad that a key of the keyboard stands for; empty for none.

    As on a numeric pad on USB, digits, `*` and `#` are themselves, with NumLock or without, and Enter is `#`;
    point, Backspace, Delete and Escape are `*`; plus, minus and slash are `A`, `B` and `C`, equals and Tab
    `D`. F1 to F4 are these letters too.
    """
    return _KEYS.get(event.key) or _WRITTEN.get(event.unicode, "")


@dataclass(frozen=True, slots=True)
class _Finger:
    """A finger on the screen: since when, and on which key; None beside all keys."""

    since_s: float
    on: Box | None


class Touch:
    """
    Fingers, or a mouse, on drawn keys. Each touch counts once, where it begins, and one finger at a time.

    Moments are seconds on the clock that never jumps.

    Args:
        size_px: Width and height of the screen.

    Attributes:
        pressed: The key that looks pressed; None for none.
    """

    def __init__(self, size_px: tuple[int, int]) -> None:
        self._size = size_px
        self._fingers: dict[Hashable, _Finger] = {}
        self._lifted = _Finger(-inf, None)
        self._holding: Hashable = None
        self._since_s = 0.0
        self.pressed: Plate | None = None

    def begins(self, event: pygame.Event, page: Page, now_s: float) -> Plate | None:
        """
        The key that this event presses, which looks pressed from now on; None when it presses nothing.

        That is so too while another finger is down, and where one was lifted a tenth of a second before.
        """
        landed = self._landed(event)
        if landed is None:
            return None
        finger, x, y = landed
        self._forget(now_s)
        alone = not self._fingers.keys() - {finger}
        bounces = self._bounces(x, y, now_s)
        plate = page.pressed(x, y)
        self._fingers[finger] = _Finger(now_s, plate.box if plate else None)
        if plate is None or bounces or not alone:
            return None
        self.pressed, self._holding, self._since_s = plate, finger, now_s
        return plate

    def ends(self, event: pygame.Event, now_s: float) -> None:
        """Take note when a finger is lifted."""
        finger: Hashable = None
        if event.type == pygame.FINGERUP:
            finger = event.touch_id, event.finger_id
        elif event.type == pygame.MOUSEBUTTONUP and event.button == 1:
            finger = _MOUSE
        if finger in self._fingers:
            self._lifted = _Finger(now_s, self._fingers.pop(finger).on)

    def let_go(self) -> None:
        """Take note of a new view: what was held on the old one is held no more."""
        self._holding = None

    def released(self, now_s: float) -> bool:
        """Whether a key that looked pressed looks so no more, from this moment on."""
        self._forget(now_s)
        if not self.pressed or self._holding in self._fingers or now_s - self._since_s < PRESSED_S:
            return False
        self.pressed = None
        return True

    def _forget(self, now_s: float) -> None:
        """Forget fingers that have been down for too long."""
        late = [finger for finger, one in self._fingers.items() if now_s - one.since_s >= HELD_S]
        for finger in late:
            del self._fingers[finger]

    def _bounces(self, x: int, y: int, now_s: float) -> bool:
        """Whether a finger was lifted from here a moment ago, whatever was drawn here then."""
        on = self._lifted.on
        return on is not None and now_s - self._lifted.since_s < BOUNCE_S and on.holds(Box(x, y, 1, 1))

    def _landed(self, event: pygame.Event) -> tuple[Hashable, int, int] | None:
        """Which finger this event puts down, and where; None for none."""
        if event.type == pygame.FINGERDOWN:
            width, height = self._size
            return (event.touch_id, event.finger_id), round(event.x * width), round(event.y * height)
        # A finger comes as a mouse too, which says so; it has been counted already.
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and not getattr(event, "touch", False):
            x, y = event.pos
            return _MOUSE, int(x), int(y)
        return None
