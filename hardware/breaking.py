"""
Break a text into lines: at word borders, and within words only where nothing else helps.

Pure: how wide a text is, is asked of a measuring function.
"""

import re
from collections.abc import Callable, Sequence

Measure = Callable[[str, int], float]
"""Width of a text in pixels at a size. Grows with the size and with the text."""

BORDER = " · "
"""Where a text is best broken; the dot goes when a line ends there."""

_NO_BREAK = "\u00a0"
_BOUND = f"·{_NO_BREAK}"
"""A border's dot, bound to the word behind it."""


def words(text: str) -> list[str]:
    """Split at plain white space; a no-break space keeps its neighbours together."""
    return [word for word in re.split(r"[ \t\r\n]+", text) if word] or [""]


def parts(text: str) -> list[str]:
    """The words of a text as `wrap` takes them: a border's dot is bound to the word behind it."""
    return words(text.replace(BORDER, f" {_BOUND}"))


def wrap(parts: Sequence[str], measure: Measure, size: int, width: float) -> tuple[str, ...] | None:
    """Break between words, as late as can be; None when a word alone is too wide."""
    lines: list[str] = []
    line = ""
    for word in parts:
        longer = f"{line} {word}" if line else word
        if measure(longer, size) > width:
            if not line:
                return None
            lines.append(line)
            longer = word.removeprefix(_BOUND)
            if measure(longer, size) > width:
                return None
        line = longer
    return (*lines, line)


def balance(text: str, measure: Measure, size: int, width: int) -> tuple[str, ...]:
    """Break into as many lines as are needed, at borders if that takes no more, the longest made short."""
    whole = parts(text)
    best = wrap(whole, measure, size, width) or (text,)
    pieces = text.split(BORDER)
    if len(pieces) > 1:
        unbroken = BORDER.join(piece.replace(" ", _NO_BREAK) for piece in pieces)
        at_borders = wrap(parts(unbroken), measure, size, width)
        if at_borders and len(at_borders) <= len(best) and _NO_BREAK not in text:
            return tuple(line.replace(_NO_BREAK, " ") for line in at_borders)
        broken_up = [wrap(parts(piece), measure, size, width) or (piece,) for piece in pieces]
        if sum(map(len, broken_up)) <= len(best):
            return tuple(line for piece in pieces for line in balance(piece, measure, size, width))
    low, high = 1, width
    while low < high and len(best) > 1:
        middle = (low + high) // 2
        narrower = wrap(whole, measure, size, middle)
        if narrower is not None and len(narrower) <= len(best):
            best, high = narrower, middle
        else:
            low = middle + 1
    return best


def broken(text: str, measure: Measure, size: int, width: int) -> tuple[str, ...]:
    """Break at word borders, and within words that are too wide; at least one letter a line."""
    pieces: list[str] = []
    for word in words(text):
        piece = ""
        for letter in word:
            if piece and measure(piece + letter, size) > width:
                pieces.append(piece)
                piece = ""
            piece += letter
        pieces.append(piece)
        pieces.append(" ")
    lines = [""]
    for piece in pieces[:-1]:
        if piece == " " or measure(lines[-1] + piece, size) <= width:
            lines[-1] += piece
        else:
            lines.append(piece)
    return tuple(line.strip(" ") for line in lines)
