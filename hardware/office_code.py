"""The office's own code: a QR code that any phone's camera opens, drawn in whole pixels."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import zxingcpp

QUIET_MODULES = 4
"""White around a code, in modules: what its standard asks for (ISO/IEC 18004)."""
_DARKEST_WHITE = 128


@lru_cache(maxsize=4)
def modules(text: str) -> npt.NDArray[np.bool_]:
    """
    The modules of a text's QR code, with the white around it; true is dark.

    Texts of as many bytes have codes of one size, so that a code that changes each minute stays as it stands.

    Raises:
        ValueError: If the text is too long for any QR code.
    """
    # Half a letter, which no code can say, becomes a question mark.
    whole = text.encode(errors="replace")
    try:
        drawn = _drawn(whole.decode(), version=_version(len(whole)))
    except ValueError:
        # Letters of several scripts, which no address has, take more than their bytes.
        drawn = _drawn(whole.decode())
    return np.pad(drawn, QUIET_MODULES)


def modules_across(text: str) -> int:
    """How many modules a code is wide and high, white around it included."""
    return len(modules(text))


@lru_cache(maxsize=4)
def _version(size: int) -> int:
    """The size of a code of so many bytes, none of them digits, which pack closer: 1 to 40."""
    return (len(_drawn("a" * size)) - 17) // 4


def _drawn(text: str, **more: int) -> npt.NDArray[np.bool_]:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", **more)
    picture: npt.NDArray[np.uint8] = np.array(code.to_image(scale=1, add_quiet_zones=False))
    return picture < _DARKEST_WHITE
