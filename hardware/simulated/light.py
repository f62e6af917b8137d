"""The simulated light: dark, and knows whether it should not be."""

from typing import Any

from hardware.light import GpioLight
from hardware.pins import simulated_pins


class SimulatedLight(GpioLight):
    """
    The real light on a simulated pin.

    Args:
        options: As `GpioLight` takes them, but for `pin_factory`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, pin_factory=simulated_pins())

    @property
    def brightness(self) -> float:
        """How bright it shines now, 0 to 1."""
        return float(self._led.value)
