"""By what the doors of a place know people again, for a number that somebody types at the centre."""

import re

from kiosk.entries import Pseudonyms
from kiosk.model import Format, Visitor
from kiosk.phones import e164
from kiosk.sealing import FIELDS, Person, Sealer

__all__ = [
    "Pseudonyms",
    "of_document",
    "of_person",
    "of_phone",
    "of_reference",
    "read_document",
    "read_reference",
]

_BETWEEN_DIGITS = re.compile(r"[ .-]")
_DOCUMENT = re.compile(r"[0-9]{12}|[0-9]{9}")
_INSURANCE = re.compile(r"(?:[A-Z]{2}[0-9]{3})?([0-9]{10})")


def of_document(place_key: bytes, text: str) -> bytes | None:
    """
    The pseudonym of an ID number: 32 bytes; None for what is none.

    Args:
        place_key: What the pseudonyms of all doors of the place are made with: 32 bytes.
        text: Twelve digits, or nine of the old card, with or without spaces, dots and hyphens.
    """
    digits = read_document(text)
    if digits is None:
        return None
    return Sealer("", place_key).pseudonyms(Visitor(Format.ID_NUMBER, document=digits)).document


def read_document(text: str) -> str | None:
    """The digits of an ID number; None for what is none. It is written as above."""
    digits = _BETWEEN_DIGITS.sub("", text)
    return digits if _DOCUMENT.fullmatch(digits) else None


def of_phone(place_key: bytes, text: str) -> bytes | None:
    """
    The pseudonym of a phone number: 32 bytes; None for what is none that a person can have.

    Args:
        place_key: As above.
        text: As people write it, or in E.164.
    """
    phone = e164(text)
    if phone is None:
        return None
    return Sealer("", place_key).pseudonyms(Visitor(Format.PHONE, phone=phone)).phone


def of_reference(place_key: bytes, text: str) -> bytes | None:
    """
    The pseudonym of a health-insurance card: 32 bytes; None for what is no number of one.

    Args:
        place_key: As above.
        text: The ten digits of the card, or the fifteen characters of the old one, written as above.
    """
    digits = read_reference(text)
    if digits is None:
        return None
    return Sealer("", place_key).pseudonyms(Visitor(Format.BHYT, reference=digits)).other


def read_reference(text: str) -> str | None:
    """The ten digits of a health-insurance card; None for what is none. It is written as above."""
    found = _INSURANCE.fullmatch(_BETWEEN_DIGITS.sub("", text).upper())
    return found[1] if found else None


def of_person(place_key: bytes, person: Person) -> Pseudonyms:
    """
    The pseudonyms that a door of the place would make of a person with these fields.

    Args:
        place_key: As above.
        person: What is known.
    """
    known = {name: value for name, value in person.items() if name in FIELDS}
    return Sealer("", place_key).pseudonyms(Visitor(Format.ID_NUMBER, **known))  # type: ignore[arg-type]
