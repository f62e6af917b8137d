"""
A person as the page writes them. Pure.

Names come out of codes that anybody can print, so they are hostile: nothing here may turn a line around,
hide in a name, or grow beyond its place.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from mqtt_bridge.wire.persons import READ_LETTERS, Person, visible

MAX_LETTERS = 80
"""A longer text is cut, with an ellipsis."""
_MAX_MARKS = 2
"""Marks on one letter; more of them would grow out of the line. Vietnamese, composed, needs none."""
_MOBILE = re.compile(r"\+84([0-9]{3})([0-9]{3})([0-9]{3})")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Shown:
    """
    The fields of a person, fit for the page; empty where nothing is known.

    Attributes:
        name: Full name.
        document: Number of the ID card.
        phone: As people here write it: `0912 345 678`.
        birth: `DD/MM/YYYY`, or the year.
        readable: Whether what the door wrote could be opened.
    """

    name: str = field(default="", repr=False)
    document: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    birth: str = field(default="", repr=False)
    readable: bool = True


def show(person: Person | None) -> Shown:
    """The opened fields of a visit, by name; None for a person that cannot be opened."""
    if person is None:
        return Shown(readable=False)
    return Shown(
        name=tidy(person.get("name")),
        document=tidy(person.get("document")) or tidy(person.get("reference")),
        phone=_MOBILE.sub(r"0\1 \2 \3", tidy(person.get("phone"))),
        birth=_DAY.sub(r"\3/\2/\1", tidy(person.get("birth"))),
    )


def tidy(text: str | None, most: int = MAX_LETTERS) -> str:
    """A text of a stranger, fit for one cell of a table, of at most so many letters; empty for None."""
    seen = (text or "")[: READ_LETTERS * most]
    if not (seen.isascii() and seen.isprintable()):
        seen = _seen(seen)
    words = " ".join(seen.split())
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def _seen(text: str) -> str:
    """A text without what nobody could see, and without more marks on a letter than fit the line."""
    letters: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", visible(text)):
        marks = marks + 1 if unicodedata.category(letter).startswith("M") else 0
        if marks <= _MAX_MARKS:
            letters.append(letter if letter.isprintable() else " ")
    return "".join(letters)
