"""What a box that was just enrolled still waits for."""

import hashlib
import socket
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from kiosk.credentials import CERTIFICATE, FOLDER
from kiosk.model import Moment, Status
from kiosk.stages import Stage, Step

_SHOWN_BYTES = 8


class Commissioning:
    """
    Tells how far setting up has come.

    Args:
        data: The data folder, with the credentials in it.
        is_configured: Whether a configuration of the centre is in force.
    """

    def __init__(self, data: Path, is_configured: Callable[[], bool]) -> None:
        self._is_configured = is_configured
        self._fingerprint = fingerprint(data / FOLDER / CERTIFICATE)

    def stages(self, status: Status, now: Moment) -> tuple[Stage, ...]:
        """The steps and how they stand; none once the centre's configuration has come."""
        if self._is_configured():
            return ()
        address = own_address()
        return (
            Stage(Step.NETWORK, bool(address), address),
            Stage(Step.CENTRE, status.line_up, self._fingerprint),
            Stage(Step.CLOCK, now.trusted),
            Stage(Step.CONFIGURATION, done=False),
        )


def own_address() -> str:
    """The address by which this box would reach the world; empty without a network. Sends nothing."""
    for family, somewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                # Addresses for documentation (RFC 5737, RFC 3849): only the route to them is looked up.
                probe.connect((somewhere, 9))
                return str(probe.getsockname()[0])
        except OSError:
            continue
    return ""


def fingerprint(certificate: Path) -> str:
    """The first bytes of a certificate's SHA-256, written as `openssl x509` does; empty for none."""
    try:
        der = load_pem_x509_certificate(certificate.read_bytes()).public_bytes(Encoding.DER)
    except (OSError, ValueError):
        return ""
    return hashlib.sha256(der).digest()[:_SHOWN_BYTES].hex(":").upper()
