"""
A bare number, off a code or off the keypad: twelve digits of an ID card, nine of the old one, a phone, or ten
digits of a health-insurance card (fifteen characters on the old one).

Lengths decide, and no list of provinces or operators: such lists age, and a visitor is turned away. Ten
digits that can be a phone are one.
"""

import re

from kiosk import phones
from kiosk.model import Format, Unreadable, Visitor

_BETWEEN_DIGITS = re.compile(r"[ .-]")
_ID_NUMBER = re.compile(r"[0-9]{12}|[0-9]{9}")
_INSURANCE = re.compile(r"(?!1[89]00)[0-9]{10}|[A-Z]{2}[0-9]{13}")
"""Numbers that begin with 1800 and 1900 are telephone services."""
_SOCIAL_INSURANCE_DIGITS = 10


def recognise(text: str) -> Visitor | Unreadable | None:
    """The person with this ID, phone or health-insurance number; None for anything else."""
    digits = _BETWEEN_DIGITS.sub("", text)
    if _ID_NUMBER.fullmatch(digits):
        return Visitor(format=Format.ID_NUMBER, document=digits)
    phone = phones.e164(text)
    if phone:
        return Visitor(format=Format.PHONE, phone=phone)
    if _INSURANCE.fullmatch(digits.upper()):
        return Visitor(format=Format.BHYT, reference=digits[-_SOCIAL_INSURANCE_DIGITS:])
    return None
