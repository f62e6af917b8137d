"""
The second engine: zbar, an independent reader that at times sees what the first one misses.

zbar guesses the encoding of a code in the order Shift-JIS, Latin-1, Big5, UTF-8, and so garbles about a third
of Vietnamese card texts (mchehab/zbar#212). Its binary mode hands out the bytes as they are. pyzbar does not
know that mode, so zbar is driven here through pyzbar's own functions, without changing anything in pyzbar.
"""

import weakref
from ctypes import c_char_p, c_void_p, cast, string_at
from typing import Any

import numpy as np

from hardware.frame import Luma

# From zbar.h; pyzbar's table of settings ends before the last two.
_QR_CODE = 64
_ALL_SYMBOLS = 0
_ENABLE = 0
_BINARY = 4
_TEST_INVERTED = 0x81
_GREY = int.from_bytes(b"Y800", "little")


class Zbar:
    """
    Reads QR codes with zbar in binary mode. One object is used again for every picture.

    For one thread at a time; other threads run while it reads.

    Args:
        inverted: Whether to look for light codes on dark too, at up to double the time.

    Raises:
        ImportError: If pyzbar or the system's libzbar is missing, or libzbar is older than 0.23.1.
    """

    def __init__(self, *, inverted: bool = False) -> None:
        from pyzbar import wrapper  # noqa: PLC0415  # looks for libzbar when imported

        self._library: Any = wrapper
        self._scanner: Any = wrapper.zbar_image_scanner_create()
        weakref.finalize(self, wrapper.zbar_image_scanner_destroy, self._scanner)
        self._set(_ALL_SYMBOLS, _ENABLE, 0)
        self._set(_QR_CODE, _ENABLE, 1)
        self._set(_QR_CODE, _BINARY, 1)
        if inverted:
            self._set(_ALL_SYMBOLS, _TEST_INVERTED, 1)

    def read(self, luma: Luma) -> list[bytes]:
        """The raw contents of all QR codes in a picture, in no order."""
        height, width = luma.shape
        pixels = np.ascontiguousarray(luma).tobytes()
        image = self._library.zbar_image_create()
        try:
            self._library.zbar_image_set_format(image, _GREY)
            self._library.zbar_image_set_size(image, width, height)
            self._library.zbar_image_set_data(image, cast(c_char_p(pixels), c_void_p), len(pixels), None)
            self._library.zbar_scan_image(self._scanner, image)
            return self._contents(image)
        finally:
            self._library.zbar_image_destroy(image)

    def _contents(self, image: Any) -> list[bytes]:
        contents = []
        symbol = self._library.zbar_image_first_symbol(image)
        while symbol:
            length = self._library.zbar_symbol_get_data_length(symbol)
            contents.append(string_at(self._library.zbar_symbol_get_data(symbol), length))
            symbol = self._library.zbar_symbol_next(symbol)
        return contents

    def _set(self, symbology: int, setting: int, value: int) -> None:
        if self._library.zbar_image_scanner_set_config(self._scanner, symbology, setting, value) != 0:
            raise ImportError("libzbar is older than 0.23.1 and would garble Vietnamese names")
