"""
A bare number, off a code or off the keypad: twelve digits of an ID card, nine of the old one, or a phone.

Lengths decide, and no list of provinces or operators: such lists age, and a visitor is turned away.
"""

import re

from kiosk import phones
from kiosk.model import Format, Unreadable, Visitor

_BETWEEN_DIGITS = re.compile(r"[ .-]")
_ID_NUMBER = re.compile(r"[0-9]{12}|[0-9]{9}")


def recognise(text: str) -> Visitor | Unreadable | None:
    """The person with this ID or phone number; None for anything else."""
    digits = _BETWEEN_DIGITS.sub("", text)
    if _ID_NUMBER.fullmatch(digits):
        return Visitor(format=Format.ID_NUMBER, document=digits)
    phone = phones.e164(text)
    return Visitor(format=Format.PHONE, phone=phone) if phone else None
