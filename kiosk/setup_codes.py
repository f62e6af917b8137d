"""
The code by which a centre makes a box its own: shown by the centre's page, held to the box's camera.

A signed code (`kiosk.signing`) of the purpose `setup`. The box learns from it where the centre is, the
fingerprint of the centre's authority (TLS to it is pinned to that), a token that is good once, and perhaps a
Wi-Fi. A box that is nobody's yet cannot check the signature; the centre does, which is sent the whole code.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kiosk import fields, signing
from kiosk.model import Reason, Unreadable
from kiosk.signing import Purpose

_URL = re.compile(r"https://[A-Za-z0-9._\-\[\]:]{1,100}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_DIGEST_BYTES = 32
_MOST_SSID_BYTES = 32
_PASSWORD_LETTERS = range(8, 64)


@dataclass(frozen=True, slots=True)
class Wifi:
    """
    A wireless network.

    Attributes:
        ssid: Its name: 1 to 32 bytes of UTF-8.
        password: For WPA: 8 to 63 printable letters of ASCII (IEEE 802.11i); empty for a network without.
        hidden: Whether it does not tell its name.
    """

    ssid: str
    password: str = field(default="", repr=False)
    hidden: bool = False

    def __post_init__(self) -> None:
        """
        Refuse what no network can be.

        Raises:
            ValueError: If name or password will not do; the message does not hold the password.
        """
        if not 1 <= len(self.ssid.encode()) <= _MOST_SSID_BYTES or fields.visible(self.ssid) != self.ssid:
            raise ValueError(f"network name {self.ssid[:40]!r}: 1 to {_MOST_SSID_BYTES} bytes, one line")
        is_plain = self.password.isascii() and self.password.isprintable()
        if self.password and not (is_plain and len(self.password) in _PASSWORD_LETTERS):
            raise ValueError("network password: 8 to 63 letters, digits and signs, without accents")


@dataclass(frozen=True, slots=True)
class SetupCode:
    """
    What a set-up code says.

    Attributes:
        url: Where the centre enrols boxes: `https://HOST:PORT`.
        authority: SHA-256 of the certificate (DER) of the centre's authority: 32 bytes.
        token: Good once: 22 letters of base64url.
        expires: From when on it is worth nothing (aware).
        wifi: The network to join first; None where the box has one already.
    """

    url: str
    authority: bytes
    token: str = field(repr=False)
    expires: datetime
    wifi: Wifi | None = None


def sign(code: SetupCode, private_key: bytes) -> str:
    """The text of a set-up code, ready to be drawn. `private_key` is Ed25519, 32 bytes."""
    facts: dict[str, Any] = {
        "for": str(Purpose.SETUP),
        "sub": code.token,
        "exp": int(code.expires.timestamp()),
        "url": code.url,
        "ca": urlsafe_b64encode(code.authority).rstrip(b"=").decode(),
    }
    if code.wifi is not None:
        facts["ssid"] = code.wifi.ssid
        facts |= {"psk": code.wifi.password} if code.wifi.password else {}
        facts |= {"hidden": 1} if code.wifi.hidden else {}
    return signing.signed(facts, private_key)


def opened(text: str, keys: Mapping[bytes, bytes] | None) -> SetupCode | Unreadable | None:
    """
    What a set-up code says, whatever its dates; None for any other text, signed or not.

    Args:
        text: What the code holds.
        keys: As in `kiosk.signing.facts_of`.

    Returns:
        What it says, or why it says nothing: `BROKEN_CODE`, `FORGED_CODE`.
    """
    facts = signing.facts_of(text, keys)
    if facts is None or isinstance(facts, Unreadable):
        return facts
    if facts.get("for") != Purpose.SETUP:
        return None
    try:
        return _code(facts)
    except (ValueError, TypeError, LookupError):
        return Unreadable(Reason.BROKEN_CODE)


def _code(facts: Mapping[str, Any]) -> SetupCode:
    url, token, authority = facts["url"], facts["sub"], urlsafe_b64decode(f"{facts['ca']}=")
    if not _URL.fullmatch(url) or not _TOKEN.fullmatch(token) or len(authority) != _DIGEST_BYTES:
        raise ValueError("not a set-up code's")
    wifi = None
    if "ssid" in facts:
        wifi = Wifi(_text(facts["ssid"]), _text(facts.get("psk", "")), hidden=bool(facts.get("hidden")))
    return SetupCode(url, authority, token, signing.time_of(facts["exp"]), wifi)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
