"""Codes that join a wireless network: `WIFI:`. Of use to a technician only, never at an open door."""

import re

from kiosk.model import Reason, Unreadable, Visitor

_SHAPE = re.compile(r"WIFI:", re.IGNORECASE)


def recognise(text: str) -> Visitor | Unreadable | None:
    """An answer to a network code; None for anything else."""
    return Unreadable(Reason.WIFI_CODE) if _SHAPE.match(text) else None
