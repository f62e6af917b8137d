"""Why something was changed by hand: words that are kept for ever, and so must not tell of whom."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from collector.searching import folded

_DIGITS = re.compile(r"\d(?:[\W_]*\d){6}")
"""As many as the shortest number of a person has, whatever stands between them but letters."""
_MOMENT = re.compile(r"\b\d{1,2}(?:/\d{1,2}(?:/\d{4})?|:\d{2}(?::\d{2})?)\b")
"""A day or a time, such as 31/12/2026 or 16:30."""
_WORD = re.compile(r"\w+")


def check(reason: str, names: Iterable[str]) -> None:
    """
    Refuse a reason in which a number of somebody stands, or two words of a name one after the other.

    Args:
        reason: As it was typed; no longer than a line.
        names: Of whomever it is about.

    Raises:
        ValidationError: If it tells of whom; in words for who has typed it.
    """
    plain = unicodedata.normalize("NFKC", reason)
    if _DIGITS.search(_MOMENT.sub("x", plain)):
        raise ValidationError(
            _("A reason is kept for ever: write no number of 7 digits or more. Write days as 31/12/2026.")
        )
    of_names = {pair for name in names for pair, _words in _pairs(name)}
    for pair, words in _pairs(plain):
        if pair in of_names:
            raise ValidationError(
                _("A reason is kept for ever: leave out “%(words)s”, which stands in the person’s name.")
                % {"words": words}
            )


def _pairs(text: str) -> Iterator[tuple[tuple[str, str], str]]:
    """Words that follow one another, as they are compared; and as they were written."""
    for first, second in pairwise(_WORD.findall(text)):
        yield (folded(first), folded(second)), f"{first} {second}"
