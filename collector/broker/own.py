"""The authority's own certificate, and those that the centre itself needs: broker, centre, enrolment."""

import datetime as dt
from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from collector.broker import certificates, shelf
from collector.broker.certificates import Issuer, Purpose
from collector.broker.errors import BrokerUnusable
from collector.broker.mosquitto import CENTRE
from collector.broker.nodes import Node
from collector.broker.settings import Settings
from collector.broker.shelf import File, Shelf

AUTHORITY_LIFE = dt.timedelta(days=3652)
SERVICE_LIFE = dt.timedelta(days=1095)
"""Of the certificates of broker, centre and enrolment."""


def found(folder: Shelf, now: dt.datetime) -> Issuer:
    """
    The authority of a folder; made if nothing was ever signed there.

    Raises:
        BrokerUnusable: If half of it is lost: a new one would shut every box out.
    """
    signed = (shelf.SERVER_CERTIFICATE, shelf.CENTRE_CERTIFICATE)
    has_signed = any(folder.read(file) is not None for file in signed)
    if has_signed or all(folder.read(file) is not None for file in (shelf.CA_KEY, shelf.CA_CERTIFICATE)):
        return issuer(folder)
    made = certificates.make_issuer(f"Entrance kiosk {now:%Y-%m-%d %H:%M}", now=now, lifetime=AUTHORITY_LIFE)
    folder.write(shelf.CA_KEY, certificates.key_pem(made.key))
    folder.write(shelf.CA_CERTIFICATE, certificates.certificate_pem(made.certificate))
    return made


def issuer(folder: Shelf) -> Issuer:
    """
    The authority of a folder.

    Raises:
        BrokerUnusable: If it is not there, or cannot be read.
    """
    certificate = read_certificate(folder, shelf.CA_CERTIFICATE)
    key = _read_key(folder, shelf.CA_KEY)
    if certificate.public_key() != key.public_key():
        raise BrokerUnusable(
            f"files {folder.path(shelf.CA_KEY)} and {shelf.CA_CERTIFICATE.name}: do not belong together; put "
            "both back from one backup"
        )
    return Issuer(certificate, key)


def renew_server(folder: Shelf, by: Issuer, settings: Settings, now: dt.datetime) -> None:
    """
    The broker's certificate, made anew when it grows old or its names change.

    Raises:
        CertificateRefused: If a name is none of a host.
        BrokerUnusable: If a file cannot be read or written.
    """
    hosts = certificates.normal(settings.every_host())
    _renew(folder, by, (shelf.SERVER_KEY, shelf.SERVER_CERTIFICATE), hosts[0], now=now, hosts=hosts)


def renew_centre(folder: Shelf, by: Issuer, now: dt.datetime) -> None:
    """
    The centre's certificate, made anew when it grows old.

    Raises:
        BrokerUnusable: If a file cannot be read or written.
    """
    _renew(folder, by, (shelf.CENTRE_KEY, shelf.CENTRE_CERTIFICATE), CENTRE, now=now)


def renew_collector(folder: Shelf, by: Issuer, name: str, now: dt.datetime) -> None:
    """
    The certificate of a collector beside the centre, made anew when it grows old.

    Raises:
        BrokerUnusable: If a file cannot be read or written.
    """
    certificate, key = shelf.of_collector(name)
    _renew(folder, by, (key, certificate), name, now=now)


def forget_node(folder: Shelf, node: str) -> None:
    """
    Remove what lies there for a node that is none any more: who is called so again gets new keys.

    Raises:
        BrokerUnusable: If a file cannot be removed.
    """
    for file in shelf.of_node(node):
        try:
            folder.path(file).unlink(missing_ok=True)
        except OSError as error:
            raise BrokerUnusable(f"file {folder.path(file)}: {error.strerror}; remove it") from error


def renew_node(folder: Shelf, by: Issuer, node: Node, now: dt.datetime) -> str:
    """
    The certificates of a node of NATS, made anew when they grow old or its names change.

    Returns:
        SHA-256 of the key by which the other nodes know it, in hexadecimal.

    Raises:
        CertificateRefused: If a name is none of a host.
        BrokerUnusable: If a file cannot be read or written.
    """
    hosts = certificates.normal(node.every_host())
    ca, served, serving, proof, proving, *_ = shelf.of_node(node.name)
    folder.write(ca, certificates.certificate_pem(by.certificate))
    _renew(folder, by, (serving, served), hosts[0], now=now, hosts=hosts)
    _renew(folder, by, (proving, proof), f"node.{node.name}", now=now, hosts=hosts, purpose=Purpose.NODE)
    return certificates.fingerprint(read_certificate(folder, proof))


def renew_enrolment(folder: Shelf, by: Issuer, name: str, now: dt.datetime) -> None:
    """
    The certificate by which the centre proves itself to boxes that are set up, made anew when it grows old.

    Args:
        folder: Where it lies.
        by: Who signs.
        name: Whom it names.
        now: With a time zone.

    Raises:
        BrokerUnusable: If a file cannot be read or written.
    """
    files = (shelf.ENROLMENT_KEY, shelf.ENROLMENT_CERTIFICATE)
    _renew(folder, by, files, name, now=now, hosts=(name,))


def read_certificate(folder: Shelf, file: File) -> x509.Certificate:
    """
    A certificate of the folder.

    Raises:
        BrokerUnusable: If it is not there, or cannot be read.
    """
    try:
        return x509.load_pem_x509_certificate(_required(folder, file))
    except ValueError as error:
        raise _damaged(folder, file) from error


def _renew(
    folder: Shelf,
    by: Issuer,
    files: tuple[File, File],
    name: str,
    *,
    now: dt.datetime,
    hosts: Sequence[str] = (),
    purpose: Purpose = Purpose.SERVER,
) -> None:
    """Renewed with the same key: a broker that reads in between finds two files that belong together."""
    key_file, file = files
    if folder.read(key_file) is None:
        folder.write(key_file, certificates.key_pem(certificates.make_key()))
    key = _read_key(folder, key_file)
    if folder.read(file) is not None:
        held = read_certificate(folder, file)
        is_right = held.public_key() == key.public_key() and set(certificates.hosts_of(held)) == set(hosts)
        if is_right and _is_signed(by, held) and not certificates.is_ageing(held, now):
            return
    made = certificates.issue(
        by,
        name=name,
        key=key.public_key(),
        purpose=purpose if hosts else Purpose.CLIENT,
        now=now,
        lifetime=SERVICE_LIFE,
        hosts=hosts,
    )
    folder.write(file, certificates.certificate_pem(made))


def _is_signed(by: Issuer, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(by.certificate)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _read_key(folder: Shelf, file: File) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(_required(folder, file), None)
    except (ValueError, TypeError) as error:
        raise _damaged(folder, file) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise _damaged(folder, file)
    return key


def _required(folder: Shelf, file: File) -> bytes:
    content = folder.read(file)
    if content is None:
        raise BrokerUnusable(
            f"file {folder.path(file)}: not there; put it back from a backup, or run `collector broker` "
            "where there was none yet"
        )
    return content


def _damaged(folder: Shelf, file: File) -> BrokerUnusable:
    return BrokerUnusable(f"file {folder.path(file)}: damaged; put it back from a backup")
