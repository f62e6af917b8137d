"""A box's certificate, renewed, and let in where the broker must be told of each."""

from pathlib import Path

from collector.broker.authority import Authority
from collector.broker.settings import Settings
from collector.broker.telling import require_told


def renew(data: Path, kiosk: str, csr_pem: bytes) -> bytes:
    """
    A new certificate for a box, in PEM; a NATS lets it in from now on, at all of its nodes.

    Args:
        data: The data folder.
        kiosk: Who asks, as the broker knows it; never what the request says.
        csr_pem: PKCS #10 in PEM.

    Raises:
        CertificateRefused: If the request is none, or the kiosk is revoked.
        BrokerUnusable: If the authority's files cannot be read or written, or a node cannot be told: it would
            shut the box out, which is let in with its old certificate.
    """
    authority = Authority(data)
    certificate = authority.sign_request(kiosk, csr_pem)
    settings = Settings.read(authority.shelf)
    if settings is not None and settings.nodes:
        require_told(authority.shelf)
    return certificate
