"""
The declaration of a person in Ho Chi Minh City: a number of a form, in an address.

    https://kbyt.khambenh.gov.vn/#tokhai_yte/ketqua?id=…

Whoever made it out knows them; the door does not. The same host's `/qr/…` are places.
"""

from kiosk import fields
from kiosk.model import Reason, Unreadable, Visitor

HOST = "kbyt.khambenh.gov.vn"
_FORM = "tokhai_yte/ketqua"


def recognise(text: str) -> Visitor | Unreadable | None:
    """An answer to a person's health declaration; None for anything else."""
    address = fields.web_address(text)
    is_form = address is not None and address.hostname == HOST and address.fragment.startswith(_FORM)
    return Unreadable(Reason.DECLARATION_CODE) if is_form else None
