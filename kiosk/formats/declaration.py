"""
The declaration of a person in Ho Chi Minh City: a number of a form, in an address.

    https://kbyt.khambenh.gov.vn/#tokhai_yte/ketqua?id=…

Whoever made it out knows them; the door does not. The same host's `/qr/…` are places.
"""

from urllib.parse import urlsplit

from kiosk.model import Reason, Unreadable, Visitor

HOST = "kbyt.khambenh.gov.vn"
_FORM = "tokhai_yte/ketqua"


def recognise(text: str) -> Visitor | Unreadable | None:
    """An answer to a person's health declaration; None for anything else."""
    try:
        address = urlsplit(text)
        host = address.hostname
    except ValueError:
        return None
    is_form = address.scheme in {"http", "https"} and host == HOST and address.fragment.startswith(_FORM)
    return Unreadable(Reason.DECLARATION_CODE) if is_form else None
