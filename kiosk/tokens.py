"""
Tokens of the office's own code: what tells somebody at the door from somebody who kept its address.

A token is of one box and one minute, as a one-time password is of one time step (TOTP, RFC 6238): the first
40 bits of HMAC-SHA-256 (RFC 2104), in base32 (RFC 4648). The centre has the same key and works it out anew.
"""

import hashlib
import hmac
from base64 import b32encode
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TOKEN_LETTERS = 8
STEP_S = 60
"""How long a token stands on the screen."""

_KEY_BYTES = 32
_TOKEN_BYTES = 5


@dataclass(frozen=True, slots=True)
class Tokens:
    """
    What a box makes its tokens with.

    Attributes:
        kiosk: The box's name at its centre.
        key: Of the office's codes of all boxes of the place: 32 bytes.
    """

    kiosk: str
    key: bytes = field(repr=False)

    def on(self, address: str, at: datetime) -> str:
        """A web address with this box's token at a time (aware)."""
        return with_token(address, token(self.key, self.kiosk, at))


def office_code_key(place_key: bytes) -> bytes:
    """
    The key of the tokens, which tells nothing of the key it is made from (HKDF-SHA-256, RFC 5869): 32 bytes.

    Args:
        place_key: What the pseudonyms of all doors of the place are made with: 32 bytes.
    """
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"entrance-kiosk office code key v1").derive(place_key)


def token(key: bytes, kiosk: str, at: datetime) -> str:
    """
    What a box shows in the minute of a time (aware): eight letters of `a` to `z` and `2` to `7`.

    Args:
        key: That of `office_code_key`.
        kiosk: The box's name at its centre.
        at: Any time within the minute.
    """
    minute = int(at.timestamp() // STEP_S)
    digest = hmac.digest(key, f"entrance-kiosk office code v1\n{kiosk}\n{minute}".encode(), hashlib.sha256)
    return b32encode(digest[:_TOKEN_BYTES]).decode().lower()


def with_token(address: str, token: str) -> str:
    """A web address that asks with a token, as `t`; what follows a `#` stays behind it."""
    page, mark, part = address.partition("#")
    return f"{page}{'&' if '?' in page else '?'}t={token}{mark}{part}"
