"""The two engines side by side: either may be missing, and they must not contradict each other."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from hardware.encoding import texts
from hardware.frame import Luma
from hardware.straightening import Located
from hardware.zbar import Zbar
from hardware.zxing import Zxing
from kiosk.errors import DeviceMissing

_log = logging.getLogger(__name__)

_ZXING_REMEDY = "pip install zxing-cpp"
_ZBAR_REMEDY = "pip install pyzbar, apt install libzbar0 (Debian 13: libzbar0t64)"


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """
    What an attempt saw.

    Attributes:
        texts: The exact texts of the codes read, none twice.
        unread: Codes found and not read, in the coordinates of the picture that was looked at.
    """

    texts: tuple[str, ...] = field(default=(), repr=False)
    unread: tuple[Located, ...] = ()


class Engines:
    """
    zxing-cpp and zbar.

    With one of them missing the other reads alone, and one warning in the log names the remedy.

    For one thread at a time.

    Raises:
        DeviceMissing: If neither engine is installed.
    """

    def __init__(self) -> None:
        self.zxing: Zxing | None = _start(Zxing, "zxing-cpp", _ZXING_REMEDY)
        # Dark-mode phones are the first engine's work, which does it nearly for nothing.
        inverted = self.zxing is None
        self.zbar: Zbar | None = _start(lambda: Zbar(inverted=inverted), "zbar", _ZBAR_REMEDY)
        if self.zxing is None and self.zbar is None:
            raise DeviceMissing(f"no QR reader is installed: {_ZXING_REMEDY}, or {_ZBAR_REMEDY}")

    def first(self, luma: Luma) -> Sight:
        """A look with zxing-cpp, or with zbar where that is missing."""
        if self.zxing is None:
            return self._second(luma)
        look = self.zxing.look(luma)
        return Sight(tuple(texts(look.contents)), look.unread)

    def both(self, luma: Luma) -> Sight:
        """A look with each engine. Where both read and do not read the same, nothing counts as read."""
        first = self.first(luma)
        if self.zxing is None or self.zbar is None:
            return first
        second = self._second(luma)
        contradict = bool(first.texts and second.texts) and set(first.texts) != set(second.texts)
        return Sight(() if contradict else first.texts or second.texts, first.unread)

    def _second(self, luma: Luma) -> Sight:
        assert self.zbar is not None
        return Sight(tuple(texts(self.zbar.read(luma))))


def _start(make: Callable[[], Any], name: str, remedy: str) -> Any:
    try:
        return make()
    except ImportError as problem:
        _warn_once(f"{name} cannot be used ({problem}), codes are read without it: {remedy}")
        return None


@cache
def _warn_once(message: str) -> None:
    _log.warning(message)
