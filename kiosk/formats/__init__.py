"""
Everything that people hold to the camera or key in, one format a file.

To add a format, write a module with `recognise(text) -> Visitor | Unreadable | None` (None: not mine) and
put it into `FORMATS` where its turn is. Every `recognise` is total: any text gives an answer, none raises.
"""

import unicodedata
from collections.abc import Callable

from kiosk.formats import contact, id_card, number, payment, personal_qr, place, web, wifi
from kiosk.model import Reason, Unreadable, Visitor

FORMATS: tuple[Callable[[str], Visitor | Unreadable | None], ...] = (
    personal_qr.recognise,
    id_card.recognise,
    place.recognise,
    wifi.recognise,
    contact.recognise,
    payment.recognise,
    number.recognise,
    web.recognise,
)
"""In the order of trying: the most telling shapes first."""

MAX_LETTERS = 4096
"""More than any QR code can hold in letters (ISO/IEC 18004: 4,296 in the smallest alphabet, 2,953 bytes)."""

_DROPPED = dict.fromkeys(map(ord, "\r\n\ufeff"))


def recognise(text: str) -> Visitor | Unreadable:
    """
    Who a code or a typed number tells of, or why it tells of nobody.

    Only CR, LF and the byte order mark are dropped; the rest is normalised to Unicode NFC.
    """
    tidy = unicodedata.normalize("NFC", text[:MAX_LETTERS].translate(_DROPPED))
    for recognise_one in FORMATS:
        found = recognise_one(tidy)
        if found is not None:
            return found
    return Unreadable(Reason.UNKNOWN_CODE)
