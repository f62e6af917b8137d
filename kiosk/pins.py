"""
A guard's number and badge as a door may keep them: hashed, so that a stolen card tells neither.

Numbers are short: a slow hash with a salt (scrypt, RFC 7914) makes each guess cost 16 MiB and some tens of
milliseconds. A badge is signed by the centre already; its digest only hides whose it is.
"""

import hashlib
import secrets
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MIN_DIGITS, MAX_DIGITS = 4, 12
_LENGTH, _SALT_BYTES = 32, 16
_LOG_N, _R, _P = 14, 8, 1
_MAX_LOG_N = 17
"""More than this would keep a door busy for seconds."""


def hashed(pin: str) -> str:
    """
    A number as it may be kept: `$scrypt$ln=14,r=8,p=1$salt$hash`.

    Raises:
        ValueError: If it is not 4 to 12 digits.
    """
    if not (pin.isascii() and pin.isdigit() and MIN_DIGITS <= len(pin) <= MAX_DIGITS):
        raise ValueError(f"a PIN is {MIN_DIGITS} to {MAX_DIGITS} digits")
    salt = secrets.token_bytes(_SALT_BYTES)
    digest = Scrypt(salt=salt, length=_LENGTH, n=1 << _LOG_N, r=_R, p=_P).derive(pin.encode())
    return f"$scrypt$ln={_LOG_N},r={_R},p={_P}${_text(salt)}${_text(digest)}"


def is_pin(pin: str, kept: str) -> bool:
    """Whether a number is the one that was hashed. False for what is no hash of ours; takes its time."""
    try:
        _, name, cost, salt, digest = kept.split("$")
        told = dict(part.split("=") for part in cost.split(","))
        log_n, r, p = int(told["ln"]), int(told["r"]), int(told["p"])
        if name != "scrypt" or not 1 <= log_n <= _MAX_LOG_N or r != _R or p != _P:
            return False
        Scrypt(salt=_bytes(salt), length=_LENGTH, n=1 << log_n, r=r, p=p).verify(pin.encode(), _bytes(digest))
    except (ValueError, LookupError, InvalidKey):
        return False
    return True


def badge_digest(subject: str) -> str:
    """A badge's subject as it may be kept: SHA-256, in hexadecimal."""
    return hashlib.sha256(f"entrance-kiosk badge v1\n{subject}".encode()).hexdigest()


def _text(value: bytes) -> str:
    return b64encode(value).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4))
