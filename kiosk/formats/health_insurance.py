"""
The code on health-insurance cards (BHYT).

    number | name, hex | birth | sex | address, hex | hospital | from | to | … | $

The number has fifteen characters, or ten since 2021: the old one's last ten digits are the same, and the
person's social-insurance number. It is no ID number. Only the first three fields are ever kept.
"""

import re

from kiosk import fields
from kiosk.model import Format, Unreadable, Visitor

_END = "|$"
_NUMBER = re.compile(r"(?:[A-Z]{2}[0-9]{3})?([0-9]{10})")
_KEPT = 3


def recognise(text: str) -> Visitor | Unreadable | None:
    """The holder of a health-insurance card; None for anything else."""
    parts = [part.strip() for part in text.rstrip().removesuffix(_END).split("|")]
    number = _NUMBER.fullmatch(parts[0].upper())
    if not text.rstrip().endswith(_END) or len(parts) < _KEPT or number is None:
        return None
    return Visitor(
        format=Format.BHYT,
        name=_name(parts[1]),
        birth=fields.with_slashes(parts[2]),
        reference=number[1],
    )


def _name(written: str) -> str | None:
    try:
        return fields.name(bytes.fromhex(written).decode())
    except ValueError:
        return None
