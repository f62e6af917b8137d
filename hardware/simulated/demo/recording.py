"""What a door showed, kept: each screen as a PNG, and the story they tell as one moving picture."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, TypeAlias

from PIL import Image

from hardware.simulated.demo.failing import DemoFailed

Told: TypeAlias = dict[str, Any]
"""A line of `kiosk run --simulated --screens DIR`: what the door shows, and the name of the picture of it."""

MOVING = "morning.webp"
HOUR = 8
"""The hour that a recorded morning begins in, by the door's clock."""

REST_MS = 1600
SIGN_MS = 2600
"""A door at rest that says what is ill."""
KEY_MS = 220
NUMBER_MS = 1000
"""The whole number, before it is confirmed."""
ANSWER_MS = 2200
AGAIN_MS = 1600
"""An answer like the one before: only the name is new."""
REFUSAL_MS = 2800
"""It says what to do instead."""
IN_A_ROW = 2
"""No more of one kind of answer follow each other: what comes after them is more of the same."""

_GLAD = frozenset({"welcome", "goodbye"})
_SCREEN = re.compile(r"\d{3,}-[a-z_]+\.png")
_WEST_HOURS, _DAY_HOURS = 12, 24


@dataclass(frozen=True, slots=True)
class Still:
    """
    One picture of the moving one.

    Attributes:
        screen: The file's name.
        ms: How long it stands: as long as one needs to read it.
    """

    screen: str
    ms: int


def stills(told: Iterable[Told]) -> list[Still]:
    """
    What of a story is worth looking at, in order: some 30 seconds, however many come and go.

    Numbers are keyed in once, and of answers of one kind that follow each other the first two stay.
    """
    chosen: list[Still] = []
    for (state, reason), run in groupby(_with_one_number(told), lambda line: (line["state"], line["reason"])):
        lines = list(run)
        if state == "typing":
            chosen += _typing(lines)
        elif state == "showing":
            chosen += _answers(reason, lines)
        else:
            chosen += [Still(line["screen"], SIGN_MS if line["signs"] else REST_MS) for line in lines]
    return chosen


def morning_zone(now: datetime) -> str:
    """The time zone, of those that are whole hours from UTC, where it is morning at this time (of UTC)."""
    east_hours = (HOUR - now.hour + _WEST_HOURS) % _DAY_HOURS - _WEST_HOURS
    # What the IANA database calls Etc/GMT+5 lies five hours west.
    return f"Etc/GMT{-east_hours:+d}"


class Recording:
    """
    A folder for one recording.

    Screens and moving picture of a former one are replaced, once the new one is there; whatever else lies in
    the folder is left alone.

    Args:
        folder: Is made if it is not there.

    Raises:
        DemoFailed: If nothing can be kept there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._refused(error) from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise DemoFailed(f"--record {folder}: may not be written to; choose another folder")

    def keep(self, screens: Path, told: Iterable[Told]) -> str:
        """
        Keep all screens of a folder, and make the moving picture.

        It is a lossless WebP of whole size. Of the morning, 22 screens of 1024 by 600, that are 270 kB; APNG
        takes 610 kB, GIF 540 kB and no more than 256 colours. Half the size takes more, 380 kB, and lossy
        WebP 530 kB: both put shades around every letter.

        Args:
            screens: Where the door kept them.
            told: What the story is about; each with the name of its screen.

        Returns:
            What was kept, in words.

        Raises:
            DemoFailed: If the folder cannot be written to.
        """
        shown = sorted(screens.glob("*.png"))
        try:
            moving = self._folder / f".{MOVING}"
            _animate(screens, stills(told), moving)
            for file in self._of_former():
                file.unlink()
            for file in shown:
                shutil.copyfile(file, self._folder / file.name)
            moving.replace(self._folder / MOVING)
        except OSError as error:
            raise self._refused(error) from error
        return f"{len(shown)} pictures and {MOVING} in {self._folder}"

    def _of_former(self) -> Iterator[Path]:
        if (self._folder / MOVING).is_file():
            yield from (file for file in self._folder.iterdir() if _SCREEN.fullmatch(file.name))

    def _refused(self, error: OSError) -> DemoFailed:
        return DemoFailed(f"--record {self._folder}: {error.strerror or error}; choose another folder")


def _with_one_number(told: Iterable[Told]) -> Iterator[Told]:
    typed, before = False, ""
    for line in told:
        typed = typed or (before == "typing" != line["state"])
        before = line["state"]
        if not (typed and before == "typing"):
            yield line


def _typing(lines: list[Told]) -> list[Still]:
    *before, last = (line["screen"] for line in lines)
    return [*(Still(screen, KEY_MS) for screen in before), Still(last, NUMBER_MS)]


def _answers(reason: str, lines: list[Told]) -> list[Still]:
    first, again = (ANSWER_MS, AGAIN_MS) if reason in _GLAD else (REFUSAL_MS, REFUSAL_MS)
    return [Still(line["screen"], again if number else first) for number, line in enumerate(lines[:IN_A_ROW])]


def _animate(screens: Path, chosen: list[Still], file: Path) -> None:
    pictures = []
    for still in chosen:
        with Image.open(screens / still.screen) as picture:
            pictures.append(picture.convert("RGB"))
    first, *others = pictures
    first.save(
        file,
        "WEBP",
        save_all=True,
        append_images=others,
        duration=[still.ms for still in chosen],
        loop=0,
        lossless=True,
        quality=80,
        method=4,
    )
