"""
A picture that does not change: everything is tried on it until something reads.

A camera's stream gets another frame in a moment, a file does not. So a file gets every way of looking, the
most successful first.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from hardware import enhancing
from hardware.engines import Engines, Sight
from hardware.frame import Luma
from hardware.straightening import Located, flatten, modules_of

_MOST_CODES = 12
_SAME_PLACE_PX = 4
_LEAST_SIDE_PX = 8


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """
    One try at a picture.

    Attributes:
        name: What was done to the picture, such as `sharpened`.
        picture: What the engines looked at.
        took_s: How long it took, the making of the picture included, in seconds.
        texts: What was read.
        code: The code that was laid flat; None for an attempt at the whole picture.
    """

    name: str
    picture: Luma = field(repr=False)
    took_s: float
    texts: tuple[str, ...] = field(repr=False)
    code: Located | None = None


Note = Callable[[Attempt], None]

_FIRST_WAYS: tuple[tuple[str, Callable[[Luma], Luma]], ...] = (
    ("sharpened", enhancing.sharpened),
    ("local contrast", enhancing.contrasted),
    ("softened and thresholded", lambda luma: enhancing.thresholded(enhancing.softened(luma))),
    ("enlarged, local contrast", lambda luma: enhancing.contrasted(enhancing.enlarged(luma))),
    ("enlarged and thresholded", lambda luma: enhancing.thresholded(enhancing.enlarged(luma), 31)),
)
_LAST_WAYS: tuple[tuple[str, Callable[[Luma], Luma]], ...] = (
    ("thresholded closely", lambda luma: enhancing.thresholded(luma, 31)),
    ("half enlarged and thresholded", lambda luma: enhancing.thresholded(enhancing.enlarged(luma, 1.5))),
    ("thresholded very closely", lambda luma: enhancing.thresholded(luma, 15)),
    ("evened", lambda luma: enhancing.evened(enhancing.reduced(luma, 4 / 3))),
    ("reduced and opened", lambda luma: enhancing.opened(enhancing.reduced(luma))),
    ("opened", enhancing.opened),
    ("enlarged and closed", lambda luma: enhancing.closed(enhancing.enlarged(luma))),
    ("half enlarged and softened", lambda luma: enhancing.softened(enhancing.enlarged(luma, 1.5), 3)),
    ("thresholded evenly", enhancing.thresholded_evenly),
    ("brightened", enhancing.brightened),
    ("much reduced", partial(enhancing.reduced, factor=3.5)),
    ("reduced, local contrast", lambda luma: enhancing.contrasted(enhancing.reduced(luma))),
)


def read_still(luma: Luma, note: Note | None = None) -> list[str]:
    """
    The texts of the codes in one picture, in Unicode NFC, in no order and none twice.

    Takes about as long as zxing-cpp alone where that reads the picture, and up to some hundred times longer
    where nothing does. Any thread may call it.

    Args:
        luma: Brightness, shape (height, width), uint8.
        note: Is told of each attempt as it ends; None for nobody.

    Raises:
        DeviceMissing: If no engine is installed.
    """
    still = _Still(luma, note or (lambda _: None))
    return list(next((texts for texts in still.attempts() if texts), ()))


class _Still:
    """One picture being looked at; codes found on the way are kept, to be laid flat."""

    def __init__(self, luma: Luma, note: Note) -> None:
        self._luma = np.ascontiguousarray(luma)
        self._note = note
        self._engines = Engines()
        self._unread: list[Located] = []
        self._flattened = 0
        self._began_s = time.perf_counter()

    def attempts(self) -> Iterator[tuple[str, ...]]:
        """What each attempt reads."""
        if min(self._luma.shape, default=0) < _LEAST_SIDE_PX:
            return
        yield self._tried("as it is", self._luma, self._engines.first)
        yield from self._enhanced(_FIRST_WAYS)
        yield from self._laid_flat()
        yield self._tried("as it is, both engines", self._luma, self._engines.both)
        yield from self._enhanced(_LAST_WAYS)
        yield from self._laid_flat()

    def _enhanced(self, ways: Iterable[tuple[str, Callable[[Luma], Luma]]]) -> Iterator[tuple[str, ...]]:
        for name, enhance in ways:
            self._began_s = time.perf_counter()
            yield self._tried(name, enhance(self._luma), self._engines.both)

    def _laid_flat(self) -> Iterator[tuple[str, ...]]:
        codes = self._unread[self._flattened : self._flattened + _MOST_CODES]
        self._flattened = len(self._unread)
        for code in codes:
            self._began_s = time.perf_counter()
            for flat in flatten(self._luma, code):
                yield self._tried("laid flat", flat, self._engines.first, code)
                yield self._tried("laid flat, module by module", modules_of(flat), self._engines.first, code)

    def _tried(
        self, name: str, picture: Luma, look: Callable[[Luma], Sight], code: Located | None = None
    ) -> tuple[str, ...]:
        sight = look(picture)
        now_s = time.perf_counter()
        self._note(Attempt(name, picture, now_s - self._began_s, sight.texts, code))
        self._began_s = time.perf_counter()
        if code is None:
            scale = np.float32(self._luma.shape[1] / picture.shape[1])
            for found in sight.unread:
                self._keep(Located(found.corners * scale, found.modules))
        return sight.texts

    def _keep(self, found: Located) -> None:
        """Keep a code that was found, unless it is kept already."""
        for kept in self._unread:
            apart_px = np.abs(kept.corners - found.corners).max()
            if kept.modules == found.modules and apart_px < _SAME_PLACE_PX:
                return
        self._unread.append(found)
