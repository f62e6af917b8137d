"""Tokens on the office's own code, as doors show them, and which door has shown one."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hmac import compare_digest

from kiosk.tokens import STEP_S, TOKEN_LETTERS, office_code_key, token

__all__ = ["kiosk_of", "office_code_key", "token"]

_STEPS_BACK, _STEPS_AHEAD = 3, 1
"""A visitor takes a while to scan and to send; a box's clock may be a little ahead."""


def kiosk_of(shown: str, place_key: bytes, kiosks: Iterable[str], now: datetime) -> str | None:
    """
    Which box has shown a token within the last three minutes, or will in the next; None for none of them.

    Every token that would be right is compared whole, so that the time it takes tells nothing of them.

    Args:
        shown: What somebody says that they read off a screen: anything.
        place_key: What the pseudonyms of all doors of the place are made with: 32 bytes.
        kiosks: Names of the place's boxes.
        now: The centre's time (aware).
    """
    if len(shown) != TOKEN_LETTERS:
        return None
    key, said, found = office_code_key(place_key), shown.encode(errors="replace"), None
    for kiosk in kiosks:
        for step in range(-_STEPS_BACK, _STEPS_AHEAD + 1):
            right = token(key, kiosk, now + timedelta(seconds=step * STEP_S))
            if compare_digest(right.encode(), said):
                found = kiosk
    return found
