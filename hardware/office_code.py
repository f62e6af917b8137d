"""The office's own code: a QR code that any phone's camera opens, drawn in whole pixels."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import zxingcpp

QUIET_MODULES = 4
"""White around a code, in modules: what its standard asks for (ISO/IEC 18004)."""


@lru_cache(maxsize=4)
def modules(text: str) -> npt.NDArray[np.bool_]:
    """
    The modules of a text's QR code, with the white around it; true is dark.

    Raises:
        ValueError: If the text is too long for any QR code.
    """
    # Half a letter, which no code can say, becomes a question mark.
    whole = text.encode(errors="replace").decode()
    code = zxingcpp.create_barcode(whole, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    picture = np.array(code.to_image(scale=1, add_quiet_zones=False))
    dark: npt.NDArray[np.bool_] = np.pad(picture < 128, QUIET_MODULES)  # noqa: PLR2004 - black or white
    return dark


def modules_across(text: str) -> int:
    """How many modules a code is wide and high, white around it included."""
    return len(modules(text))
