"""The simulated sounder: silent, with a memory."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hardware.buzzer import TonalBuzzer
from hardware.pins import simulated_pins
from hardware.simulated.memory import Memory
from kiosk.signals import Cue


@dataclass(frozen=True, slots=True)
class Played:
    """A cue that was asked for, at a volume of 0 to 100."""

    cue: Cue
    volume: int


class SimulatedBuzzer(TonalBuzzer):
    """
    The real buzzer on simulated pins.

    Args:
        options: As `TonalBuzzer` takes them, but for `pin_factory`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, pin_factory=simulated_pins())
        self._memory: Memory[Played] = Memory()

    @property
    def played(self) -> list[Cue]:
        """What was asked for, oldest first; the latest 256."""
        return [one.cue for one in self._memory.latest]

    @property
    def volumes(self) -> list[int]:
        """How loud each of them was asked for."""
        return [one.volume for one in self._memory.latest]

    def watch(self, tell: Callable[[Played], None]) -> None:
        """Have each cue told to one watcher, who must not block."""
        self._memory.watch(tell)

    def play(self, cue: Cue, volume: int = 100) -> None:
        """Sound a cue, as the real buzzer does, and remember it."""
        super().play(cue, volume)
        self._memory.keep(Played(cue, volume))
