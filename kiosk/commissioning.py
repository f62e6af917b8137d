"""What a box that is being enrolled, or just was, still waits for."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from kiosk.credentials import CERTIFICATE, FOLDER, stamp
from kiosk.model import Moment, Status
from kiosk.stages import Hitch, Stage, Step, steps
from kiosk.store.handover import Handover

TAKEN_WITHIN_S = 10.0
"""The bridge looks for codes four times a second; where it takes so long, it is not there."""
_SHOWN_BYTES = 8


class Commissioning:
    """
    Tells how far setting up has come. Belongs to one thread.

    Args:
        data: The data folder, with the credentials in it.
        is_configured: Whether a configuration of the centre is in force.
        handover: What the bridge says of a set-up code, and of the network, which it alone has.
    """

    def __init__(self, data: Path, is_configured: Callable[[], bool], handover: Handover) -> None:
        self._is_configured = is_configured
        self._handover = handover
        self._fingerprint = fingerprint(data / FOLDER / CERTIFICATE)
        self._data = data
        self._seen = stamp(data)
        self._waiting_since_s: float | None = None

    def is_replaced(self) -> bool:
        """Whether the box's credentials are others than when the door opened: it must open anew then."""
        return stamp(self._data) != self._seen

    def stages(self, status: Status, now: Moment, *, is_open: bool) -> tuple[Stage, ...]:
        """
        The steps and how they stand; none for a box in service that nobody has opened.

        Args:
            status: How the box is.
            now: The present moment.
            is_open: Whether set-up codes are taken.
        """
        if is_open:
            return self._by_code(now)
        if self._seen is None or self._is_configured():
            return ()
        address = self._handover.address()
        return (
            Stage(Step.NETWORK, bool(address), address),
            Stage(Step.CENTRE, status.line_up, self._fingerprint),
            Stage(Step.CLOCK, now.trusted),
            Stage(Step.CONFIGURATION, done=False),
        )

    def _by_code(self, now: Moment) -> tuple[Stage, ...]:
        """What the bridge says; a code that lies there still is newer than that."""
        if not self._handover.is_waiting():
            self._waiting_since_s = None
            return self._handover.told() or steps()
        if self._waiting_since_s is None:
            self._waiting_since_s = now.monotonic_s
        is_late = now.monotonic_s - self._waiting_since_s > TAKEN_WITHIN_S
        return steps(Step.CODE, hitch=Hitch.NO_ANSWER if is_late else None)


def fingerprint(certificate: Path) -> str:
    """The first bytes of a certificate's SHA-256, written as `openssl x509` does; empty for none."""
    try:
        der = load_pem_x509_certificate(certificate.read_bytes()).public_bytes(Encoding.DER)
    except (OSError, ValueError):
        return ""
    return hashlib.sha256(der).digest()[:_SHOWN_BYTES].hex(":").upper()
