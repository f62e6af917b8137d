"""Certificates of a fleet's doors: read when a door knocks, and let go when it is in."""

import ssl
from pathlib import Path

from kiosk.errors import KioskError

CA = "ca.crt"


class CertificateUnusable(KioskError, OSError):
    """A door's certificate, or that of the authority, is not there or cannot be read."""


class Wardrobe:
    """
    Certificates in a folder: `ca.crt`, and for each door `NAME.crt` with `NAME.key`, or both in `NAME.pem`.

    Args:
        folder: Where they lie.

    Raises:
        CertificateUnusable: If the authority's certificate is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ca = folder / CA
        self.bare = _context(self._ca)
        """What a connection that stands is left with."""

    def context(self, kiosk: str) -> ssl.SSLContext:
        """
        What a door connects with.

        Raises:
            CertificateUnusable: If its certificate is not there.
        """
        both = self._folder / f"{kiosk}.pem"
        context = _context(self._ca)
        try:
            if both.exists():
                context.load_cert_chain(both)
            else:
                context.load_cert_chain(self._folder / f"{kiosk}.crt", self._folder / f"{kiosk}.key")
        except (OSError, ValueError) as error:
            why = error.strerror or error if isinstance(error, OSError) else error
            raise CertificateUnusable(f"certificate {self._folder / kiosk}: {why}") from error
        return context


def _context(ca: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(ca)
    except (OSError, ValueError) as error:
        why = error.strerror or error if isinstance(error, OSError) else error
        raise CertificateUnusable(f"{ca}: {why}; put the authority's certificate there") from error
    return context
