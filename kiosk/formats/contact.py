"""Business cards: `MECARD:`, vCard and `tel:`."""

import re

from kiosk.model import Reason, Unreadable, Visitor

_SHAPE = re.compile(r"MECARD:|BEGIN:VCARD|tel:", re.IGNORECASE)


def recognise(text: str) -> Visitor | Unreadable | None:
    """An answer to a business card; None for anything else."""
    return Unreadable(Reason.CONTACT_CODE) if _SHAPE.match(text) else None
