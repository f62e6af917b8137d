"""
Certificates and the list of revoked ones, made from nothing but keys, names and times.

ECDSA on P-256 throughout. What a certificate is for stands in it: a kiosk's cannot play the broker, and the
broker's cannot connect as a client. All begin a day before they are made, for clocks that are behind.
"""

import datetime as dt
import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from collector.broker.errors import CertificateRefused

PublicKey = ec.EllipticCurvePublicKey | Ed25519PublicKey
MAX_REQUEST_BYTES = 8192
_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", re.IGNORECASE)
_SLACK = dt.timedelta(days=1)


class Purpose(Enum):
    """What a certificate is for."""

    SERVER = (ExtendedKeyUsageOID.SERVER_AUTH,)
    CLIENT = (ExtendedKeyUsageOID.CLIENT_AUTH,)
    NODE = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
    """Both, among the nodes of a cluster."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """
    Who signs.

    Attributes:
        certificate: The authority's own.
        key: Its private key.
    """

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Revoked:
    """
    A certificate that holds no longer.

    Attributes:
        serial: Its serial number.
        at: Since when; with a time zone.
        until: When it would have run out.
    """

    serial: int
    at: dt.datetime
    until: dt.datetime


def make_key() -> ec.EllipticCurvePrivateKey:
    """A new private key."""
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A private key in PEM, in clear."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def certificate_pem(certificate: x509.Certificate) -> bytes:
    """A certificate in PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def make_issuer(name: str, *, now: dt.datetime, lifetime: dt.timedelta) -> Issuer:
    """A new authority under this name; it may sign certificates and lists, but no other authorities."""
    key = make_key()
    subject = _name(name)
    certificate = (
        _begin(subject, subject, key.public_key(), now, now + lifetime)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .serial_number(x509.random_serial_number())
        .sign(key, SHA256())
    )
    return Issuer(certificate, key)


def issue(
    issuer: Issuer,
    *,
    name: str,
    key: PublicKey,
    purpose: Purpose,
    now: dt.datetime,
    lifetime: dt.timedelta,
    hosts: Iterable[str] = (),
    identity: Callable[[int], str] | None = None,
) -> x509.Certificate:
    """
    A certificate, ending with its issuer's at the latest.

    Args:
        issuer: Who signs.
        name: The common name; to the broker, the user's name.
        key: The holder's public key.
        purpose: What it is for.
        now: With a time zone.
        lifetime: From now on.
        hosts: Names and addresses of a server.
        identity: Of its serial number, a URI that it calls its holder beside the name; None for none.

    Raises:
        CertificateRefused: If the issuer's own has run out.
    """
    end = issuer.certificate.not_valid_after_utc
    if end <= now:
        raise CertificateRefused(f"authority: ran out on {end:%Y-%m-%d}; make another folder with --data")
    builder = (
        _begin(_name(name), issuer.certificate.subject, key, now, min(now + lifetime, end))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purpose.value), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
        )
    )
    names: list[x509.GeneralName] = [_general_name(host) for host in hosts]
    serial = x509.random_serial_number()
    if identity is not None:
        names.append(x509.UniformResourceIdentifier(identity(serial)))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.serial_number(serial).sign(issuer.key, SHA256())


def make_revoked_list(issuer: Issuer, revoked: Iterable[Revoked], now: dt.datetime) -> bytes:
    """
    The list of revoked certificates in PEM.

    It holds as long as its issuer: a broker with a list that has run out lets nobody in.
    """
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(now - _SLACK)
        .next_update(issuer.certificate.not_valid_after_utc)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
        )
    )
    for one in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(one.serial).revocation_date(one.at).build()
        )
    return builder.sign(issuer.key, SHA256()).public_bytes(serialization.Encoding.PEM)


def read_request(kiosk: str, pem: bytes) -> PublicKey:
    """
    The public key of a kiosk's request for a certificate; all else that it asks for is ignored.

    Raises:
        CertificateRefused: If it is no request, its signature does not hold, or its key is of another kind
            than ECDSA P-256 or Ed25519.
    """
    if len(pem) > MAX_REQUEST_BYTES:
        raise CertificateRefused(
            f'request of kiosk "{kiosk}": {len(pem)} bytes; send {MAX_REQUEST_BYTES} at most'
        )
    try:
        request = x509.load_pem_x509_csr(pem)
        key = request.public_key()
        is_ours = isinstance(key, Ed25519PublicKey) or (
            isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
        )
        is_signed = is_ours and request.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature):
        raise CertificateRefused(
            f'request of kiosk "{kiosk}": cannot be read; send a PKCS #10 request in PEM'
        ) from None
    if not isinstance(key, (Ed25519PublicKey, ec.EllipticCurvePublicKey)) or not is_ours:
        raise CertificateRefused(
            f'request of kiosk "{kiosk}": key of another kind; send ECDSA P-256 or Ed25519'
        )
    if not is_signed:
        raise CertificateRefused(
            f'request of kiosk "{kiosk}": its signature does not hold; sign it with its own key'
        )
    return key


def hosts_of(certificate: x509.Certificate) -> list[str]:
    """The names and addresses that a server's certificate is for, in order."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for name in names]


def normal(hosts: Iterable[str]) -> list[str]:
    """
    Names and addresses as a certificate has them, each once.

    Raises:
        CertificateRefused: If one is neither.
    """
    return list(dict.fromkeys(str(_general_name(host).value) for host in hosts))


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate's public key (DER), in hexadecimal."""
    key = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return sha256(key).hexdigest()


def is_ageing(certificate: x509.Certificate, now: dt.datetime) -> bool:
    """Whether less than a third of its life is left."""
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return end - now < (end - begin) / 3


def _begin(
    subject: x509.Name, issuer: x509.Name, key: PublicKey, now: dt.datetime, end: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .not_valid_before(now - _SLACK)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        plain = host.encode("idna").decode("ascii")
    except UnicodeError:
        plain = ""
    if not _HOST.fullmatch(plain):
        raise CertificateRefused(
            f'host "{host}": no name or address of a machine; choose another with --host'
        )
    return x509.DNSName(plain)
