"""
The code on Vietnamese ID cards: CCCD (2021) and Căn cước (July 2024).

    id | old CMND or empty | full name | DDMMYYYY | Nam/Nữ | address | issued DDMMYYYY [| four more]

The first seven fields are read by position. The four more of Circular 16/2024/TT-BCA are other people's data
and the address is not needed at a door: neither is ever kept.
"""

import re

from kiosk import fields
from kiosk.model import Format, Unreadable, Visitor

_ID = re.compile(r"[0-9]{12}")
_CCCD_FIELDS = 7


def recognise(text: str) -> Visitor | Unreadable | None:
    """The holder of an ID card; None for anything else."""
    parts = text.split("|")
    if len(parts) < _CCCD_FIELDS:
        return None
    document, _old, name, birth = (part.strip() for part in parts[:4])
    born = fields.day_first(birth)
    if not _ID.fullmatch(document) or born is None:
        return None
    return Visitor(
        format=Format.CCCD if len(parts) == _CCCD_FIELDS else Format.CAN_CUOC,
        document=document,
        name=fields.name(name),
        birth=born,
    )
