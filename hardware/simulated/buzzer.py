"""The simulated sounder: silent, with a memory."""

from collections import deque
from typing import Any

from hardware.buzzer import GpioBuzzer
from hardware.pins import simulated_pins
from kiosk.signals import Cue

REMEMBERED = 256
"""How many cues are remembered."""


class SimulatedBuzzer(GpioBuzzer):
    """
    The real buzzer on simulated pins.

    Args:
        options: As `GpioBuzzer` takes them, but for `pin_factory`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, pin_factory=simulated_pins())
        self._played: deque[Cue] = deque(maxlen=REMEMBERED)

    @property
    def played(self) -> list[Cue]:
        """What was asked for, oldest first; the latest 256."""
        return list(self._played)

    def play(self, cue: Cue) -> None:
        """Sound a cue, as the real buzzer does, and remember it."""
        super().play(cue)
        self._played.append(cue)
