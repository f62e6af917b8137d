"""
The readers that are measured: ours, and the two libraries as everyone calls them.

Each library is loaded with its reader, never before, so that a process can weigh one of them alone.
"""

from collections.abc import Callable
from typing import Protocol

from hardware.frame import Luma


class Reader(Protocol):
    """Reads the codes in frame after frame."""

    def read(self, luma: Luma) -> list[str]:
        """The texts of the codes in a frame."""
        ...


class PlainPyzbar:
    """pyzbar as its documentation calls it, for QR codes only."""

    def __init__(self) -> None:
        from pyzbar import pyzbar

        self._pyzbar = pyzbar

    def read(self, luma: Luma) -> list[str]:
        symbols = [self._pyzbar.ZBarSymbol.QRCODE]
        return [code.data.decode("utf-8", "replace") for code in self._pyzbar.decode(luma, symbols=symbols)]


class PlainZxingCpp:
    """zxing-cpp as its documentation calls it, for QR codes only."""

    def __init__(self) -> None:
        import zxingcpp

        self._zxingcpp = zxingcpp

    def read(self, luma: Luma) -> list[str]:
        codes = self._zxingcpp.read_barcodes(
            luma,
            formats=self._zxingcpp.BarcodeFormat.QRCode,
            text_mode=self._zxingcpp.TextMode.Plain,
        )
        return [code.text for code in codes]


class Stills:
    """Ours for pictures that stand still."""

    def __init__(self) -> None:
        from hardware.stills import read_still

        self.read: Callable[[Luma], list[str]] = read_still


def _ours() -> Reader:
    from hardware.decoder import Decoder

    return Decoder()


READERS: dict[str, Callable[[], Reader]] = {
    "ours": _ours,
    "pyzbar": PlainPyzbar,
    "zxing_cpp": PlainZxingCpp,
}
"""Makes each of them anew, by its name in `row.Figures`."""


def one_core() -> None:
    """
    Keep OpenCV on the thread that calls it.

    Otherwise the time of that thread would leave out what others did for it.
    """
    import cv2

    cv2.setNumThreads(1)
