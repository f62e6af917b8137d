"""The simulated lamp: dark, with a memory."""

from collections import deque
from typing import Any

from hardware.lamp import GpioLamp
from hardware.pins import simulated_pins
from kiosk.signals import Glow

REMEMBERED = 256
"""How many glows are remembered."""


class SimulatedLamp(GpioLamp):
    """
    The real lamp on simulated pins.

    Args:
        options: As `GpioLamp` takes them, but for `pin_factory`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, pin_factory=simulated_pins())
        self._glows: deque[Glow] = deque(maxlen=REMEMBERED)

    @property
    def glows(self) -> list[Glow]:
        """How it glowed, oldest first; the latest 256. The same glow asked for again counts once."""
        return list(self._glows)

    def light(self, glow: Glow) -> None:
        """Take a glow, as the real lamp does, and remember it."""
        super().light(glow)
        if not self._glows or self._glows[-1] != glow:
            self._glows.append(glow)
