"""
Codes that belong on a wall: the check-in address of a place, to be scanned by the visitor's phone.

`https://tokhaiyte.vn/?page=Group.checkin&groupId=…`, also under qr.tokhaiyte.vn and qr.pccovid.gov.vn, and
Ho Chi Minh City's `https://kbyt.khambenh.gov.vn/qr/…`.
"""

from kiosk import fields
from kiosk.model import Reason, Unreadable, Visitor

HOSTS = frozenset({"tokhaiyte.vn", "qr.tokhaiyte.vn", "qr.pccovid.gov.vn", "kbyt.khambenh.gov.vn"})


def recognise(text: str) -> Visitor | Unreadable | None:
    """An answer to the code of a place; None for anything else."""
    address = fields.web_address(text)
    is_place = address is not None and address.hostname in HOSTS
    return Unreadable(Reason.PLACE_CODE) if is_place else None
