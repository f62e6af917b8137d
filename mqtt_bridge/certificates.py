"""
The box's certificate for the broker: which one is in force, and how it is replaced by a newer one.

The first comes with the box's enrolment, as `kiosk.crt` and `kiosk.key`. A newer one lies in `kiosk.pem`
together with its key, written whole: so key and certificate belong together whenever the power goes. Of the
two, the one that was made later counts.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kiosk.credentials import CA, CERTIFICATE, KEY
from kiosk.errors import KioskError
from mqtt_bridge.client import Tls

RENEWED, NEXT_KEY = "kiosk.pem", "kiosk.key.new"
MAX_ANSWER_BYTES = 64 * 1024
_Read = TypeVar("_Read")


class CertificateRefused(KioskError, ValueError):
    """What came as a new certificate cannot be ours."""


@dataclass(frozen=True, slots=True)
class _Held:
    certificate: x509.Certificate
    files: Tls = field(repr=False)


class Certificates:
    """
    The certificates in the credentials of a box. Belongs to one thread.

    Args:
        folder: The folder of the credentials.
        kiosk: The box's name.
    """

    def __init__(self, folder: Path, kiosk: str) -> None:
        self._folder = folder
        self._kiosk = kiosk
        self._seen: object = None
        self._last: _Held | None = None

    def tls(self) -> Tls:
        """The files of a connection: those of the certificate in force, or of the enrolment where none is."""
        held = self._held()
        return held.files if held else self._pair(CERTIFICATE, KEY)

    def certificate(self) -> x509.Certificate | None:
        """The certificate in force; None where there is none, or where it is not of the box's authority."""
        held = self._held()
        return held.certificate if held else None

    def expires(self) -> datetime | None:
        """When the certificate in force runs out (aware); None where there is none."""
        certificate = self.certificate()
        return certificate.not_valid_after_utc if certificate else None

    def request(self) -> bytes:
        """
        A request for a new certificate in PEM (PKCS #10, RFC 2986), for a key that is kept until the answer.

        Raises:
            OSError: If the key cannot be written.
        """
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self._kiosk)])
        request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(self._next_key(), SHA256())
        return request.public_bytes(serialization.Encoding.PEM)

    def accept(self, pem: bytes) -> x509.Certificate:
        """
        Let a new certificate take the place of the one in force, with the next connection.

        Args:
            pem: The certificate in PEM, and those above it.

        Raises:
            CertificateRefused: If it is not for our next key and name, not of our authority, not for a
                client, or holds no longer than the one in force. Nothing has changed then.
            OSError: If it cannot be written.
        """
        key = _read(self._folder / NEXT_KEY, _key)
        if key is None:
            raise CertificateRefused("no certificate was asked for")
        try:
            chain = x509.load_pem_x509_certificates(pem[:MAX_ANSWER_BYTES])
        except ValueError:
            raise CertificateRefused("no certificate in PEM") from None
        self._examine(chain[0], key)
        certificates = (one.public_bytes(serialization.Encoding.PEM) for one in chain)
        self._write(RENEWED, b"".join((_pem(key), *certificates)))
        (self._folder / NEXT_KEY).unlink(missing_ok=True)
        return chain[0]

    def _examine(self, new: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        if new.public_key() != key.public_key():
            raise CertificateRefused("for another key than the one that was asked for")
        if [name.value for name in new.subject.get_attributes_for_oid(NameOID.COMMON_NAME)] != [self._kiosk]:
            raise CertificateRefused("for another name than ours")
        if not _is_client(new):
            raise CertificateRefused("not one of a client")
        if not self._is_of_our_authority(new):
            raise CertificateRefused("not of the authority that the box was enrolled with")
        old = self.certificate()
        if old is not None and new.not_valid_after_utc <= old.not_valid_after_utc:
            raise CertificateRefused("holds no longer than the one in force")

    def _held(self) -> _Held | None:
        seen = [_stamp(self._folder / name) for name in (CA, CERTIFICATE, KEY, RENEWED)]
        if seen != self._seen:
            self._last, self._seen = self._look(), seen
        return self._last

    def _look(self) -> _Held | None:
        """The latest made of those that can be used: whose key belongs to them."""
        held = []
        for files in (self._pair(CERTIFICATE, KEY), self._pair(RENEWED, RENEWED)):
            key, certificate = (
                _read(files.key, _key),
                _read(files.certificate, x509.load_pem_x509_certificate),
            )
            if (
                key is not None
                and certificate is not None
                and key.public_key() == certificate.public_key()
                and self._is_of_our_authority(certificate)
            ):
                held.append(_Held(certificate, files))
        return max(reversed(held), key=lambda one: one.certificate.not_valid_before_utc, default=None)

    def _next_key(self) -> ec.EllipticCurvePrivateKey:
        key = _read(self._folder / NEXT_KEY, _key)
        held = self.certificate()
        if key is None or (held is not None and held.public_key() == key.public_key()):
            key = ec.generate_private_key(ec.SECP256R1())
            self._write(NEXT_KEY, _pem(key))
        return key

    def _is_of_our_authority(self, certificate: x509.Certificate) -> bool:
        authorities = _read(self._folder / CA, x509.load_pem_x509_certificates) or []
        return any(_is_issued_by(certificate, authority) for authority in authorities)

    def _pair(self, certificate: str, key: str) -> Tls:
        return Tls(self._folder / CA, self._folder / certificate, self._folder / key)

    def _write(self, name: str, content: bytes) -> None:
        """All or nothing, and on the disk when this returns; never for other eyes."""
        draft = self._folder / f".{name}.draft"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / name)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        now = path.stat()
    except OSError:
        return None
    return now.st_mtime_ns, now.st_ino


def _read(path: Path, parse: Callable[[bytes], _Read]) -> _Read | None:
    try:
        return parse(path.read_bytes())
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        return None


def _key(pem: bytes) -> ec.EllipticCurvePrivateKey | None:
    key = serialization.load_pem_private_key(pem, password=None)
    return key if isinstance(key, ec.EllipticCurvePrivateKey) else None


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _is_client(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return ExtendedKeyUsageOID.CLIENT_AUTH in usage
