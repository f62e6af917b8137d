"""
Health certificates: the EU DCC and Vietnam's vaccine passport (Decision 5772/QĐ-BYT).

    HC1: + base45(zlib(COSE_Sign1(claims)))

Claims of hcert-spec 1.0.8: 4 expires, 6 issued, -260 → {1: certificate}. A certificate tells a name and a
birth date, and says whether its signature and dates hold; it decides nothing at the door. What somebody was
vaccinated against or tested for is sensitive data and never leaves this file.
"""

import hashlib
import re
import zlib
from datetime import datetime
from typing import Any

from base45 import b45decode

from kiosk import cose, fields
from kiosk.model import Format, Reason, Unreadable, Visitor
from kiosk.proof import Proof, Trust

PREFIX = "HC1:"
_MAX_BYTES = 16_384
"""More than any certificate unpacks to, and little enough for a zip bomb to be nothing."""
_EXPIRES, _ISSUED, _CERTIFICATE, _VERSION_1 = 4, 6, -260, 1
_GROUPS = ("v", "t", "r")
"""Vaccinations, tests, recoveries: each entry has a certificate id, `ci`."""
_BIRTH = re.compile(r"([0-9]{4})(-[0-9]{2})?(-[0-9]{2})?(T.*)?")
_ID = re.compile(r"[!-~]{4,80}")


def recognise(text: str, trust: Trust, at: datetime | None) -> Visitor | Unreadable | None:
    """
    The holder of a health certificate; None for anything else.

    Args:
        text: What the code holds. Its spaces count.
        trust: Whose signatures are believed.
        at: The present (aware), or None when no clock is to be trusted: dates are then not looked at.
    """
    if not text.startswith(PREFIX):
        return None
    message = _unpacked(text.removeprefix(PREFIX))
    signed = cose.opened(message, trust) if message else None
    if signed is None:
        return Unreadable(Reason.BROKEN_CODE)
    if signed.proof is None:
        return Unreadable(Reason.FORGED_CODE)
    certificate = _inside(signed.claims, _CERTIFICATE, _VERSION_1)
    if not isinstance(certificate, dict):
        return Unreadable(Reason.BROKEN_CODE)
    return Visitor(
        format=Format.HC1,
        name=_name(certificate.get("nam")),
        birth=_birth(certificate.get("dob")),
        reference=_certificate_id(certificate) or hashlib.sha256(signed.payload).hexdigest()[:32],
        proof=_dated(signed.proof, signed.claims, at),
    )


def _unpacked(text: str) -> bytes | None:
    try:
        packed = b45decode(text)
        unpacking = zlib.decompressobj()
        message = unpacking.decompress(packed, _MAX_BYTES)
    except (ValueError, zlib.error):
        return None
    return message if unpacking.eof else None


def _dated(proof: Proof, claims: dict[Any, Any], at: datetime | None) -> Proof:
    """What the dates add; those of an unknown issuer prove as little as the rest."""
    if proof is not Proof.VALID or at is None:
        return proof
    now_s = at.timestamp()
    expires_s, issued_s = _seconds(claims.get(_EXPIRES)), _seconds(claims.get(_ISSUED))
    if expires_s is None or not now_s < expires_s:  # nor for a number that is none
        return Proof.EXPIRED
    return Proof.NOT_YET if issued_s is not None and now_s < issued_s else Proof.VALID


def _seconds(claim: object) -> float | None:
    if isinstance(claim, datetime):
        return claim.timestamp()
    return claim if isinstance(claim, int | float) and not isinstance(claim, bool) else None


def _inside(tree: object, *path: object) -> object:
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def _name(names: object) -> str | None:
    """Family name first, as people are called here; the machine-readable spelling where there is no other."""
    for family, given in (("fn", "gn"), ("fnt", "gnt")):
        parts = [_inside(names, family), _inside(names, given)]
        name = fields.name(" ".join(part for part in parts if isinstance(part, str)).replace("<", " "))
        if name:
            return name
    return None


def _birth(birth: object) -> str | None:
    """`YYYY`, `YYYY-MM` and `YYYY-MM-DD` occur, and some issuers add a time."""
    match = _BIRTH.fullmatch(birth) if isinstance(birth, str) else None
    if match is None:
        return None
    year, month, day, _time = match.groups()
    return fields.year_first(f"{year}{month}{day}") if month and day else year


def _certificate_id(certificate: dict[Any, Any]) -> str | None:
    for group in _GROUPS:
        entries = certificate.get(group)
        if isinstance(entries, list) and entries:
            number = _inside(entries[0], "ci")
            return number if isinstance(number, str) and _ID.fullmatch(number) else None
    return None
