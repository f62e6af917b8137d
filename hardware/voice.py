"""The voice: phrases recorded before, through the loudspeaker; or none."""

import logging
from pathlib import Path
from threading import Thread
from time import monotonic

import pygame

from hardware.loudness import amplitude
from kiosk.errors import DeviceClosed

log = logging.getLogger(__name__)

ENDINGS = (".ogg", ".wav")
"""How the files of phrases end; the first that is there is said."""

SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 60.0, 3600.0
"""How long a loudspeaker that did not open is left alone: at first, and at most; an attempt takes 0.1 s."""

LONGEST_S = 10.0
"""No phrase is longer."""

_LARGEST_BYTES = 4_000_000
"""A file larger than this is not even read: ten seconds of stereo at 48 kHz take half of it."""

_MOST_KEPT, _KEPT_S = 80, 5.5
"""So many phrases are kept ready, each of at most so many seconds: 1 MB, as it is played."""

_LEAVING_S = 1.0
"""How long the end of the door waits for an attempt to open the loudspeaker."""

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

    A loudspeaker that is missing is logged, passed over, and tried again with growing pauses, in a thread of
    its own, for nobody shall wait for that; a phrase that is missing or longer than 10 seconds is logged and
    passed over, for screen and buzzer say the same. A loudspeaker that is pulled out later stays silent until
    the door starts again. Phrases are read when they are said first, and when their file has changed.

    Args:
        folder: Where the recordings lie.
    """

    def __init__(self, *, folder: Path) -> None:
        self._folder = folder
        self._trouble: dict[str, str] = {}
        self._pause_s = SHORTEST_PAUSE_S
        self._retry_s = 0.0
        self._attempt: Thread | None = None
        self._kept: dict[tuple[Path, int, int], pygame.mixer.Sound | None] = {}
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
        if not self._is_open():
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
            if self._attempt:
                self._attempt.join(_LEAVING_S)
            self._kept.clear()
            pygame.mixer.quit()

    def _is_open(self) -> bool:
        """Whether there is a loudspeaker; when it is time to look for one again, somebody does so beside."""
        if self._attempt and self._attempt.is_alive():
            return False
        if pygame.mixer.get_init():
            return True
        if monotonic() >= self._retry_s:
            self._attempt = Thread(target=self._open, name="loudspeaker", daemon=True)
            self._attempt.start()
        return False

    def _open(self) -> None:
        """Try to open the loudspeaker; nobody else touches the mixer meanwhile."""
        try:
            # The mixer alone: the rest of pygame is the screen's.
            pygame.mixer.init()
        except pygame.error as error:
            self._retry_s = monotonic() + self._pause_s
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
            self._tell("voice", f"no loudspeaker ({error}); plug one in, or set devices.voice = none")
        else:
            self._tell("voice", "")

    def _recorded(self, phrase: str, language: str) -> pygame.mixer.Sound | None:
        """A phrase ready to be said; None when there is none that can be."""
        name = f"{language}/{phrase}"
        files = [self._folder / f"{name}{ending}" for ending in ENDINGS]
        file = next((one for one in files if one.is_file()), None)
        if file is None:
            self._tell(name, f"{self._folder / name}: not recorded; record it, or run `kiosk phrases`")
            return None
        try:
            sound = self._sound(file)
        except (OSError, pygame.error) as error:
            self._tell(name, f"{file}: cannot be said ({error}); record it anew")
            return None
        self._tell(name, "" if sound else f"{file}: longer than {LONGEST_S:g} s; record it anew, shorter")
        return sound

    def _sound(self, file: Path) -> pygame.mixer.Sound | None:
        """What is in a file, kept or read now; None when it is too long."""
        seen = file.stat()
        key = (file, seen.st_mtime_ns, seen.st_size)
        if key in self._kept:
            sound = self._kept.pop(key)
        else:
            sound = _read(file) if seen.st_size <= _LARGEST_BYTES else None
        if sound is None or sound.get_length() <= _KEPT_S:
            if len(self._kept) >= _MOST_KEPT:
                # The one that was not said for longest.
                del self._kept[next(iter(self._kept))]
            self._kept[key] = sound
        return sound

    def _tell(self, what: str, trouble: str) -> None:
        """Log what is wrong with the loudspeaker or a phrase; once, and once that it is right again."""
        before = self._trouble.get(what, "")
        self._trouble[what] = trouble
        if trouble and trouble != before:
            log.warning("%s", trouble)
        elif before and not trouble:
            log.info("%s works", what)


def _read(file: Path) -> pygame.mixer.Sound | None:
    """What is recorded in a file; None when it is too long."""
    sound = pygame.mixer.Sound(file)
    return sound if sound.get_length() <= LONGEST_S else None
