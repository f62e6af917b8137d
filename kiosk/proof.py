"""What signatures are worth at this door: whose are believed, and what was found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Proof(StrEnum):
    """What the signature and the dates of a signed code say. One that is forged tells of nobody at all."""

    VALID = "valid"
    """The signature holds and the dates do not speak against it."""
    EXPIRED = "expired"
    """The signature holds, but the code has run out."""
    NOT_YET = "not_yet"
    """The signature holds, but the code is for later."""
    UNKNOWN_ISSUER = "unknown_issuer"
    """Signed with a key that the door does not know: neither proved nor disproved."""


@dataclass(frozen=True, slots=True)
class Trust:
    """
    Whose signatures the door believes. Keys are public.

    Attributes:
        issuers: Keys of health certificates, in PEM, by key id; more than one key may share an id, since it
            is only eight bytes of a hash.
        own: Keys of the centre's own signed codes, Ed25519, 32 bytes, by key id.
    """

    issuers: Mapping[bytes, tuple[bytes, ...]] = field(default_factory=dict)
    own: Mapping[bytes, bytes] = field(default_factory=dict)


NOBODY = Trust()
"""A door without a trust list."""
