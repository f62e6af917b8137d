"""The first engine: zxing-cpp, quick where nothing is to be seen and good with tilted and dark-mode codes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hardware.frame import Luma
from hardware.straightening import Located

_SMALLEST_SIDE_PX = 20.0
_FINDER_MODULES = 17
_MODULES_A_VERSION = 4


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """
    What the first engine saw in a picture.

    Attributes:
        contents: The raw contents of the codes that it read, in no order.
        unread: Codes that it found and could not read.
    """

    contents: tuple[bytes, ...] = ()
    unread: tuple[Located, ...] = ()


class Zxing:
    """
    Reads QR codes with zxing-cpp. Keeps nothing between pictures; any thread may use it.

    Raises:
        ImportError: If zxing-cpp is not installed.
    """

    def __init__(self) -> None:
        import zxingcpp  # noqa: PLC0415  # the door reads with the other engine where this one is missing

        self._library = zxingcpp
        # All formats would cost ten times as much on an empty frame. Micro QR, whose smallest kinds have next
        # to no error correction, is left out: it gave the only false texts ever seen.
        self._formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)

    def read(self, luma: Luma) -> list[bytes]:
        """The raw contents of all QR codes in a picture, in no order."""
        return list(self.look(luma).contents)

    def look(self, luma: Luma) -> Look:
        """
        All codes in a picture, those that cannot be read included.

        Bytes, not text: the library's own text guesses at encodings. Only where they are no UTF-8 is its
        guess taken, in UTF-8: it knows what encodings a code may declare, and old ones deserve an answer too.
        """
        found = self._library.read_barcodes(
            luma,
            formats=self._formats,
            try_rotate=True,
            try_downscale=True,
            try_invert=True,
            text_mode=self._library.TextMode.Plain,
            return_errors=True,
        )
        if not found:
            return Look()
        unread = (_located(code) for code in found if not code.valid)
        return Look(
            tuple(_content(code) for code in found if code.valid),
            tuple(place for place in unread if place is not None),
        )


def _located(code: Any) -> Located | None:
    """Where a code lies; None for what has no sensible place or no known size."""
    version = (code.extra or {}).get("Version", "")
    if not version.isdigit():
        return None
    at = code.position
    corners = np.array(
        [(corner.x, corner.y) for corner in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)],
        np.float32,
    )
    sides_px = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)
    if sides_px.min() < _SMALLEST_SIDE_PX:
        return None
    return Located(corners, _FINDER_MODULES + _MODULES_A_VERSION * int(version))


def _content(code: Any) -> bytes:
    content: bytes = code.bytes
    try:
        content.decode()
    except UnicodeDecodeError:
        text: str = code.text
        return text.encode()
    return content
