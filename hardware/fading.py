"""The way back to rest: what was on the screen fades out over what is there now."""

import pygame

FADE_S = 0.18
"""How long a fade takes."""


class Fade:
    """
    A fade from an old screen, begun at a moment.

    Args:
        surface: What is on the screen now; it is copied.
        now_s: When the fade begins, on the clock that never jumps.
    """

    def __init__(self, surface: pygame.Surface, now_s: float) -> None:
        self._old = surface.copy()
        self._since_s = now_s

    def lay_over(self, surface: pygame.Surface, now_s: float) -> bool:
        """Lay what is left of the old screen over the new one; False once nothing is left."""
        left = 1 - (now_s - self._since_s) / FADE_S
        if left <= 0:
            return False
        # Half of it is gone at once, so that the new screen is there from the first moment.
        self._old.set_alpha(round(127 * left))
        surface.blit(self._old, (0, 0))
        return True
