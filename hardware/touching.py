"""What people press: a keyboard that serves as the keypad, and fingers on the keys drawn on the screen."""

import pygame

from hardware.page import Page, Plate

_KEYS = {
    pygame.K_BACKSPACE: "*",
    pygame.K_RETURN: "#",
    pygame.K_KP_ENTER: "#",
    pygame.K_KP_MULTIPLY: "*",
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

PRESSED_S = 0.12
"""How long a key looks pressed at least: a tap may be shorter than what the eye sees."""


def typed(event: pygame.Event) -> str:
    """The key of the keypad that a key of the keyboard stands for; empty for none."""
    key: str = _KEYS.get(event.key, event.unicode)
    return key if event.key in _KEYS or (key and key in "0123456789*#") else ""


class Touch:
    """
    Fingers, or a mouse, on drawn keys. Each touch counts once, where it begins.

    Args:
        size_px: Width and height of the screen.

    Attributes:
        pressed: The key that looks pressed; None for none.
    """

    def __init__(self, size_px: tuple[int, int]) -> None:
        self._size = size_px
        self._held = False
        self._since_s = 0.0
        self.pressed: Plate | None = None

    def begins(self, event: pygame.Event, page: Page, now_s: float) -> Plate | None:
        """The key that this event presses, which looks pressed from now on; None when it presses nothing."""
        point = self._point(event)
        plate = page.pressed(*point) if point else None
        if plate:
            self.pressed, self._held, self._since_s = plate, True, now_s
        return plate

    def ends(self, event: pygame.Event) -> None:
        """Take note when the finger is lifted."""
        if event.type == pygame.FINGERUP or (event.type == pygame.MOUSEBUTTONUP and event.button == 1):
            self._held = False

    def released(self, now_s: float) -> bool:
        """Whether a key that looked pressed looks so no more, from this moment on."""
        if not self.pressed or self._held or now_s - self._since_s < PRESSED_S:
            return False
        self.pressed = None
        return True

    def _point(self, event: pygame.Event) -> tuple[int, int] | None:
        if event.type == pygame.FINGERDOWN:
            width, height = self._size
            return round(event.x * width), round(event.y * height)
        # A finger comes as a mouse too, which says so; it has been counted already.
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and not getattr(event, "touch", False):
            x, y = event.pos
            return int(x), int(y)
        return None
