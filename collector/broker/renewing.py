"""A box's certificate, renewed, and let in where the broker must be told of each."""

import os
from pathlib import Path

from collector.broker.authority import Authority
from collector.broker.settings import Settings
from collector.broker.telling import tell


def renew(data: Path, kiosk: str, csr_pem: bytes) -> bytes:
    """
    A new certificate for a box, in PEM; a NATS lets it in from now on.

    Args:
        data: The data folder.
        kiosk: Who asks, as the broker knows it; never what the request says.
        csr_pem: PKCS #10 in PEM.

    Raises:
        CertificateRefused: If the request is none, or the kiosk is revoked.
        BrokerUnusable: If the authority's files cannot be read or written, or the broker cannot be told.
    """
    authority = Authority(data)
    certificate = authority.sign_request(kiosk, csr_pem)
    settings = Settings.read(authority.shelf)
    if settings is not None and settings.nodes:
        tell(authority.shelf, os.environ.get("COLLECTOR_BROKER_RELOAD", ""))
    return certificate
