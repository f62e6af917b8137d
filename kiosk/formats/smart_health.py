"""SMART Health Cards: `shc:/` and digits, whole or as a part of several, `shc:/1/2/…`."""

import re

from kiosk.model import Reason, Unreadable, Visitor

_SHAPE = re.compile(r"shc:/[0-9]", re.IGNORECASE)


def recognise(text: str) -> Visitor | Unreadable | None:
    """An answer to a SMART Health Card; None for anything else."""
    return Unreadable(Reason.HEALTH_CARD_CODE) if _SHAPE.match(text) else None
