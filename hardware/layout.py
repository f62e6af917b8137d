"""
Make words fit: shrink, then wrap at word borders, never cut and never overflow.

Pure: how wide a text is, is asked of a measuring function, so that no screen is needed to know what stands
where. All lengths are pixels; a size is the em of the font.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_WORTH_A_LINE = 0.85
"""To which part of its size a wrapped text shrinks to save a line."""

_FLOORS_HOLD = 0.35
"""Down to this part of their largest sizes, texts below each other keep to their smallest."""

Measure = Callable[[str, int], float]
"""Width of a text in pixels at a size. Grows with the size and with the text."""

LINE_HEIGHT = 1.362
"""Height of one line, as a part of its size: ascent 1.069 and descent 0.293 of Noto Sans."""

LINE_PITCH = 1.2
"""From one line to the next. Tall stacks (Ễ: 1.054) and dots below (ự: 0.24) hardly ever meet."""

BORDER = " · "
"""Where a text is best broken; the dot goes when a line ends there."""

_BOUND = "·\u00a0"
"""A border's dot, bound to the word behind it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the screen, in pixels from its left upper corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """First column behind it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First row below it."""
        return self.y + self.height

    def moved(self, x: int, y: int) -> "Box":
        """The same box, so far to the right and down."""
        return Box(self.x + x, self.y + y, self.width, self.height)

    def overlaps(self, other: "Box") -> bool:
        """Whether both share a pixel."""
        apart = self.right <= other.x or other.right <= self.x
        return not (apart or self.bottom <= other.y or other.bottom <= self.y)

    def holds(self, other: "Box") -> bool:
        """Whether all of the other lies within."""
        across = self.x <= other.x and other.right <= self.right
        return across and self.y <= other.y and other.bottom <= self.bottom


@dataclass(frozen=True, slots=True)
class Fitted:
    """
    A text made to fit.

    Attributes:
        lines: What to write, line by line; all of the text and nothing else.
        size_px: At which size.
        width_px: Of the longest line.
        height_px: Of all lines.
    """

    lines: tuple[str, ...]
    size_px: int
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Wish:
    """
    A text and how large it would like to be.

    Attributes:
        text: What to write.
        measure: In which letters.
        largest_px: Size it likes best.
        smallest_px: Floor, gone below only where a text would not fit otherwise.
        patience: To which part of its largest size it shrinks before it wraps.
    """

    text: str
    measure: Measure
    largest_px: int
    smallest_px: int
    patience: float = 0.8


def height_of(lines: int, size_px: int) -> int:
    """Height of so many lines at a size."""
    return math.ceil(size_px * LINE_HEIGHT) + (lines - 1) * round(size_px * LINE_PITCH)


def fit(wish: Wish, width_px: int, height_px: int) -> Fitted:
    """
    The largest way to write a text inside a box.

    In this order: on one line, down to the wish's patience; wrapped at word borders, down to its smallest
    size; with words broken; and at last below the smallest size. Lines come out of nearly the same length.
    """
    floor = min(wish.smallest_px, wish.largest_px)
    patient = max(floor, round(wish.largest_px * wish.patience))
    one_line = " ".join(_words(wish.text))

    def stands_alone(size: int) -> bool:
        return wish.measure(one_line, size) <= width_px and height_of(1, size) <= height_px

    size = _largest(patient, wish.largest_px, stands_alone)
    if size:
        return _fitted(wish.measure, (one_line,), size)

    def wrapped(size: int) -> bool:
        lines = _wrap(wish.text, wish.measure, size, width_px)
        return lines is not None and height_of(len(lines), size) <= height_px

    def fewer(size: int) -> bool:
        return len(_wrap(wish.text, wish.measure, size, width_px) or ()) < lines

    size = _largest(floor, wish.largest_px, wrapped)
    if size:
        # A line less is worth a little size: no single word is left on the last line.
        lines = len(_wrap(wish.text, wish.measure, size, width_px) or ())
        size = _largest(max(floor, round(size * _WORTH_A_LINE)), size, fewer) or size
        return _fitted(wish.measure, _balanced(wish.text, wish.measure, size, width_px), size)

    def broken(size: int) -> bool:
        return height_of(len(_break(wish.text, wish.measure, size, width_px)), size) <= height_px

    size = _largest(1, floor, broken) or 1
    whole = _wrap(wish.text, wish.measure, size, width_px) is not None
    split = _balanced if whole else _break
    return _fitted(wish.measure, split(wish.text, wish.measure, size, width_px), size)


def stack(wishes: Sequence[Wish], width_px: int, height_px: int, gap_px: int) -> list[Fitted]:
    """
    Fit several texts below each other, in their order, with a gap between.

    All shrink together, none below its smallest size before all others have come down to theirs.
    """
    if not wishes:
        return []
    fitted: list[Fitted] = []
    for percent in range(100, 3, -4):
        fitted = [fit(_scaled(wish, percent / 100), width_px, height_px) for wish in wishes]
        gaps = round(gap_px * percent / 100) * (len(fitted) - 1)
        if sum(text.height_px for text in fitted) + gaps <= height_px:
            return fitted
    share_px = height_px // len(wishes)
    return [fit(_scaled(wish, 0), width_px, share_px) for wish in wishes]


def _scaled(wish: Wish, scale: float) -> Wish:
    size = round(wish.largest_px * scale)
    if scale >= _FLOORS_HOLD:
        size = max(size, min(wish.largest_px, wish.smallest_px))
    return Wish(
        text=wish.text,
        measure=wish.measure,
        largest_px=max(1, size),
        smallest_px=wish.smallest_px,
        patience=wish.patience,
    )


def _fitted(measure: Measure, lines: tuple[str, ...], size: int) -> Fitted:
    width = math.ceil(max(measure(line, size) for line in lines))
    return Fitted(lines=lines, size_px=size, width_px=width, height_px=height_of(len(lines), size))


def _largest(low: int, high: int, fits: Callable[[int], bool]) -> int:
    """Largest whole number from low to high that fits; 0 when not even the lowest does."""
    if low > high or not fits(low):
        return 0
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low


def _words(text: str) -> list[str]:
    """Split at plain white space; a no-break space keeps its neighbours together."""
    return [word for word in re.split(r"[ \t\r\n]+", text) if word] or [""]


def _wrap(text: str, measure: Measure, size: int, width: float) -> tuple[str, ...] | None:
    """Break between words, as late as can be; None when a word alone is too wide."""
    lines: list[str] = []
    line = ""
    for word in _words(text.replace(BORDER, f" {_BOUND}")):
        longer = f"{line} {word}" if line else word
        if line and measure(longer, size) > width:
            lines.append(line)
            longer = word.removeprefix(_BOUND)
        if measure(longer, size) > width:
            return None
        line = longer
    return (*lines, line)


def _balanced(text: str, measure: Measure, size: int, width: int) -> tuple[str, ...]:
    """Break into as many lines as are needed, at borders if that takes no more, the longest made short."""
    best = _wrap(text, measure, size, width) or (text,)
    parts = text.split(BORDER)
    if len(parts) > 1:
        pieces = [_wrap(part, measure, size, width) or (part,) for part in parts]
        if sum(map(len, pieces)) <= len(best):
            return tuple(line for part in parts for line in _balanced(part, measure, size, width))
    low, high = 1, width
    while low < high:
        middle = (low + high) // 2
        narrower = _wrap(text, measure, size, middle)
        if narrower is not None and len(narrower) <= len(best):
            best, high = narrower, middle
        else:
            low = middle + 1
    return best


def _break(text: str, measure: Measure, size: int, width: int) -> tuple[str, ...]:
    """Break at word borders, and within words that are too wide; at least one letter a line."""
    parts: list[str] = []
    for word in _words(text):
        piece = ""
        for letter in word:
            if piece and measure(piece + letter, size) > width:
                parts.append(piece)
                piece = ""
            piece += letter
        parts.append(piece)
        parts.append(" ")
    lines = [""]
    for piece in parts[:-1]:
        if piece == " " or measure(lines[-1] + piece, size) <= width:
            lines[-1] += piece
        else:
            lines.append(piece)
    return tuple(line.strip(" ") for line in lines)
