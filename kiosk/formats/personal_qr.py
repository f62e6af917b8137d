"""
The national personal QR of Bluezone, NCOVI, VHD, PC-Covid and the health book.

Decision 1405/QĐ-BTTTT of 11 September 2021:

    document | NAME | YYYY-MM-DD | 0 self, 1 declared by another | QID | EXT

Document, day, month and phone may be masked with `*`. EXT is split by `<`: QID of the helper, sex, number of
the health-insurance card, phone.
"""

import re

from kiosk import fields, phones
from kiosk.model import Format, Unreadable, Visitor

_FIELDS = 6
_DOCUMENT = re.compile(r"[0-9A-Za-z]{6,20}")
_REFERENCE = re.compile(r"[0-9A-Za-z-]{4,40}")
_PHONE_IN_EXT = 3


def recognise(text: str) -> Visitor | Unreadable | None:
    """The person whom a national personal QR is made out to; None for anything else."""
    parts = [part.strip() for part in text.split("|")]
    if len(parts) != _FIELDS:
        return None
    document, name, birth, declared, reference, extension = parts
    if not fields.is_year_first(birth) or declared not in {"0", "1"}:
        return None
    visitor = Visitor(
        format=Format.PERSONAL_QR,
        document=document.upper() if _DOCUMENT.fullmatch(document) else None,
        name=fields.name(name),
        birth=fields.year_first(birth),
        phone=_phone(extension),
        reference=reference if _REFERENCE.fullmatch(reference) else None,
    )
    tells_somebody = visitor.document or visitor.name or visitor.phone or visitor.reference
    return visitor if tells_somebody else None


def _phone(extension: str) -> str | None:
    parts = extension.split("<")
    return phones.e164(parts[_PHONE_IN_EXT]) if len(parts) > _PHONE_IN_EXT else None
