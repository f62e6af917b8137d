"""The voice: phrases recorded before, through the loudspeaker; or none."""

import logging
from pathlib import Path
from time import monotonic

import pygame

from hardware.loudness import amplitude
from kiosk.errors import DeviceClosed

log = logging.getLogger(__name__)

ENDINGS = (".ogg", ".wav")
"""How the files of phrases end; the first that is there is said."""

SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 60.0, 3600.0
"""How long a loudspeaker that did not open is left alone: at first, and at most; an attempt takes 0.1 s."""

_CHANNEL = 0


class NoVoice:
    """
    Says nothing.

    Args:
        folder: As the others take it.
    """

    def __init__(self, *, folder: Path) -> None:
        self.folder = folder

    def say(self, phrase: str, language: str, volume: int = 100) -> None:
        """Say nothing."""

    def close(self) -> None:
        """Give nothing back."""


class RecordedVoice:
    """
    Says what is recorded in `FOLDER/LANGUAGE/PHRASE.ogg`, or `.wav`, through this machine's loudspeaker.

    A loudspeaker that is missing is logged, passed over, and tried again with growing pauses; so is a phrase
    that is missing, for screen and buzzer say the same. A loudspeaker that is pulled out later stays silent
    until the door starts again.

    Args:
        folder: Where the recordings lie.
    """

    def __init__(self, *, folder: Path) -> None:
        self._folder = folder
        self._trouble: dict[str, str] = {}
        self._pause_s = SHORTEST_PAUSE_S
        self._retry_s = 0.0
        self._closed = False
        # Now rather than before the first welcome, which would have to wait for it.
        self._open()

    def say(self, phrase: str, language: str, volume: int = 100) -> None:
        """
        Say a phrase and return at once; the one being said is cut short. Main thread only.

        Args:
            phrase: Its name in `kiosk.words`, such as `welcome` or `hint.too_small`; empty for silence.
            language: Code of the language.
            volume: 0 to 100; at 0 nothing is said.

        Raises:
            DeviceClosed: If the voice was closed.
            ValueError: If the volume is none.
        """
        if self._closed:
            raise DeviceClosed("the voice was closed; make a new one")
        swing = amplitude(volume)
        if not self._open():
            return
        channel = pygame.mixer.Channel(_CHANNEL)
        channel.stop()
        recorded = self._recorded(phrase, language) if phrase and volume else None
        if recorded is not None:
            recorded.set_volume(swing)
            channel.play(recorded)

    def close(self) -> None:
        """Fall silent and give the loudspeaker back. Calling it twice does no harm."""
        if not self._closed:
            self._closed = True
            pygame.mixer.quit()

    def _open(self) -> bool:
        """Whether there is a loudspeaker, opened now if it was not."""
        if pygame.mixer.get_init():
            return True
        if monotonic() < self._retry_s:
            return False
        try:
            # The mixer alone: the rest of pygame is the screen's.
            pygame.mixer.init()
        except pygame.error as error:
            self._retry_s = monotonic() + self._pause_s
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
            self._tell("voice", f"no loudspeaker ({error}); plug one in, or set devices.voice = none")
            return False
        self._tell("voice", "")
        return True

    def _recorded(self, phrase: str, language: str) -> pygame.mixer.Sound | None:
        """A phrase ready to be said; None when there is none that can be."""
        name = f"{language}/{phrase}"
        files = [self._folder / f"{name}{ending}" for ending in ENDINGS]
        file = next((one for one in files if one.is_file()), None)
        if file is None:
            self._tell(name, f"{self._folder / name}: not recorded; record it, or run `kiosk phrases`")
            return None
        try:
            sound = pygame.mixer.Sound(file)
        except (OSError, pygame.error) as error:
            self._tell(name, f"{file}: cannot be said ({error}); record it anew")
            return None
        self._tell(name, "")
        return sound

    def _tell(self, what: str, trouble: str) -> None:
        """Log what is wrong with the loudspeaker or a phrase; once, and once that it is right again."""
        before = self._trouble.get(what, "")
        self._trouble[what] = trouble
        if trouble and trouble != before:
            log.warning("%s", trouble)
        elif before and not trouble:
            log.info("%s works", what)
