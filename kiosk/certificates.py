"""Whose signature a file in PEM asks to believe."""

import re

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from kiosk import signing
from kiosk.proof import Trust

_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----[^-]*-----END \1-----")
_KEY_ID_NAME = re.compile(r"[0-9a-f]{16}")
_KEY_ID_BYTES = 8
_MIN_RSA_BITS = 2048


def read(text: bytes, name: str) -> Trust:
    """
    The keys in a file.

    It holds certificates that sign health certificates (their own dates do not count); or a public key that
    does so, and is then named after its key id, `d919375fc1e7b6b2.pem`; or an Ed25519 key of the centre.

    Args:
        text: What the file holds, in PEM.
        name: The file's name without its ending.

    Raises:
        ValueError: If it holds anything else; the message says what to do.
    """
    issuers: dict[bytes, tuple[bytes, ...]] = {}
    own: dict[bytes, bytes] = {}
    blocks = list(_PEM.finditer(text))
    if not blocks:
        raise ValueError("no PEM; turn it into PEM with `openssl x509 -inform DER`, or take it away")
    for block in blocks:
        label, pem = block[1].decode(), block[0]
        if label == "CERTIFICATE":
            key_id, key = _certificate(pem)
        elif label == "PUBLIC KEY":
            public = _public_key(pem)
            if isinstance(public, Ed25519PublicKey):
                raw = public.public_bytes_raw()
                own[signing.key_id(raw)] = raw
                continue
            key_id, key = _named(name), _issuer(public)
        elif label.endswith("PRIVATE KEY"):
            raise ValueError("a private key, which only the centre may have; take it away and make a new one")
        else:
            raise ValueError(f"{label}: neither a certificate nor a public key; take it away")
        issuers[key_id] = (*issuers.get(key_id, ()), key)
    return Trust(issuers, own)


def _certificate(pem: bytes) -> tuple[bytes, bytes]:
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        public = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("a certificate that cannot be read; fetch it again, or take it away") from error
    return certificate.fingerprint(SHA256())[:_KEY_ID_BYTES], _issuer(public)


def _public_key(pem: bytes) -> object:
    try:
        return load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("a public key that cannot be read; fetch it again, or take it away") from error


def _named(name: str) -> bytes:
    if not _KEY_ID_NAME.fullmatch(name):
        raise ValueError("name it after its key id, 16 hex digits and .pem, or put its certificate there")
    return bytes.fromhex(name)


def _issuer(public: object) -> bytes:
    """The key in PEM, if health certificates are signed with such keys."""
    if isinstance(public, EllipticCurvePublicKey) and isinstance(public.curve, SECP256R1):
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if isinstance(public, RSAPublicKey) and public.key_size >= _MIN_RSA_BITS:
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    raise ValueError("neither a P-256 nor an RSA key of 2,048 bits or more, as HC1 needs; take it away")
