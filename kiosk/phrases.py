"""The command `kiosk phrases`: records what the door says aloud, by the speech of espeak-ng."""

import hashlib
import json
import shutil
import subprocess
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from pydantic import TypeAdapter

from kiosk import words
from kiosk.commands import chosen_settings, settings_options
from kiosk.errors import SettingsError

PROGRAM = "espeak-ng"

WORDS_PER_MINUTE = 130
"""Slower than the 175 that espeak-ng speaks by itself: for older ears, and beside a street."""

MANIFEST = "made.json"
"""Beside the languages' folders: what was made here, of which words. What is not in it, people recorded."""

_MADE = TypeAdapter(dict[str, tuple[str, str]])
_PATIENCE_S = 30.0
_OWN_ENDING = ".ogg"
"""Only people make these; the voice says them before a WAV."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """
    Something that the door says aloud.

    Attributes:
        language: Code of the language.
        name: Such as `welcome` or `hint.too_small`.
        text: The words.
    """

    language: str
    name: str
    text: str

    @property
    def path(self) -> str:
        """Its file, below the folder of all phrases."""
        return f"{self.language}/{self.name}.wav"

    @property
    def digest(self) -> str:
        """Another one whenever it would sound otherwise."""
        return _digest(f"{WORDS_PER_MINUTE}\n{self.text}".encode())


@click.command()
@click.option("--anew", is_flag=True, help="Make all of them, in the place of your own recordings too.")
@settings_options
def phrases(*, anew: bool, file: Path | None, data: str | None, assignments: tuple[str, ...]) -> None:
    """
    Record what the door says aloud, in the languages of the place, with espeak-ng.

    What is there already stays, unless its words have changed. Recordings of your own are kept:
    FOLDER/LANGUAGE/NAME.wav or .ogg. All are said where devices.voice = "files".
    """
    settings = chosen_settings(file, data, assignments)
    folder = settings.voice.folder
    try:
        for phrase, done in record(folder, settings.place.languages, anew=anew):
            click.echo(f"{done:<5} {folder / phrase.path}  {phrase.text}")
    except OSError as error:
        remedy = "run this as the door's user, `sudo -u entrance-kiosk`, or choose another folder"
        raise SettingsError(f"voice.folder = {folder}: {error.strerror or error}; {remedy}") from error


def of(language: str) -> list[Phrase]:
    """The phrases of a language, in the order of its words."""
    return [Phrase(language, name, text) for name, text in words.phrases(language).items()]


def record(folder: Path, languages: tuple[str, ...], *, anew: bool = False) -> Iterator[tuple[Phrase, str]]:
    """
    Make the phrases that are missing, or whose words have changed.

    Args:
        folder: Where they go; made if missing.
        languages: Which.
        anew: Make all, in the place of people's recordings too.

    Yields:
        Each phrase, with `made`, `there` where nothing was to be done, or `yours` for what people recorded.

    Raises:
        SettingsError: If espeak-ng is not installed, or does not speak a language.
        OSError: If the folder cannot be written.
    """
    manifest = _Manifest(folder)
    for language in languages:
        for phrase in of(language):
            done = "made" if anew else manifest.standing(phrase)
            if done == "made":
                _make(folder, phrase, manifest)
            yield phrase, done


class _Manifest:
    """What was made in a folder: by its path, the digests of its words and of its file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / MANIFEST
        try:
            self._made = _MADE.validate_json(self._file.read_bytes())
        except FileNotFoundError:
            self._made = {}
        except ValueError:
            remedy = "delete it, and make all phrases with --anew"
            raise SettingsError(f"{self._file}: is damaged; {remedy}") from None

    def standing(self, phrase: Phrase) -> str:
        """`yours`, `there`, or `made` for what is to be made."""
        path = self._folder / phrase.path
        if path.with_suffix(_OWN_ENDING).exists():
            return "yours"
        if not path.exists():
            return "made"
        words_then, file_then = self._made.get(phrase.path, ("", ""))
        if file_then != _digest(path.read_bytes()):
            return "yours"
        return "there" if words_then == phrase.digest else "made"

    def note(self, phrase: Phrase, recording: bytes) -> None:
        self._made[phrase.path] = (phrase.digest, _digest(recording))
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps(self._made, indent=1, sort_keys=True), encoding="utf-8")
        part.replace(self._file)


def _make(folder: Path, phrase: Phrase, manifest: _Manifest) -> None:
    """Record one; cut short in the middle, it is missing and no half of it is taken for somebody's own."""
    path = folder / phrase.path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    try:
        _speak(phrase, part)
        path.unlink(missing_ok=True)
        path.with_suffix(_OWN_ENDING).unlink(missing_ok=True)
        manifest.note(phrase, part.read_bytes())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _speak(phrase: Phrase, file: Path) -> None:
    program = shutil.which(PROGRAM)
    if program is None:
        raise SettingsError(f"{PROGRAM}: not installed; install it: sudo apt install {PROGRAM}")
    command = [program, "-v", phrase.language, "-s", str(WORDS_PER_MINUTE), "-w", str(file), phrase.text]
    try:
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE_S,
        )
    except subprocess.TimeoutExpired:
        raise SettingsError(f"{PROGRAM}: said nothing for {_PATIENCE_S:.0f} s; try again") from None
    if done.returncode or not _is_sound(file):
        said = " ".join((done.stderr or done.stdout).split()) or "no sound"
        remedy = f"record {phrase.path} yourself, or leave this language out"
        raise SettingsError(f"{PROGRAM}: does not say {phrase.path} ({said}); {remedy}")


def _is_sound(file: Path) -> bool:
    """Whether a recording holds anything; espeak-ng ends well where it could write nothing."""
    try:
        with wave.open(str(file)) as recording:
            frames: int = recording.getnframes()
    except (OSError, EOFError, wave.Error):
        return False
    return frames > 0


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
