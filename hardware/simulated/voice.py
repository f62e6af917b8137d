"""The simulated voice: silent, with a memory."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hardware.simulated.memory import Memory
from kiosk.errors import DeviceClosed


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase that was asked for, in a language, at a volume of 0 to 100."""

    phrase: str
    language: str
    volume: int


class SimulatedVoice:
    """
    Remembers what it was asked to say, recorded or not.

    Args:
        folder: As the real voice takes it; nothing is looked for there.
    """

    def __init__(self, *, folder: Path) -> None:
        self.folder = folder
        self._memory: Memory[Said] = Memory()
        self._closed = False

    @property
    def said(self) -> list[Said]:
        """What was asked for, oldest first; the latest 256."""
        return self._memory.latest

    def watch(self, tell: Callable[[Said], None]) -> None:
        """Have each phrase told to one watcher, who must not block."""
        self._memory.watch(tell)

    def say(self, phrase: str, language: str, volume: int = 100) -> None:
        """
        Remember a phrase; an empty one is silence.

        Raises:
            DeviceClosed: If the voice was closed.
        """
        if self._closed:
            raise DeviceClosed("the voice was closed; make a new one")
        if phrase:
            self._memory.keep(Said(phrase, language, volume))

    def close(self) -> None:
        """Fall silent. Calling it twice does no harm."""
        self._closed = True
