"""Admissions of an invented centre."""

import datetime as dt
from base64 import urlsafe_b64encode
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


def text(value: bytes) -> str:
    """As the centre writes keys."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    """A private key in PEM."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def certificate(
    name: str,
    key: ec.EllipticCurvePublicKey,
    issuer: tuple[str, ec.EllipticCurvePrivateKey],
    *,
    is_authority: bool = False,
    begins: dt.datetime | None = None,
    ends: dt.datetime | None = None,
    named: str = "",
) -> str:
    """A certificate in PEM; valid now, unless told otherwise."""
    now = dt.datetime.now(dt.UTC)
    subject, by = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, issuer[0]))
    made = (
        x509.CertificateBuilder(by, subject, key, x509.random_serial_number())
        .not_valid_before(begins or now - DAY)
        .not_valid_after(ends or now + DAY)
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
    )
    if named:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(named)]), critical=False)
    return made.sign(issuer[1], hashes.SHA256()).public_bytes(Encoding.PEM).decode()


class Authority:
    """The authority of a centre."""

    def __init__(self, name: str = "an invented centre", **dates: dt.datetime) -> None:
        self.name, self.key = name, ec.generate_private_key(ec.SECP256R1())
        self.pem = certificate(name, self.key.public_key(), (name, self.key), is_authority=True, **dates)

    def issue(self, name: str, key: ec.EllipticCurvePublicKey, **how: Any) -> str:
        """A certificate in PEM."""
        return certificate(name, key, (self.name, self.key), **how)


def centre(kiosk: str = "front", signing: bytes = b"s" * 32) -> dict[str, Any]:
    """What a centre says of itself."""
    return {
        "kiosk": kiosk,
        "place_key": text(b"p" * 32),
        "sealing_keys": [],
        "signing_keys": {"s1": text(signing)},
    }


def admission(
    kiosk: str = "front", *, signing: bytes = b"s" * 32, by: Authority | None = None, **changes: Any
) -> dict[str, Any]:
    """An admission with its key, as a file for a box without network holds it."""
    authority, key = by or Authority(), ec.generate_private_key(ec.SECP256R1())
    return {
        "centre": centre(kiosk, signing),
        "broker": {"host": "broker.example", "port": 8883, "tls": True},
        "authority": authority.pem,
        "certificate": authority.issue(kiosk, key.public_key()),
        "place": "UBND phường Chiềng An",
        "door": "Cửa sau",
        "key": key_pem(key),
        **changes,
    }
