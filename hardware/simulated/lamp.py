"""The simulated lamp: dark, with a memory."""

from collections.abc import Callable
from typing import Any

from hardware.lamp import GpioLamp
from hardware.pins import simulated_pins
from hardware.simulated.memory import Memory
from kiosk.signals import Glow


class SimulatedLamp(GpioLamp):
    """
    The real lamp on simulated pins.

    Args:
        options: As `GpioLamp` takes them, but for `pin_factory`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, pin_factory=simulated_pins())
        self._memory: Memory[Glow] = Memory()

    @property
    def glows(self) -> list[Glow]:
        """How it glowed, oldest first; the latest 256. The same glow asked for again counts once."""
        return self._memory.latest

    def watch(self, tell: Callable[[Glow], None]) -> None:
        """Have each new glow told to one watcher, who must not block."""
        self._memory.watch(tell)

    def light(self, glow: Glow) -> None:
        """Take a glow, as the real lamp does, and remember it."""
        is_new = glow != self._glow
        super().light(glow)
        if is_new:
            self._memory.keep(glow)
