"""The first engine: zxing-cpp, quick where nothing is to be seen and good with tilted and dark-mode codes."""

from hardware.frame import Luma


class Zxing:
    """
    Reads QR codes with zxing-cpp. Keeps nothing between pictures.

    Raises:
        ImportError: If zxing-cpp is not installed.
    """

    def __init__(self) -> None:
        import zxingcpp  # noqa: PLC0415  # the door reads with the other engine where this one is missing

        self._library = zxingcpp
        # All formats would cost ten times as much on an empty frame.
        self._formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)

    def read(self, luma: Luma) -> list[bytes]:
        """
        The raw contents of all QR codes in a picture, in no order.

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
        )
        return [code.bytes if _is_utf8(code.bytes) else code.text.encode() for code in found]


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
