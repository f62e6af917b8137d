"""The simulated sounder: silent, with a memory."""

from collections import deque
from typing import Any

from hardware.buzzer import TonalBuzzer
from hardware.pins import simulated_pins
from kiosk.signals import Cue

REMEMBERED = 256
"""How many cues are remembered."""


class SimulatedBuzzer(TonalBuzzer):
    """
    The real buzzer on simulated pins.

    Args:
        options: As `TonalBuzzer` takes them, but for `pin_factory`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, pin_factory=simulated_pins())
        self._played: deque[tuple[Cue, int]] = deque(maxlen=REMEMBERED)

    @property
    def played(self) -> list[Cue]:
        """What was asked for, oldest first; the latest 256."""
        return [cue for cue, _ in self._played]

    @property
    def volumes(self) -> list[int]:
        """How loud each of them was asked for."""
        return [volume for _, volume in self._played]

    def play(self, cue: Cue, volume: int = 100) -> None:
        """Sound a cue, as the real buzzer does, and remember it."""
        super().play(cue, volume)
        self._played.append((cue, volume))
