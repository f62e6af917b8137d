"""Payment codes: VietQR and other EMV merchant codes, `000201…6304<CRC>`."""

import re

from kiosk.model import Reason, Unreadable, Visitor

_SHAPE = re.compile(r"000201.*6304[0-9A-F]{4}$", re.IGNORECASE)


def recognise(text: str) -> Visitor | Unreadable | None:
    """An answer to a payment code; None for anything else."""
    return Unreadable(Reason.PAYMENT_CODE) if _SHAPE.match(text) else None
