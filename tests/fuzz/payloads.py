"""Valid codes of each format, and the payload that a seed and a number make of them."""

import json
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import cbor2
from base45 import b45encode
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk import signing
from kiosk.signing import Purpose
from tests import people
from tests.fuzz import mutating
from tests.kiosk.formats import made


@dataclass(frozen=True)
class Kind:
    """Valid codes of one format, and whether what holds their signature must tell what they tell."""

    valid: tuple[str, ...]
    make: Callable[[random.Random, "Kind"], str]


def payload(kind: str, seed: int, number: int) -> str:
    """The same text for the same three, today and in a year."""
    return KINDS[kind].make(random.Random(f"{seed} {kind} {number}"), KINDS[kind])


def _text(chance: random.Random, kind: Kind) -> str:
    return mutating.text(chance, chance.choice(kind.valid), OTHERS)


def _health_certificate(chance: random.Random, kind: Kind) -> str:
    """Wrong in its text, below the base45, below the packing, or in the claims that somebody unknown signed."""
    layer = chance.randrange(8)
    if layer == 0:
        return _text(chance, kind)
    index = chance.randrange(len(MESSAGES))
    message = MESSAGES[index]
    if layer == 1:
        return "HC1:" + b45encode(mutating.raw(chance, zlib.compress(message, 1))).decode()
    if layer <= 4:
        message = mutating.raw(chance, message)
    else:
        protected, unprotected, body, signature = cbor2.loads(message).value
        if layer == 5:
            protected = mutating.raw(chance, protected)
        elif layer == 6:
            body = mutating.raw(chance, body)
        else:
            protected, body = b"\xa0", cbor2.dumps(_twisted(chance, cbor2.loads(body)))
        parts = [protected, unprotected, body, signature]
        message = cbor2.dumps(
            chance.choice((parts, cbor2.CBORTag(18, parts), cbor2.CBORTag(61, cbor2.CBORTag(18, parts))))
        )
    return "HC1:" + b45encode(zlib.compress(message, 1)).decode()


def _twisted(chance: random.Random, tree: object, depth: int = 0) -> object:
    """Claims with something else where something was."""
    if chance.random() < 0.12:
        return chance.choice(TWISTS)
    if isinstance(tree, dict) and depth < 8:
        return {
            key: _twisted(chance, value, depth + 1) for key, value in tree.items() if chance.random() < 0.97
        }
    if isinstance(tree, list):
        return [_twisted(chance, value, depth + 1) for value in tree]
    if isinstance(tree, str) and chance.random() < 0.3:
        return mutating.text(chance, tree, OTHERS).encode("utf-8", "replace").decode()
    return tree


def _signed_code(chance: random.Random, kind: Kind) -> str:
    """Wrong in its text, below the base45, or in the facts, which a centre gone mad has signed."""
    layer = chance.randrange(4)
    if layer == 0:
        return _text(chance, kind)
    head, facts = SIGNED_PARTS
    if layer == 1:
        packed = mutating.raw(chance, head + bytes(64) + facts)
        return "EK1:" + b45encode(packed).decode()
    if layer == 2:
        facts = mutating.raw(chance, facts)
    else:
        twisted = _twisted(chance, json.loads(facts))
        facts = json.dumps(twisted, default=str).encode()
    signature = Ed25519PrivateKey.from_private_bytes(made.CENTRE).sign(b"EK1:" + head + facts)
    return "EK1:" + b45encode(head + signature + facts).decode()


TWISTS = (
    None, True, False, 0, -1, 2**63, -(2**64), 2**200, 1.5, float("nan"), float("inf"), "", "x" * 3000, "\u202e\x00", b"",
    b"\xff" * 40, [], [[]], {}, {1: {}}, {"fn": 1}, {"ci": "x"}, [None], [{"ci": None}], "1999", "1999-13", "0000-00-00",
)  # fmt: skip

CERTIFICATES = (
    made.health_certificate(),
    made.health_certificate(made.RSA_KEY),
    made.health_certificate(certificate=made.CERTIFICATE | {"dob": "1999"}, expires=made.ISSUED),
    made.hc1(made.sign1(made.claims(), protected={1: -7}, unprotected={4: b"unknown!"}, tag=None)),
)
MESSAGES = tuple(
    made.sign1(made.claims(), key, tag=tag) for key in (made.P256_KEY, made.RSA_KEY) for tag in (18,)
)
PASS = made.signed_code(not_before=made.ISSUED)
SIGNED_PARTS = (
    signing.key_id(made.CENTRE_PUBLIC),
    json.dumps(
        {"for": "pass", "sub": "K-0042", "exp": 1800000000, "nbf": 1700000000, "name": "Lò Thử"}
    ).encode(),
)
OTHERS = (*people.ALL, CERTIFICATES[0], PASS)

KINDS = {
    "cccd": Kind((people.CCCD, people.CCCD_OF_A_WOMAN), _text),
    "can_cuoc": Kind((people.CAN_CUOC,), _text),
    "personal_qr": Kind(
        (people.PERSONAL_QR, "******000004|TRAN THI THU|1990-**-**|1|1629|<2<00<091****678"), _text
    ),
    "bhyt": Kind((people.BHYT, people.BHYT_OF_2021), _text),
    "hc1": Kind(CERTIFICATES, _health_certificate),
    "smart_health": Kind((people.SMART_HEALTH, "shc:/1/2/" + people.SMART_HEALTH[5:]), _text),
    "signed": Kind((PASS, made.signed_code(Purpose.BADGE), made.signed_code(Purpose.SETUP)), _signed_code),
    "place": Kind(
        (people.PLACE, "https://kbyt.khambenh.gov.vn/qr/01a209b8-f8fd-77f9-adaa-3640e4a01733"), _text
    ),
    "declaration": Kind((people.DECLARATION,), _text),
    "contact": Kind((people.CONTACT, "MECARD:N:Thử;TEL:0912345678;;", "tel:+84912345678"), _text),
    "payment": Kind((people.PAYMENT,), _text),
    "wifi": Kind((people.WIFI,), _text),
    "number": Kind(
        ("0912345678", "014099000005", "123456789", "7916123456", "DN4140000000001", "+84 912.345.678"), _text
    ),
    "web": Kind((people.WEB,), _text),
    "unknown": Kind(('{"t":"vneid","v":[1,2]}', "a|b|c|d|e|f|g|h", "eyJhbGciOiJub25lIn0.e30."), _text),
}
