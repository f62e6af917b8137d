"""Fields that codes have in common: names, dates and addresses, made fit to be used."""

import re
import unicodedata
from datetime import date
from urllib.parse import SplitResult, urlsplit

MAX_NAME_LETTERS = 100
READ_LETTERS = 4
"""
So many letters are read for each that is kept: composed, a letter may be of that many. What is behind them is
cut before it is normalised, for that takes a time that grows with the square of the marks on a letter.
"""
HIDDEN = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
)
"""
Letters that no line may hold, as a class of a regular expression: control characters, those that break or
turn lines, and those that are ignored where they are drawn (Unicode's Default_Ignorable_Code_Point, of the
plane that every regular expression knows).
"""

_UNSEEN = re.compile(f"[{HIDDEN}\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]")
_YEAR_FIRST = re.compile(r"([0-9]{4}|\*{4})-([0-9]{2}|\*{2})-([0-9]{2}|\*{2})")
_DAY_FIRST = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_WITH_SLASHES = re.compile(r"(?:([0-9]{2})/([0-9]{2})/)?([0-9]{4})")


def name(text: str) -> str | None:
    """
    A name in NFC, with single spaces and nothing that cannot be printed or seen; None when nothing is left.

    Marks that steer the direction of writing go too: they could turn a line of the screen or the page around.
    """
    composed = unicodedata.normalize("NFC", visible(text[: READ_LETTERS * MAX_NAME_LETTERS]))
    printable = "".join(letter if letter.isprintable() else " " for letter in composed)
    return " ".join(printable.split())[:MAX_NAME_LETTERS].rstrip() or None


def visible(text: str) -> str:
    """A text in which a space stands for every letter that nobody could see."""
    return _UNSEEN.sub(" ", text)


def web_address(text: str) -> SplitResult | None:
    """A web address in its parts, its host readable; None for anything else."""
    try:
        address = urlsplit(text)
        host = address.hostname
    except ValueError:
        return None
    return address if address.scheme in {"http", "https"} and host else None


def day_first(text: str) -> str | None:
    """`DDMMYYYY` as `YYYY-MM-DD`; None for anything that is no day of the calendar."""
    match = _DAY_FIRST.fullmatch(text)
    return _day(match[3], match[2], match[1]) if match else None


def with_slashes(text: str) -> str | None:
    """`DD/MM/YYYY` as `YYYY-MM-DD`, or `YYYY` as it is; None for anything that is no day of the calendar."""
    match = _WITH_SLASHES.fullmatch(text)
    if not match:
        return None
    return _day(match[3], match[2], match[1]) if match[1] else match[3]


def year_first(text: str) -> str | None:
    """`YYYY-MM-DD` as it is, or `YYYY` where day or month is masked with `*`; None for anything else."""
    match = _YEAR_FIRST.fullmatch(text)
    if not match or "*" in match[1]:
        return None
    return match[1] if "*" in match[0] else _day(match[1], match[2], match[3])


def is_year_first(text: str) -> bool:
    """Whether this has the shape of `YYYY-MM-DD`, masked or not, be it a day of the calendar or not."""
    return _YEAR_FIRST.fullmatch(text) is not None


def _day(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
