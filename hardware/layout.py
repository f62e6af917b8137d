"""
Make words fit: shrink, then wrap at word borders, never cut and never overflow.

Pure: how wide a text is, is asked of a measuring function, so that no screen is needed to know what stands
where. All lengths are pixels; a size is the em of the font.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from hardware.breaking import Measure, balance, broken, parts, words, wrap

_WORTH_A_LINE = 0.85
"""To which part of its size a wrapped text shrinks to save a line."""

_WHOLE_WORDS = 0.5
"""To which part of its smallest size a text shrinks before a word is broken."""

_STEP = 0.96
"""By how much texts below each other shrink at a time."""

LINE_HEIGHT = 1.362
"""Height of one line, as a part of its size: ascent 1.069 and descent 0.293 of Noto Sans."""

LINE_PITCH = 1.33
"""From one line to the next: what the tallest stack (Ễ) and the deepest dot above it (Ậ) take together."""


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

    def around(self, other: "Box | None") -> "Box":
        """The smallest box that holds both; of None, this one."""
        if other is None:
            return self
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Box(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)

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
    size, and where a word would not fit otherwise, down to half of that; with words broken, at the smallest
    size or below. Lines come out of nearly the same length.
    """
    size, way = _sized(wish, width_px, height_px)
    if way is _Way.ONE_LINE:
        return _fitted(wish.measure, (" ".join(words(wish.text)),), size)
    split = balance if way is _Way.WRAPPED else broken
    return _fitted(wish.measure, split(wish.text, wish.measure, size, width_px), size)


class _Way(Enum):
    """How a text is broken into lines."""

    ONE_LINE = auto()
    WRAPPED = auto()
    BROKEN = auto()


def _sized(wish: Wish, width_px: int, height_px: int) -> tuple[int, _Way]:
    """The size that a text takes inside a box, and how it is broken then."""
    floor = min(wish.smallest_px, wish.largest_px)
    patient = max(floor, round(wish.largest_px * wish.patience))
    one_line, pieces, measure = " ".join(words(wish.text)), parts(wish.text), wish.measure

    def stands_alone(size: int) -> bool:
        return measure(one_line, size) <= width_px and height_of(1, size) <= height_px

    def wrapped(size: int) -> bool:
        lines = wrap(pieces, measure, size, width_px)
        return lines is not None and height_of(len(lines), size) <= height_px

    def fewer(size: int) -> bool:
        return len(wrap(pieces, measure, size, width_px) or ()) < lines

    def in_pieces(size: int) -> bool:
        return height_of(len(broken(wish.text, measure, size, width_px)), size) <= height_px

    size = _largest(patient, wish.largest_px, stands_alone)
    if size:
        return size, _Way.ONE_LINE
    size = _largest(floor, wish.largest_px, wrapped)
    if size:
        # A line less is worth a little size: no single word is left on the last line.
        lines = len(wrap(pieces, measure, size, width_px) or ())
        return _largest(max(floor, round(size * _WORTH_A_LINE)), size, fewer) or size, _Way.WRAPPED
    size = _largest(max(1, round(floor * _WHOLE_WORDS)), floor, wrapped)
    if size:
        return size, _Way.WRAPPED
    size = _largest(1, floor, in_pieces) or 1
    return size, _Way.BROKEN if wrap(pieces, measure, size, width_px) is None else _Way.WRAPPED


def height_fitted(wish: Wish, width_px: int, height_px: int) -> int:
    """How high a text is when it is made to fit a box: `fit(...).height_px`, for less work."""
    size, way = _sized(wish, width_px, height_px)
    match way:
        case _Way.ONE_LINE:
            lines = 1
        case _Way.WRAPPED:
            lines = len(wrap(parts(wish.text), wish.measure, size, width_px) or ("",))
        case _Way.BROKEN:
            lines = len(broken(wish.text, wish.measure, size, width_px))
    return height_of(lines, size)


def stack(wishes: Sequence[Wish], width_px: int, height_px: int, gap_px: int) -> list[Fitted]:
    """
    Fit several texts below each other, in their order, with a gap between.

    They shrink together. While all can have at least their smallest sizes, none is smaller; then those with
    the largest letters give way until all are of one size; then all do.
    """
    if not wishes:
        return []

    def holds(steps: int) -> bool:
        gaps = round(gap_px * _STEP**steps) * (len(wishes) - 1)
        heights = (height_fitted(wish, width_px, height_px) for wish in _shrunk(wishes, steps))
        return sum(heights) + gaps <= height_px

    low, high = (0, 0) if holds(0) else (1, 3 * _MOST_STEPS)
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    if holds(low):
        return [fit(wish, width_px, height_px) for wish in _shrunk(wishes, low)]
    share_px = height_px // len(wishes)
    return [fit(wish, width_px, share_px) for wish in _shrunk(wishes, low)]


_MOST_STEPS = 60


def _shrunk(wishes: Sequence[Wish], steps: int) -> list[Wish]:
    """What is left of the wishes after so many steps; each of the three ways down has its own steps."""
    fair = _STEP ** min(steps, _MOST_STEPS)
    unfair = _STEP ** min(max(0, steps - _MOST_STEPS), _MOST_STEPS)
    poor = _STEP ** max(0, steps - 2 * _MOST_STEPS)
    floors = [min(wish.smallest_px, wish.largest_px) for wish in wishes]
    lowest = min(floors)
    shrunk = []
    for wish, floor in zip(wishes, floors, strict=True):
        least = round(max(lowest, floor * unfair) * poor)
        largest = max(least, round(wish.largest_px * fair * unfair * poor))
        shrunk.append(replace(wish, largest_px=max(1, largest), smallest_px=max(1, least)))
    return shrunk


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
