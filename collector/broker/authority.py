"""
The centre as the authority over the broker: whose certificates it believes, and whom it lets in no longer.

All methods take the folder's lock, so that several processes of the centre may use it at once.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from collector.broker import certificates, mosquitto, nats, own, shelf, users
from collector.broker.certificates import Issuer, PublicKey, Purpose
from collector.broker.errors import CertificateRefused
from collector.broker.register import Register
from collector.broker.settings import Settings
from collector.broker.shelf import Shelf
from mqtt_bridge.topics import KIOSK_NAME

KIOSK_LIFE = dt.timedelta(days=365)
MOMENT = dt.timedelta(minutes=10)
"""Of the certificates that revoking is proved with."""
NEWCOMER = "a.newcomer"
"""Whom a NATS is to know after it was told; no kiosk can be called so."""


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class Credentials:
    """
    A certificate and its private key, both in PEM.

    Attributes:
        key: In clear; never shown.
        certificate: Whom it makes its holder.
    """

    key: bytes = field(repr=False)
    certificate: bytes


@dataclass(frozen=True, slots=True)
class Knock:
    """
    What shows, at the broker's own door, whether a box is out.

    Attributes:
        name: The box's.
        revoked: Credentials under its name that are on the list: to be refused.
        valid: Credentials that are not: whoever comes with them takes the box's place, where a name has one
            connection only; of a NATS, they are a newcomer's.
    """

    name: str
    revoked: Credentials
    valid: Credentials


class Authority:
    """
    The authority of a data folder.

    Args:
        data: The data folder.
        clock: Tells the time, with a zone.

    Raises:
        BrokerUnusable: By every method, if the folder or a file of it cannot be read or written.
        CertificateRefused: By every method that makes certificates, if the name will not do.
    """

    def __init__(self, data: Path, *, clock: Callable[[], dt.datetime] = _utc_now) -> None:
        self.shelf = Shelf(data)
        self._register = Register(self.shelf)
        self._now = clock

    def prepare(self, settings: Settings) -> list[Path]:
        """
        Make all that is missing, and renew what grows old; the rest stays as it is.

        Returns:
            The files that were written.
        """
        # What a certificate cannot name is refused before any of it is kept.
        certificates.normal(settings.every_host())
        self.shelf.make(settings.user, [node.name for node in settings.nodes])
        with self.shelf.locked():
            before = self.shelf.stamps()
            issuer = own.found(self.shelf, self._now())
            known = Settings.read(self.shelf) or settings
            for name in {one.name for one in known.nodes} - {one.name for one in settings.nodes}:
                own.forget_node(self.shelf, name)
            own.renew_centre(self.shelf, issuer, self._now())
            for number in range(1, settings.collectors + 1):
                own.renew_collector(self.shelf, issuer, shelf.collector_name(number), self._now())
            self.shelf.write(shelf.SETTINGS, settings.encode())
            if settings.nodes:
                self._prepare_nodes(issuer, settings)
            else:
                own.renew_server(self.shelf, issuer, settings, self._now())
                self.shelf.write(shelf.CONFIGURATION, mosquitto.configuration(self.shelf, settings))
            if self.shelf.read(shelf.REVOKED_LIST) is None:
                self._write_list(issuer)
            self._write_access()
            self.shelf.tidy()
            return [path for path, stamp in self.shelf.stamps().items() if before.get(path) != stamp]

    def issue_kiosk(self, name: str, lifetime: dt.timedelta = KIOSK_LIFE) -> tuple[bytes, bytes]:
        """
        A new key for a kiosk and its certificate, both in PEM.

        A kiosk that was revoked is let in again with it, as soon as the broker was told to read its files
        anew; what it held before stays revoked.
        """
        _check(name)
        with self.shelf.locked():
            issuer = own.issuer(self.shelf)
            if name in self._register.revoked_kiosks():
                self._register.readmit(name, self._now())
                self._write_access()
            made, certificate = self._make(issuer, name, lifetime)
            self._register.note(name, certificate, self._now())
        return made.key, made.certificate

    def sign_request(
        self,
        kiosk: str,
        csr_pem: bytes,
        lifetime: dt.timedelta = KIOSK_LIFE,
        *,
        enrols: bool = False,
        pace: dt.timedelta | None = None,
    ) -> bytes:
        """
        A new certificate, in PEM, for the key in a kiosk's request.

        Args:
            kiosk: Who asks, as the broker knows it; never what the request says.
            csr_pem: PKCS #10 in PEM.
            lifetime: From now on.
            enrols: Whether a kiosk that is revoked gets one too; it is shut out until `settle()`.
            pace: It gets no other within this time; None for as many as it asks for.

        Raises:
            CertificateRefused: If the request is none, the kiosk is revoked, or has had one just now.
        """
        _check(kiosk)
        key = certificates.read_request(kiosk, csr_pem)
        with self.shelf.locked():
            if not enrols and kiosk in self._register.revoked_kiosks():
                raise CertificateRefused(f'kiosk "{kiosk}": revoked; enrol it again')
            latest = self._register.latest_end(kiosk)
            if pace is not None and latest is not None and latest - lifetime + pace > self._now():
                raise CertificateRefused(f'kiosk "{kiosk}": had a certificate just now; it gets no other yet')
            certificate = self._issue(own.issuer(self.shelf), kiosk, key, lifetime)
            self._register.note(kiosk, certificate, self._now())
        return certificates.certificate_pem(certificate)

    def settle(self, kiosk: str, certificate_pem: bytes) -> bool:
        """
        Let a kiosk in with this certificate and no other: all that it held beside it is revoked.

        The broker must be told to read the lists anew if they have changed. Doing it again does no harm.

        Args:
            kiosk: Its name; one that was revoked is let in again.
            certificate_pem: One that was signed for it.

        Returns:
            Whether the lists have changed.
        """
        kept = x509.load_pem_x509_certificate(certificate_pem)
        with self.shelf.locked():
            changed = self._register.keep_only(kiosk, kept, self._now())
            if changed:
                self._write_access()
                self._write_list(own.issuer(self.shelf))
        return changed

    def prepare_enrolment(self, name: str) -> tuple[Path, Path]:
        """
        The files of the certificate for enrolling boxes and of its key, made or renewed where it is time.

        Args:
            name: Whom the certificate names.
        """
        with self.shelf.locked():
            own.renew_enrolment(self.shelf, own.issuer(self.shelf), name, self._now())
        return self.shelf.path(shelf.ENROLMENT_CERTIFICATE), self.shelf.path(shelf.ENROLMENT_KEY)

    def fingerprint(self) -> bytes:
        """SHA-256 of the authority's certificate (DER): 32 bytes."""
        return own.read_certificate(self.shelf, shelf.CA_CERTIFICATE).fingerprint(SHA256())

    def revoke(self, kiosk: str) -> Knock:
        """
        Put all that a kiosk holds on the list of revoked certificates, and its name on the access list.

        The broker must be told to read them anew. Doing it again does no harm.

        Returns:
            What shows whether the broker acts on it.

        Raises:
            CertificateRefused: If nothing was ever issued to it.
        """
        _check(kiosk)
        with self.shelf.locked():
            if not self._register.knows(kiosk):
                raise CertificateRefused(
                    f'kiosk "{kiosk}": has no certificate of this centre; check the name'
                )
            issuer = own.issuer(self.shelf)
            revoked, listed = self._make(issuer, kiosk, MOMENT)
            valid, _ = self._make(issuer, kiosk, MOMENT)
            settings = Settings.read(self.shelf)
            if settings and settings.nodes:
                valid, newcomer = self._make(issuer, NEWCOMER, MOMENT)
                self._register.note(NEWCOMER, newcomer, self._now())
            self._register.revoke(kiosk, [listed], self._now())
            self._write_access()
            self._write_list(issuer)
        return Knock(kiosk, revoked, valid)

    def is_revoked(self, kiosk: str) -> bool:
        """Whether a kiosk is shut out."""
        return kiosk in self._register.revoked_kiosks()

    def ca_pem(self) -> bytes:
        """The authority's certificate in PEM: whom a kiosk believes about the broker."""
        return certificates.certificate_pem(own.read_certificate(self.shelf, shelf.CA_CERTIFICATE))

    def ends(self) -> tuple[dt.datetime, dt.datetime]:
        """When the authority's certificate runs out, and the broker's first."""
        settings = Settings.read(self.shelf)
        ends = [
            own.read_certificate(self.shelf, file).not_valid_after_utc
            for file in shelf.servers([node.name for node in settings.nodes] if settings else [])
        ]
        return own.read_certificate(self.shelf, shelf.CA_CERTIFICATE).not_valid_after_utc, min(ends)

    def _make(
        self, issuer: Issuer, kiosk: str, lifetime: dt.timedelta
    ) -> tuple[Credentials, x509.Certificate]:
        key = certificates.make_key()
        made = self._issue(issuer, kiosk, key.public_key(), lifetime)
        return Credentials(certificates.key_pem(key), certificates.certificate_pem(made)), made

    def _issue(self, issuer: Issuer, kiosk: str, key: PublicKey, lifetime: dt.timedelta) -> x509.Certificate:
        return certificates.issue(
            issuer,
            name=kiosk,
            key=key,
            purpose=Purpose.CLIENT,
            now=self._now(),
            lifetime=lifetime,
            identity=partial(nats.identity, kiosk),
        )

    def _prepare_nodes(self, issuer: Issuer, settings: Settings) -> None:
        nodes = settings.nodes
        keys = [own.renew_node(self.shelf, issuer, node, self._now()) for node in nodes]
        for node in nodes:
            file = shelf.node_file(node.name, shelf.NODE_CONFIGURATION)
            self.shelf.write(file, nats.configuration(self.shelf, node, nodes, keys))
        users.write(self.shelf, settings, self._now())

    def _write_list(self, issuer: Issuer) -> None:
        now = self._now()
        revoked = self._register.revoked(now)
        self.shelf.write(shelf.REVOKED_LIST, certificates.make_revoked_list(issuer, revoked, now))

    def _write_access(self) -> None:
        settings = Settings.read(self.shelf)
        collectors = settings.collectors if settings else 0
        self.shelf.write(shelf.ACCESS, mosquitto.access(self._register.revoked_kiosks(), collectors))


def _check(kiosk: str) -> None:
    if not KIOSK_NAME.fullmatch(kiosk):
        raise CertificateRefused(f'kiosk "{kiosk}": only lower-case letters, digits and hyphens in a name')
    if kiosk == mosquitto.CENTRE:
        raise CertificateRefused(f'kiosk "{kiosk}": the centre itself is called so; choose another name')
