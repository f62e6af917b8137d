"""The simulated button: held by a test or a script."""

from threading import Event
from typing import Any

from hardware.button import GpioButton
from hardware.pins import simulated_pins

_OPEN_S = 5.0
"""How long a door may take to look at its button."""
_COUNTED_S = 0.2
"""How much longer than it must be held."""


class SimulatedButton(GpioButton):
    """
    The real button on a simulated pin, with levers that any thread may pull.

    Args:
        options: As `GpioButton` takes them, but for `pin_factory`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, pin_factory=simulated_pins())
        self._watched = Event()

    def hold(self) -> None:
        """Press it and keep it down; a door that opens just now is waited for."""
        self._watched.wait(_OPEN_S)
        simulated_pins().pin(self._pin).drive_low()

    def let_go(self) -> None:
        """Let go of it."""
        simulated_pins().pin(self._pin).drive_high()

    def hold_until_it_counts(self, stop: Event) -> None:
        """Hold it as long as it must be held, unless `stop` is set before, and let go."""
        self.hold()
        stop.wait(self._hold_s + _COUNTED_S)
        self.let_go()

    def _open(self) -> Any:
        button = super()._open()
        self._watched.set()
        return button
