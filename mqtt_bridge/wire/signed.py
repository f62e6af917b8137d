"""
What comes down to a door, signed by its centre: compact JWS (RFC 7515) with EdDSA (RFC 8037).

The header names the signing key (`kid`) and the kind (`typ`), the claims name the box (`aud`) and a counter
that grows with every message to it: what was meant for another box, another channel or another time is not
believed. Errors hold nothing of what the message said.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Meta, Struct

from kiosk.errors import BadMessage
from mqtt_bridge.wire.config import Config
from mqtt_bridge.wire.forms import (
    MAX_CONFIG_BYTES,
    MAX_MESSAGE_BYTES,
    MAX_SIGNED_BYTES,
    KeyId,
    KioskName,
    decoded,
)
from mqtt_bridge.wire.neighbours import Neighbours
from mqtt_bridge.wire.orders import Command

MAX_COUNTER = 2**53 - 1
"""The largest whole number that every reader of JSON holds exactly."""
ALGORITHM = "EdDSA"

Counter = Annotated[int, Meta(ge=1, le=MAX_COUNTER)]
Deadline = Annotated[int, Meta(ge=0, le=2**38)]
"""Seconds since 1970 (UTC)."""


class Kind(StrEnum):
    """What a signed message holds: the channel that it may come on."""

    CONFIG = "config"
    COMMAND = "command"
    NEIGHBOURS = "neighbours"


class _Claims(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """
    What every signed message claims.

    Attributes:
        aud: The kiosk that it is for.
        counter: Higher than that of every earlier message of this kind to this kiosk.
    """

    aud: KioskName
    counter: Counter


class ConfigClaims(_Claims, frozen=True, kw_only=True, tag="config"):
    """How the door is to behave; `counter` is the version."""

    body: Config


class CommandClaims(_Claims, frozen=True, kw_only=True, tag="command"):
    """
    What the door is to do at once.

    Attributes:
        id: By which the door replies.
        exp: When it is too late.
        body: What is to be done.
    """

    id: UUID
    exp: Deadline
    body: Command


class NeighboursClaims(_Claims, frozen=True, kw_only=True, tag="neighbours"):
    """What passed the place's other doors."""

    body: Neighbours


Claims = ConfigClaims | CommandClaims | NeighboursClaims


class CommandUnknown(BadMessage):
    """
    A command that is our centre's, but not one that this box knows.

    Attributes:
        claims: Which, and until when.
    """

    def __init__(self, claims: "UnknownClaims") -> None:
        super().__init__("command: not one that this box knows")
        self.claims = claims


class UnknownClaims(_Claims, frozen=True, kw_only=True, tag="command"):
    """As much of a command as can be understood whatever it orders."""

    id: UUID
    exp: Deadline


class _Header(Struct, frozen=True, forbid_unknown_fields=True):
    """What a header may hold: no other field changes what is signed, or how."""

    alg: Literal["EdDSA"]
    kid: KeyId
    typ: str


_jws = jwt.PyJWS(algorithms=[ALGORITHM])
_decode: Callable[[bytes], Claims] = msgspec.json.Decoder(Claims).decode
_decode_unknown = msgspec.json.Decoder(UnknownClaims).decode


def sign(claims: Claims, *, key: str, private: Ed25519PrivateKey) -> bytes:
    """
    A message as it travels.

    Args:
        claims: What it says.
        key: Id of the signing key.
        private: The signing key.
    """
    header = {"kid": key, "typ": _typ(kind(claims))}
    return _jws.encode(msgspec.json.encode(claims), private, algorithm=ALGORITHM, headers=header).encode()


def believe(token: bytes, *, kiosk: str, expected: Kind, keys: Mapping[str, bytes]) -> Claims:
    """
    What a message says, if the centre signed it for this box and this channel. Its counter is not looked at.

    Args:
        token: The message as it travels.
        kiosk: This box's name.
        expected: What may come on the channel that it came on.
        keys: The centre's public keys (Ed25519, 32 bytes), by id.

    Raises:
        CommandUnknown: If all is well but the command is none that we know.
        BadMessage: If it is not to be believed, or not of the contract.
    """
    most = MAX_SIGNED_BYTES if expected is Kind.CONFIG else MAX_MESSAGE_BYTES
    if len(token) > most:
        raise BadMessage(f"message of {len(token)} bytes: more than {most}")
    payload = _verified(token, expected, keys)
    try:
        claims = decoded(_decode, payload, MAX_CONFIG_BYTES)
    except BadMessage:
        if expected is Kind.COMMAND:
            unknown = _unknown(payload)
            if unknown is not None and unknown.aud == kiosk:
                raise CommandUnknown(unknown) from None
        raise
    if claims.aud != kiosk:
        raise BadMessage("aud: meant for another kiosk")
    if kind(claims) is not expected:
        raise BadMessage(f"kind: not what may come on {expected}")
    return claims


def kind(claims: Claims) -> Kind:
    """What a message holds."""
    return Kind(str(claims.__struct_config__.tag))


def _verified(token: bytes, expected: Kind, keys: Mapping[str, bytes]) -> bytes:
    """The payload of a message whose signature holds."""
    try:
        header = msgspec.convert(_jws.get_unverified_header(token), _Header)
        if header.typ != _typ(expected):
            raise BadMessage(f"typ: not what may come on {expected}")
        key = keys.get(header.kid)
        if key is None:
            raise BadMessage("kid: no signing key of our centre")
        public = Ed25519PublicKey.from_public_bytes(key)
        payload = _jws.decode(token, public, algorithms=[ALGORITHM])
    except jwt.InvalidSignatureError:
        raise BadMessage("signature: does not hold") from None
    except msgspec.ValidationError:
        raise BadMessage("header: not that of a message of our centre") from None
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        if isinstance(error, BadMessage):
            raise
        raise BadMessage("not a signed message") from None
    return bytes(payload)


def _unknown(payload: bytes) -> UnknownClaims | None:
    try:
        return decoded(_decode_unknown, payload)
    except BadMessage:
        return None


def _typ(which: Kind) -> str:
    return f"door-{which}+jwt"
