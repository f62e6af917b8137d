"""
Everything that people hold to the camera or key in, one format a file.

To add a format, write a module with `recognise(text) -> Visitor | Unreadable | None` (None: not mine) and
put it into `FORMATS` where its turn is; one that checks a signature takes `trust` and `at` too, and stands in
`SIGNED`. Every `recognise` is total: any text gives an answer, none raises.
"""

import unicodedata
from collections.abc import Callable
from datetime import datetime

from kiosk.formats import (
    contact,
    declaration,
    health_insurance,
    id_card,
    number,
    payment,
    personal_qr,
    place,
    signed,
    smart_health,
    web,
    wifi,
)
from kiosk.model import Reason, Unreadable, Visitor
from kiosk.proof import NOBODY, Trust


def _health_certificate(text: str, trust: Trust, at: datetime | None) -> Visitor | Unreadable | None:
    if not text.startswith("HC1:"):
        return None
    from kiosk.formats import hc1  # noqa: PLC0415 (a tenth of a second to import, and few visitors need it)

    return hc1.recognise(text, trust, at)


SIGNED: tuple[Callable[[str, Trust, datetime | None], Visitor | Unreadable | None], ...] = (
    _health_certificate,
    signed.recognise,
)
"""Formats with a signature, known by their first letters: tried before all others."""

FORMATS: tuple[Callable[[str], Visitor | Unreadable | None], ...] = (
    smart_health.recognise,
    health_insurance.recognise,
    personal_qr.recognise,
    id_card.recognise,
    declaration.recognise,
    place.recognise,
    wifi.recognise,
    contact.recognise,
    payment.recognise,
    number.recognise,
    web.recognise,
)
"""In the order of trying: the most telling shapes first."""

MAX_LETTERS = 4296
"""As many as any QR code can hold (ISO/IEC 18004: 4,296 of its small alphabet, 2,953 bytes)."""

_DROPPED = dict.fromkeys(map(ord, "\r\n\ufeff"))


def recognise(text: str, trust: Trust = NOBODY, at: datetime | None = None) -> Visitor | Unreadable:
    """
    Who a code or a typed number tells of, or why it tells of nobody.

    Only CR, LF and the byte order mark are dropped; the rest is normalised to Unicode NFC.

    Args:
        text: What the code holds.
        trust: Whose signatures are believed.
        at: The present (aware), or None when no clock is to be trusted: nothing is then called expired.
    """
    tidy = unicodedata.normalize("NFC", text[:MAX_LETTERS].translate(_DROPPED))
    for recognise_signed in SIGNED:
        found = recognise_signed(tidy, trust, at)
        if found is not None:
            return found
    for recognise_one in FORMATS:
        found = recognise_one(tidy)
        if found is not None:
            return found
    return Unreadable(Reason.UNKNOWN_CODE)
