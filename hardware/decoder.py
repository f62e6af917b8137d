"""From a picture to the texts of the codes in it."""

import logging
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Protocol

import numpy as np

from hardware.frame import Luma
from hardware.zbar import Zbar
from hardware.zxing import Zxing
from kiosk.errors import DeviceMissing

_log = logging.getLogger(__name__)

_ZXING_REMEDY = "pip install zxing-cpp"
_ZBAR_REMEDY = "pip install pyzbar, apt install libzbar0 (Debian 13: libzbar0t64)"

_CHANGED_LEVELS = 8
_CHANGED_SHARE = 0.01
_HEARTBEAT_FRAMES = 5
_LUMA_DIMENSIONS = 2
_HALF_WIDTH_KANA = range(0xFF61, 0xFFA0)


class Engine(Protocol):
    """Reads QR codes and hands out their bytes."""

    def read(self, luma: Luma) -> list[bytes]:
        """The raw contents of all QR codes in a picture, in no order."""
        ...


class Decoder:
    """
    Reads the QR codes in pictures, exact to the letter. One object serves a whole stream of frames.

    zxing-cpp looks at every frame. Where it reads nothing, zbar looks too, at ten times the cost; so while
    the picture does not change, zbar looks at every fifth frame only. With one of the two engines missing,
    the other reads alone, and one warning in the log names the remedy.

    For one thread at a time.

    Raises:
        DeviceMissing: If neither engine is installed.
    """

    def __init__(self) -> None:
        self._first: Engine | None = _start(Zxing, "zxing-cpp", _ZXING_REMEDY)
        # Dark-mode phones are the first engine's work, which does it nearly for nothing.
        inverted = self._first is None
        self._second: Engine | None = _start(lambda: Zbar(inverted=inverted), "zbar", _ZBAR_REMEDY)
        if self._first is None and self._second is None:
            raise DeviceMissing(f"no QR reader is installed: {_ZXING_REMEDY}, or {_ZBAR_REMEDY}")
        self._unread: Luma | None = None
        self._skipped_frames = 0

    def read(self, luma: Luma) -> list[str]:
        """
        The texts of all codes in a picture, in Unicode NFC, in no order and none twice.

        A code whose bytes are neither UTF-8 nor Shift-JIS kanji is left out: no text is better than a
        garbled one.

        Args:
            luma: Any height and width, contiguous or not.

        Raises:
            ValueError: If it is not a two-dimensional array of uint8.
        """
        if luma.ndim != _LUMA_DIMENSIONS or luma.dtype != np.uint8:
            raise ValueError(
                f"a picture of {luma.ndim} dimensions of {luma.dtype}: give 2 dimensions of uint8"
            )
        if luma.size == 0:
            return []
        texts = _texts(self._first.read(luma)) if self._first else []
        if not texts and self._second and self._is_worth_a_second_look(luma):
            texts = _texts(self._second.read(luma))
        if texts:
            self._unread = None
        return texts

    def _is_worth_a_second_look(self, luma: Luma) -> bool:
        if self._first is None:
            return True
        sample = _sample(luma)
        self._skipped_frames += 1
        if self._skipped_frames < _HEARTBEAT_FRAMES and not _differs(sample, self._unread):
            return False
        self._unread = sample
        self._skipped_frames = 0
        return True


def _start(make: Callable[[], Engine], name: str, remedy: str) -> Engine | None:
    try:
        return make()
    except ImportError as problem:
        _warn_once(f"{name} cannot be used ({problem}), codes are read without it: {remedy}")
        return None


@cache
def _warn_once(message: str) -> None:
    _log.warning(message)


def _sample(luma: Luma) -> Luma:
    """Every 16th pixel each way, more of a small picture; a copy, since cameras use their buffers again."""
    step = max(1, min(16, min(luma.shape) // 20))
    return luma[::step, ::step].copy()


def _differs(sample: Luma, earlier: Luma | None) -> bool:
    if earlier is None or earlier.shape != sample.shape:
        return True
    difference = np.abs(sample.astype(np.int16) - earlier)
    return bool(np.mean(difference > _CHANGED_LEVELS) > _CHANGED_SHARE)


def _texts(contents: list[bytes]) -> list[str]:
    texts = (_text(content) for content in contents)
    return list(dict.fromkeys(text for text in texts if text))


def _text(content: bytes) -> str | None:
    try:
        return unicodedata.normalize("NFC", content.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("shift_jis")
    except UnicodeDecodeError:
        return None
    # Kanji mode holds two-byte characters only; half-width kana are bytes of some other encoding.
    if any(ord(letter) in _HALF_WIDTH_KANA for letter in text):
        return None
    return unicodedata.normalize("NFC", text)
