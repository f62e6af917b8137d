"""From the frames of a camera to the texts of the codes in them."""

import numpy as np

from hardware import enhancing
from hardware.engines import Engines, Sight
from hardware.frame import Closer, Luma
from hardware.fusing import Fusion
from hardware.glimpsing import glimpse
from hardware.straightening import flatten
from hardware.watching import Place, Watch
from kiosk.glimpse import Glimpse

_LUMA_DIMENSIONS = 2
_DARK_LEVEL = 60
_LARGE_SIDE_PX = 352
_TURNS = ("sharpened", "fused", "unglared", "sharpened", "flattened", "thresholded")
_LARGE_TURNS = ("contrasted", "flattened")
_MOST_BENT_MODULES = 45
_CLOSER_SIDE_PX = 720
"""A closer look at more than this would take as long as a whole frame."""


class Decoder:
    """
    Reads the QR codes in a stream of frames, exact to the letter. One object serves one stream.

    zxing-cpp looks at every frame. Where it reads nothing and something is there, there is one extra attempt
    a frame, in turn: the place sharpened, the last half second's frames fused, the code laid flat, the place
    thresholded for both engines. An attempt looks at a part of the frame only, so that its time is bounded.
    Where the camera sees finer than its frames are, what is sharpened is a closer look.
    An empty door costs hardly more than the first look.

    Two engines that read one picture differently have read nothing.

    For one thread at a time.

    Raises:
        DeviceMissing: If no engine is installed.
    """

    def __init__(self) -> None:
        self._engines = Engines()
        self._watch = Watch()
        self._fusion = Fusion()
        self._turn = 0
        self._glimpse = Glimpse.NOTHING

    @property
    def glimpse(self) -> Glimpse:
        """What the last frame showed of a code that was not read; NOTHING where all was read."""
        return self._glimpse

    def read(self, luma: Luma, closer: Closer | None = None) -> list[str]:
        """
        The texts of all codes in a frame, in Unicode NFC, in no order and none twice.

        A code whose bytes are neither UTF-8 nor Shift-JIS kanji is left out: no text is better than a
        garbled one.

        Args:
            luma: Any height and width, contiguous or not.
            closer: A closer look at a part of it; None where there is none.

        Raises:
            ValueError: If it is not a two-dimensional array of uint8.
        """
        if luma.ndim != _LUMA_DIMENSIONS or luma.dtype != np.uint8:
            raise ValueError(
                f"a picture of {luma.ndim} dimensions of {luma.dtype}: give 2 dimensions of uint8"
            )
        self._glimpse = Glimpse.NOTHING
        if luma.size == 0:
            return []
        sight = self._engines.first(luma)
        if not sight.texts:
            place = self._watch.place(luma, sight.unread)
            if place is None:
                self._fusion.forget()
                return []
            sight = self._look_again(luma, place, closer)
            if not sight.texts:
                self._glimpse = glimpse(luma, place)
                return []
        self._watch.forget()
        self._fusion.forget()
        self._turn = 0
        return list(sight.texts)

    def _look_again(self, luma: Luma, place: Place, closer: Closer | None) -> Sight:
        """One extra attempt; which one is the next turn's, or the nearest to it that makes sense here."""
        part = place.cut_out(luma)
        is_large = place.side_px > _LARGE_SIDE_PX
        turns = _LARGE_TURNS if is_large else _TURNS
        turn = turns[self._turn % len(turns)]
        self._turn += 1
        if not is_large:
            self._fusion.add(part)
        code = place.code
        if turn == "flattened" and code is not None and code.modules <= _MOST_BENT_MODULES:
            *_, flat = flatten(luma, code, rounds=1)
            return self._engines.first(flat)
        if turn == "fused" and self._fusion.is_ripe:
            return self._engines.first(self._fusion.mean())
        if turn == "unglared" and self._fusion.is_ripe:
            return self._engines.first(self._fusion.darkest())
        if turn == "thresholded" and part.mean() >= _DARK_LEVEL:
            return self._engines.both(enhancing.thresholded(part))
        if turn == "thresholded" or is_large:
            return self._engines.first(enhancing.contrasted(part))
        if turn == "sharpened" and closer is not None and (near := _near(place, closer)) is not None:
            return self._engines.first(enhancing.sharpened_near(near, near.shape[0] / part.shape[0]))
        return self._engines.first(enhancing.sharpened(part))


def _near(place: Place, closer: Closer) -> Luma | None:
    """A closer look at a place; None if the camera has let go of the picture."""
    near = closer(place.top_px, place.left_px, place.side_px)
    if near is None or near.size == 0:
        return None
    larger = max(near.shape) / _CLOSER_SIDE_PX
    return enhancing.reduced(near, larger) if larger > 1 else near
