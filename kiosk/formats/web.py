"""Web addresses that are no place code."""

import re

from kiosk.model import Reason, Unreadable, Visitor

_SHAPE = re.compile(r"https?://", re.IGNORECASE)


def recognise(text: str) -> Visitor | Unreadable | None:
    """An answer to a web address; None for anything else."""
    return Unreadable(Reason.WEB_CODE) if _SHAPE.match(text) else None
