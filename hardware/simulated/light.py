"""The simulated light: dark, and knows whether it should not be."""

from collections.abc import Callable
from typing import Any

from hardware.light import GpioLight
from hardware.pins import simulated_pins
from hardware.simulated.memory import Memory


class SimulatedLight(GpioLight):
    """
    The real light on a simulated pin.

    Args:
        options: As `GpioLight` takes them, but for `pin_factory`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, pin_factory=simulated_pins())
        self._memory: Memory[bool] = Memory()

    @property
    def brightness(self) -> float:
        """How bright it shines now, 0 to 1."""
        return float(self._led.value)

    def watch(self, tell: Callable[[bool], None]) -> None:
        """Have one watcher, who must not block, told when it begins to shine (true) and ends."""
        self._memory.watch(tell)

    def shine(self, *, on: bool) -> None:
        """Shine, or do not, as the real light does."""
        is_new = on != self._on
        super().shine(on=on)
        if is_new:
            self._memory.keep(on)
