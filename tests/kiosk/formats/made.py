"""
Health certificates and signed codes, made from their specifications with invented keys and people.

Nothing here comes from the code under test but the alphabet of base45, and the centre's own `sign`.
"""

import hashlib
import zlib
from datetime import UTC, datetime, timedelta

import cbor2
from base45 import b45encode
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kiosk import signing
from kiosk.proof import Trust
from kiosk.signing import Purpose, SignedCode

ISSUED = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)
EXPIRES = datetime(2027, 11, 1, tzinfo=UTC)

ES256, PS256 = -7, -37
P256_KEY = ec.derive_private_key(0x0140990000012021, ec.SECP256R1())
OTHER_P256_KEY = ec.derive_private_key(0x0140990000022021, ec.SECP256R1())
_P = int(
    "fb21c077e7a903a266c65ba53e1ea21d4c12aa85fa120959b27696ccdff3ec47"
    "957731afe80ec5403134a7909460d2803a45bd6baaf8931d66eb6f297bd27b20"
    "2c48cc2873805dcf77fb15b066af8939600232e782db8696ecbc3705b079f79b"
    "994997fe2b54b29a336570676dd34cfb49039c4e797363945da60d7d2e3fb27f",
    16,
)
_Q = int(
    "ba2f9712e355ff6dd452dd34b847ba560a42a8908c54f0505f6ef2fbe5a57b43"
    "70675790940dd0c82b1004b8a62d0809b829e2eb5e81bb1fd88530be2216d112"
    "41f90616d220079e2d48b257118f37ec7cc77f622d1eb07a2f25e1c62e0788ba"
    "b8afe97c9aea1015d45d25f411a40cb113b39a7d6ce62588b7587f4b2691ebeb",
    16,
)
_D = rsa.rsa_recover_private_exponent(65537, _P, _Q)
RSA_KEY = rsa.RSAPrivateNumbers(
    p=_P,
    q=_Q,
    d=_D,
    dmp1=rsa.rsa_crt_dmp1(_D, _P),
    dmq1=rsa.rsa_crt_dmq1(_D, _Q),
    iqmp=rsa.rsa_crt_iqmp(_P, _Q),
    public_numbers=rsa.RSAPublicNumbers(65537, _P * _Q),
).private_key()
"""Invented once, so that a seed of the fuzzer means the same codes on every day."""


def pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


P256_ID, RSA_ID = (hashlib.sha256(pem(key)).digest()[:8] for key in (P256_KEY, RSA_KEY))

CENTRE = hashlib.sha256(b"an invented centre").digest()
STRANGER = hashlib.sha256(b"an invented stranger").digest()
CENTRE_PUBLIC = Ed25519PrivateKey.from_private_bytes(CENTRE).public_key().public_bytes_raw()

TRUST = Trust(
    issuers={P256_ID: (pem(P256_KEY),), RSA_ID: (pem(RSA_KEY),)},
    own={signing.key_id(CENTRE_PUBLIC): CENTRE_PUBLIC},
)

CERTIFICATE = {
    "ver": "1.3.0",
    "nam": {"fn": "Nguyễn", "gn": "Văn Thử", "fnt": "NGUYEN", "gnt": "VAN<THU"},
    "dob": "1999-02-01",
    "v": [
        {
            "tg": "840539006",
            "vp": "1119349007",
            "mp": "EU/1/20/1528",
            "ma": "ORG-100030215",
            "dn": 2,
            "sd": 2,
            "dt": "2021-11-01",
            "co": "VN",
            "is": "Bộ Y tế",
            "ci": "URN:UVCI:01:VN:0123456789ABCDEF#K",
        }
    ],
}


def claims(certificate=CERTIFICATE, issued=ISSUED, expires=EXPIRES, **more):
    dated = {6: int(issued.timestamp()), 4: int(expires.timestamp())}
    return {1: "VN", **dated, -260: {1: certificate}, **more}


def signature(key, covered):
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        return key.sign(covered, pss, hashes.SHA256())
    r, s = decode_dss_signature(key.sign(covered, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    return r.to_bytes(32) + s.to_bytes(32)


def sign1(payload, key=P256_KEY, protected=None, unprotected=None, tag=18):
    """A COSE_Sign1 over any payload; a mapping is written in CBOR first."""
    if protected is None:
        protected = {1: PS256, 4: RSA_ID} if key is RSA_KEY else {1: ES256, 4: P256_ID}
    protected = protected if isinstance(protected, bytes) else cbor2.dumps(protected)
    payload = payload if isinstance(payload, bytes) else cbor2.dumps(payload)
    covered = cbor2.dumps(["Signature1", protected, b"", payload])
    body = [protected, unprotected or {}, payload, signature(key, covered)]
    return cbor2.dumps(cbor2.CBORTag(tag, body) if tag else body)


def hc1(message):
    """A message as the text of a code."""
    return "HC1:" + b45encode(zlib.compress(message, 9)).decode()


def health_certificate(key=P256_KEY, certificate=CERTIFICATE, **dates):
    return hc1(sign1(claims(certificate, **dates), key))


def signed_code(purpose=Purpose.PASS, subject="K-0042", key=CENTRE, name="Lò Thị Thử", days=1, **more):
    code = SignedCode(purpose, subject, NOW + timedelta(days=days), name=name, **more)
    return signing.sign(code, key)
