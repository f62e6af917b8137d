"""
The centre's own signed codes: passes for visitors, badges of guards and technicians, codes that set a box up.

    EK1: + base45(key id (8 bytes) + signature (64 bytes) + facts (JSON))

The signature, Ed25519, covers the prefix, the key id and the facts, and the purpose is one of the facts: no
code can be passed off as one of another kind, or of a later version. All letters are of the QR codes' small
alphabet. The centre signs, the door opens; the private key never comes near a door.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from base45 import b45decode, b45encode
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.model import Reason, Unreadable
from kiosk.proof import Proof, Trust

PREFIX = "EK1:"
_KEY_ID_BYTES = 8
_SIGNATURE_BYTES = 64
_LATEST_S = 2**33
_MAX_LETTERS = 80


class Purpose(StrEnum):
    """What a signed code is for. It opens nothing else."""

    PASS = "pass"  # noqa: S105 (it opens a door of wood)
    """A visitor's: shown instead of a card."""
    BADGE = "badge"
    """A guard's."""
    TECHNICIAN = "technician"
    """A technician's: opens setting up at a box that is in service."""
    SETUP = "setup"
    """Makes a box that is being set up one of a centre's: `kiosk.setup_codes`."""


@dataclass(frozen=True, slots=True)
class SignedCode:
    """
    What the centre says with a signed code.

    Attributes:
        purpose: What it is for.
        subject: Whom or what it is about, in the centre's words: the number of a pass, a guard's account;
            printable, and at most 80 letters.
        expires: From when on it is worth nothing (aware).
        not_before: Until when it is not worth anything yet (aware); None for no such time.
        name: The bearer's name, for the screen; None for none.
    """

    purpose: Purpose
    subject: str = field(repr=False)
    expires: datetime
    not_before: datetime | None = None
    name: str | None = field(default=None, repr=False)

    def proof(self, at: datetime | None) -> Proof:
        """What its dates say at this time (aware); `VALID` for None, when no clock is to be trusted."""
        if at is not None and at >= self.expires:
            return Proof.EXPIRED
        is_early = at is not None and self.not_before is not None and at < self.not_before
        return Proof.NOT_YET if is_early else Proof.VALID


def key_id(public_key: bytes) -> bytes:
    """The id by which a code names the key it was signed with: the first bytes of the key's SHA-256."""
    return hashlib.sha256(public_key).digest()[:_KEY_ID_BYTES]


def sign(code: SignedCode, private_key: bytes) -> str:
    """The text of a signed code, ready to be drawn. `private_key` is Ed25519, 32 bytes."""
    return signed(_facts(code), private_key)


def signed(facts: Mapping[str, Any], private_key: bytes) -> str:
    """The text of a code with these facts, which JSON can hold; `private_key` is Ed25519, 32 bytes."""
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    head = key_id(key.public_key().public_bytes_raw())
    packed = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    signature = key.sign(_covered(head, packed))
    return f"{PREFIX}{b45encode(head + signature + packed).decode()}"


def opened(text: str, trust: Trust) -> SignedCode | Unreadable | None:
    """
    What a signed code says, whatever its dates; None for any other text.

    `BROKEN_CODE` for one that is cut short or garbled, `FORGED_CODE` for one that no key of `trust.own` has
    signed as it stands.
    """
    facts = facts_of(text, trust.own)
    return facts if facts is None or isinstance(facts, Unreadable) else _code(facts)


def facts_of(text: str, keys: Mapping[bytes, bytes] | None) -> dict[str, Any] | Unreadable | None:
    """
    The facts of a signed code as JSON has them; None for any other text.

    Args:
        text: What the code holds.
        keys: Whose signatures are believed: Ed25519, 32 bytes, by key id. None to look at none, for a box
            that is nobody's yet: what such a code says is then only what somebody wrote.

    Returns:
        The facts, or why there are none: `BROKEN_CODE`, `FORGED_CODE`.
    """
    if not text.startswith(PREFIX):
        return None
    try:
        packed = b45decode(text.removeprefix(PREFIX))
    except ValueError:
        return Unreadable(Reason.BROKEN_CODE)
    head, rest = packed[:_KEY_ID_BYTES], packed[_KEY_ID_BYTES:]
    signature, facts = rest[:_SIGNATURE_BYTES], rest[_SIGNATURE_BYTES:]
    if not facts:
        return Unreadable(Reason.BROKEN_CODE)
    if keys is not None:
        key = keys.get(head)
        if key is None or not _holds(key, signature, _covered(head, facts)):
            return Unreadable(Reason.FORGED_CODE)
    try:
        said = json.loads(facts)
    except (ValueError, RecursionError):
        return Unreadable(Reason.BROKEN_CODE)
    return said if isinstance(said, dict) else Unreadable(Reason.BROKEN_CODE)


def _covered(head: bytes, facts: bytes) -> bytes:
    return PREFIX.encode() + head + facts


def _holds(key: bytes, signature: bytes, covered: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, covered)
    except InvalidSignature:
        return False
    return True


def _facts(code: SignedCode) -> dict[str, Any]:
    facts = {
        "for": str(code.purpose),
        "sub": code.subject,
        "exp": int(code.expires.timestamp()),
        "nbf": int(code.not_before.timestamp()) if code.not_before else None,
        "name": code.name,
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def _code(said: dict[str, Any]) -> SignedCode | Unreadable:
    """What a code says; a newer centre may say what this door cannot follow."""
    try:
        purpose, subject, name = Purpose(said["for"]), said["sub"], said.get("name")
        expires, not_before = time_of(said["exp"]), time_of(said["nbf"]) if "nbf" in said else None
    except (ValueError, TypeError, LookupError):
        return Unreadable(Reason.BROKEN_CODE)
    if not isinstance(subject, str) or not isinstance(name, str | None):
        return Unreadable(Reason.BROKEN_CODE)
    if not (subject.isprintable() and 1 <= len(subject) <= _MAX_LETTERS):
        return Unreadable(Reason.BROKEN_CODE)
    return SignedCode(purpose, subject, expires, not_before, name)


def time_of(seconds: object) -> datetime:
    """
    A time as codes hold it: whole seconds since 1970.

    Raises:
        ValueError: If it is something else.
    """
    if not isinstance(seconds, int) or not 0 <= seconds < _LATEST_S:
        raise ValueError("not a time")
    return datetime.fromtimestamp(seconds, UTC)
