"""
Guards' PINs as a door may keep them: hashed, so that a stolen card does not tell them at a glance.

A PIN is short, so a slow hash makes each guess dear: Argon2id (RFC 9106) with 19 MiB and two passes, the
least that OWASP advises for passwords. A server's core takes 24 to 38 ms, a Raspberry Pi 4 by estimate a
fifth of a second; other threads go on meanwhile. All guards of a place share one salt: so one derivation
tells whose a PIN is, and that two guards have the same one is found when it is set.
"""

import hmac
import re
import secrets
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

_MEMORY_KIB, _PASSES, _LANES = 19_456, 2, 1
_SALT_BYTES, _HASH_BYTES = 16, 32
_MAX_MEMORY_KIB, _MAX_PASSES, _MAX_LANES = 65_536, 4, 4
"""More than this would keep a door busy for seconds."""
_KIB_A_LANE = 8
_LEAST_DIFFERENT = 3
_PIN = re.compile(r"[1-9][0-9]{5}")
_PHC = re.compile(
    r"\$argon2id\$v=19\$m=(?P<memory>[1-9][0-9]{0,5}),t=(?P<passes>[1-9]),p=(?P<lanes>[1-9])"
    r"\$(?P<salt>[A-Za-z0-9+/]{11,64})\$(?P<digest>[A-Za-z0-9+/]{43})"
)
_WALKS = frozenset(
    {"123654", "123789", "147258", "147369", "159357", "159753", "258369", "321456", "357159", "369147"}
    | {"369258", "456123", "456789", "654123", "741852", "753159", "789456", "852963", "963852", "987321"}
)
"""Along the rows, columns and diagonals of a keypad."""


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How a hash is made of a PIN; those that share it need one derivation together."""

    memory_kib: int
    passes: int
    lanes: int
    salt: bytes = field(repr=False)

    def argon2(self) -> Argon2id:
        return Argon2id(
            salt=self.salt,
            length=_HASH_BYTES,
            iterations=self.passes,
            lanes=self.lanes,
            memory_cost=self.memory_kib,
        )


def hashed(pin: str, salt: bytes | None = None) -> str:
    """
    A PIN as it may be kept, in the PHC format: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.

    Args:
        pin: Six digits. None begins with 0, so that no phone and no ID number can be one.
        salt: That of the place's other guards, 8 to 48 bytes; None makes one.

    Raises:
        ValueError: If it is no PIN, or one of those that everybody tries first. The error does not tell it.
    """
    if not _PIN.fullmatch(pin):
        raise ValueError("a PIN is 6 digits, and the first of them is not 0")
    if _is_guessable(pin):
        raise ValueError("this PIN is among the first that anybody would try; choose another")
    recipe = _Recipe(_MEMORY_KIB, _PASSES, _LANES, salt or secrets.token_bytes(_SALT_BYTES))
    return recipe.argon2().derive_phc_encoded(pin.encode())


def salt_of(kept: str) -> bytes:
    """
    The salt of a hash, for the next guard of the place.

    Raises:
        ValueError: If it is no hash of ours.
    """
    read = _read(kept)
    if read is None:
        raise ValueError("no hash of a PIN")
    return read[0].salt


def matches(pin: str, kept: Sequence[str]) -> int | None:
    """
    Which of these hashes is that of a PIN; the first of several, None for none.

    One derivation for all of the same salt and cost, and every hash is compared, so that the time it takes
    does not tell where it was found. What is no hash of ours, or wants more than 64 MiB, four passes or four
    lanes, is nobody's. Blocks for as long as the derivations take; any thread may call.
    """
    read = [_read(one) for one in kept]
    if not _PIN.fullmatch(pin):
        return None
    recipes = dict.fromkeys(one[0] for one in read if one is not None)
    derived = {recipe: recipe.argon2().derive(pin.encode()) for recipe in recipes}
    found = [
        place
        for place, one in enumerate(read)
        if one is not None and hmac.compare_digest(derived[one[0]], one[1])
    ]
    return found[0] if found else None


def _read(kept: str) -> tuple[_Recipe, bytes] | None:
    """How a hash was made, and the hash; None of what is none, or would take too long."""
    told = _PHC.fullmatch(kept)
    if told is None:
        return None
    memory_kib, passes, lanes = int(told["memory"]), int(told["passes"]), int(told["lanes"])
    if not lanes * _KIB_A_LANE <= memory_kib <= _MAX_MEMORY_KIB:
        return None
    if passes > _MAX_PASSES or lanes > _MAX_LANES:
        return None
    try:
        return _Recipe(memory_kib, passes, lanes, _bytes(told["salt"])), _bytes(told["digest"])
    except ValueError:
        return None


def _is_guessable(pin: str) -> bool:
    """Few digits, a row of them, the same half twice or mirrored, pairs in a row, a walk over the keys."""
    return (
        len(set(pin)) < _LEAST_DIFFERENT
        or _is_row(pin)
        or pin[:3] in {pin[3:], pin[:2:-1]}
        or (pin[::2] == pin[1::2] and _is_row(pin[::2]))
        or pin in _WALKS
    )


def _is_row(digits: str) -> bool:
    return len({(int(second) - int(first)) % 10 for first, second in pairwise(digits)}) == 1


def _bytes(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4), validate=True)
