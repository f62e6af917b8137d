"""
The centre's word that visits are committed, signed: a door deletes on its account.

The signature (Ed25519, RFC 8032) covers kiosk, epoch and mark. A receipt that is played again tells nothing
new, so it needs no counter.
"""

from collections.abc import Callable, Mapping
from typing import Annotated
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta, Struct

from mqtt_bridge.wire.forms import MAX_SEQUENCE, KeyId, Signature, decoded


class Receipt(Struct, frozen=True, omit_defaults=True):
    """
    All entries of an epoch up to `through` are committed.

    Attributes:
        epoch: Id of the journal.
        through: The mark.
        key: Id of the centre's signing key; None when it is not signed.
        signature: 64 bytes; None likewise.
    """

    epoch: UUID
    through: Annotated[int, Meta(ge=0, le=MAX_SEQUENCE)]
    key: KeyId | None = None
    signature: Signature | None = None


_decode = msgspec.json.Decoder(Receipt).decode


def decode_receipt(payload: bytes) -> Receipt:
    """
    A receipt off the road; its signature is not looked at.

    Raises:
        BadMessage: If it is no receipt.
    """
    return decoded(_decode, payload)


def encode_receipt(receipt: Receipt) -> bytes:
    """A receipt as JSON."""
    return msgspec.json.encode(receipt)


def signed_receipt(
    kiosk: str, epoch: UUID, through: int, *, key: str, sign: Callable[[bytes], bytes]
) -> Receipt:
    """A receipt with the signature of the centre's key of this id."""
    return Receipt(epoch, through, key, sign(_covered(kiosk, epoch, through)))


def is_genuine(receipt: Receipt, kiosk: str, keys: Mapping[str, bytes]) -> bool:
    """Whether one of the centre's keys (Ed25519, 32 bytes, by id) signed this receipt for this kiosk."""
    key = keys.get(receipt.key or "")
    if key is None or receipt.signature is None:
        return False
    try:
        covered = _covered(kiosk, receipt.epoch, receipt.through)
        Ed25519PublicKey.from_public_bytes(key).verify(receipt.signature, covered)
    except (InvalidSignature, ValueError):
        return False
    return True


def _covered(kiosk: str, epoch: UUID, through: int) -> bytes:
    return f"entrance-kiosk receipt v1\n{kiosk}\n{epoch}\n{through}".encode()
