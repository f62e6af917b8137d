"""The simulated voice: silent, with a memory."""

from collections import deque
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import DeviceClosed

REMEMBERED = 256
"""How many phrases are remembered."""


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
        self._said: deque[Said] = deque(maxlen=REMEMBERED)
        self._closed = False

    @property
    def said(self) -> list[Said]:
        """What was asked for, oldest first; the latest 256."""
        return list(self._said)

    def say(self, phrase: str, language: str, volume: int = 100) -> None:
        """
        Remember a phrase; an empty one is silence.

        Raises:
            DeviceClosed: If the voice was closed.
        """
        if self._closed:
            raise DeviceClosed("the voice was closed; make a new one")
        if phrase:
            self._said.append(Said(phrase, language, volume))

    def close(self) -> None:
        """Fall silent. Calling it twice does no harm."""
        self._closed = True
