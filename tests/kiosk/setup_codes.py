"""Set-up codes and badges of an invented centre, and of another."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk import setup_codes, signing
from kiosk.proof import Trust
from kiosk.rules import Policy
from kiosk.setup_codes import SetupCode, Wifi
from kiosk.signing import Purpose, SignedCode
from tests.fakes import MORNING
from tests.kiosk.doors import ZONE

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
PUBLIC = Ed25519PrivateKey.from_private_bytes(KEY).public_key().public_bytes_raw()
TRUST = Trust(own={signing.key_id(PUBLIC): PUBLIC})
HOUR = timedelta(hours=1)
TOKEN = "invented-token-of-22-l"
CODE = SetupCode(
    "https://centre.example:8884",
    hashlib.sha256(b"an invented authority").digest(),
    TOKEN,
    MORNING + HOUR,
    Wifi("Trạm nước", "mat khau 12"),
)
NOBODYS = Policy(ZONE, sets_up=True, is_nobodys=True)
OURS = Policy(ZONE, sets_up=True, trust=TRUST)


def signed(key: bytes = KEY, **changes: object) -> str:
    """The text of a set-up code."""
    return setup_codes.sign(replace(CODE, **changes), key)


def badge(key: bytes = KEY, expires: datetime = MORNING + HOUR) -> str:
    """The text of a technician's badge."""
    return signing.sign(SignedCode(Purpose.TECHNICIAN, "lo.van.an", expires), key)
