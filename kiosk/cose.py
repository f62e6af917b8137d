"""
Signed CBOR, opened and checked: COSE_Sign1 of RFC 9052, with ES256 or PS256.

`cwt` checks the signatures and `cbor2` reads the CBOR, which first passes `_end`: cbor2 makes regular
expressions, e-mails and decimal numbers out of tags, and one regular expression in a code of 333 letters kept
a computer busy for seventeen seconds.
"""

import contextlib
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cwt import COSE, COSEKey, CWTError

from kiosk.proof import Proof, Trust

_SIGN1_TAG, _CWT_TAG = 18, 61
_TAGS = frozenset({0, 1, _SIGN1_TAG, _CWT_TAG})
"""Dates as text and as number, and what may stand around the whole."""
_MAX_DEPTH = 16
_ALGORITHM, _KEY_ID = 1, 4
_ALGORITHMS = {-7: "ES256", -37: "PS256"}

_BYTES, _TEXT, _ARRAY, _MAP, _TAG = range(2, 7)
_LENGTH_BYTES = {24: 1, 25: 2, 26: 4, 27: 8}
_INDEFINITE = 31
_BREAK = 0xFF


@dataclass(frozen=True, slots=True)
class Signed:
    """
    The claims of a signed message.

    Attributes:
        claims: The payload, as it was signed.
        payload: The same, in bytes.
        proof: `VALID` or `UNKNOWN_ISSUER`: of dates this module knows nothing. None when the signature does
            not hold.
    """

    claims: dict[Any, Any] = field(repr=False)
    payload: bytes = field(repr=False)
    proof: Proof | None


def opened(message: bytes, trust: Trust) -> Signed | None:
    """A COSE_Sign1, tagged or not, and whether its signature holds; None when it is none."""
    try:
        body = _loaded(message)
        while isinstance(body, cbor2.CBORTag):
            body = body.value
        protected, unprotected, payload, signature = body
        header = _loaded(protected) if protected != b"" else {}
        claims = _loaded(payload)
    except (ValueError, TypeError):
        return None
    if not all(isinstance(part, dict) for part in (header, unprotected, claims)):
        return None
    if not isinstance(signature, bytes):
        return None
    key_id = header.get(_KEY_ID, unprotected.get(_KEY_ID))
    keys = trust.issuers.get(key_id, ()) if isinstance(key_id, bytes) else ()
    if not keys:
        return Signed(claims, payload, Proof.UNKNOWN_ISSUER)
    sign1 = cbor2.CBORTag(_SIGN1_TAG, [protected, {}, payload, signature])
    holds = any(_holds(sign1, key, key_id, header.get(_ALGORITHM)) for key in keys)
    return Signed(claims, payload, Proof.VALID if holds else None)


def _holds(sign1: cbor2.CBORTag, key: bytes, key_id: bytes, algorithm: object) -> bool:
    name = _ALGORITHMS.get(algorithm) if isinstance(algorithm, int) else None
    if name is None:
        return False
    # A key of another kind than the message says is a ValueError; a signature that fails, a CWTError.
    with contextlib.suppress(CWTError, ValueError):
        COSE.new().decode(sign1, COSEKey.from_pem(key, alg=name, kid=key_id))
        return True
    return False


def _loaded(data: bytes) -> Any:
    """
    The one item in these bytes.

    Raises:
        ValueError: If there is not exactly one, or it is anything that no certificate needs.
    """
    if not isinstance(data, bytes):
        raise TypeError("not bytes")
    try:
        if _end(data, 0, _MAX_DEPTH) != len(data):
            raise ValueError("more than one item")
        return cbor2.loads(data)
    except (cbor2.CBORError, IndexError, OverflowError, OSError) as error:
        raise ValueError("not CBOR") from error


def _end(data: bytes, start: int, depth: int) -> int:
    """
    Where the item ends that begins at `start`.

    Raises:
        ValueError: If it is nested too deep, has a tag out of place or is not well-formed.
        IndexError: If the bytes end before it does.
    """
    if not depth:
        raise ValueError("nested too deep")
    kind, length, at = _head(data, start)
    if length is None:
        while data[at] != _BREAK:
            at = _end(data, at, depth - 1)
        return at + 1
    if kind in {_BYTES, _TEXT}:
        return at + length
    if kind == _TAG and length not in _TAGS:
        raise ValueError("a tag out of place")
    for _ in range({_ARRAY: length, _MAP: 2 * length, _TAG: 1}.get(kind, 0)):
        at = _end(data, at, depth - 1)
    return at


def _head(data: bytes, start: int) -> tuple[int, int | None, int]:
    """An item's kind, its length or None where a break ends it, and where its content begins: RFC 8949, 3."""
    kind, short = divmod(data[start], 32)
    if short == _INDEFINITE and _BYTES <= kind <= _MAP:
        return kind, None, start + 1
    if short not in _LENGTH_BYTES:
        if short >= min(_LENGTH_BYTES):
            raise ValueError("not well-formed")
        return kind, short, start + 1
    end = start + 1 + _LENGTH_BYTES[short]
    return kind, int.from_bytes(data[start + 1 : end]), end
