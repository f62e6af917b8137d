"""
Signed codes of the centre: `EK1:`.

At an open door only a visitor's pass tells of somebody. Of a guard's badge the digest is told, by which the
door knows its guards; of a technician's badge only when it ends. Set-up codes are named for what they are.
"""

from datetime import datetime

from kiosk import fields, signing
from kiosk.badges import badge_digest
from kiosk.model import Format, Reason, Unreadable, Visitor
from kiosk.proof import Proof, Trust
from kiosk.signing import Purpose

_DATED = {Proof.EXPIRED: Reason.EXPIRED_CODE, Proof.NOT_YET: Reason.EARLY_CODE}


def recognise(text: str, trust: Trust, at: datetime | None) -> Visitor | Unreadable | None:
    """
    The bearer of a pass, or what else a signed code is; None for anything else.

    Args:
        text: What the code holds.
        trust: Whose signatures are believed.
        at: The present (aware), or None when no clock is to be trusted: dates are then not looked at.
    """
    code = signing.opened(text, trust)
    if code is None or isinstance(code, Unreadable):
        return code
    proof = code.proof(at)
    if proof in _DATED:
        return Unreadable(_DATED[proof])
    if code.purpose is Purpose.BADGE:
        return Unreadable(Reason.BADGE_CODE, badge_digest(code.subject), code.expires)
    if code.purpose is Purpose.TECHNICIAN:
        return Unreadable(Reason.TECHNICIAN_CODE, expires=code.expires)
    if code.purpose is Purpose.SETUP:
        return Unreadable(Reason.SETUP_CODE)
    return Visitor(
        format=Format.PASS, name=fields.name(code.name or ""), reference=code.subject, proof=Proof.VALID
    )
