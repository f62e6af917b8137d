"""
The box's certificate, renewed over the line that it opens: asked for in good time, used soon after.

Whether the time has come is told by the box's clock, set by a time service or not. One that is ahead asks too
early, which costs a signature; one that waited for a time service that never answers would never ask, and be
locked out one day.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from cryptography import x509

from mqtt_bridge.certificates import CertificateRefused, Certificates
from mqtt_bridge.client import Line
from mqtt_bridge.topics import Channel, Topic

log = logging.getLogger(__name__)

LOOK_S = 60.0
ASK_AGAIN_S = 3600.0
"""How long an answer is waited for."""
ASK_AGAIN_SOON_S = 60.0
"""The same on a new connection: the answer may have come while the line was down."""
ASK_ANEW_S = 24 * 3600.0
"""However old a clock that is wrong calls the new certificate."""
DIAL_S, QUIET_S = 6.0, 1.0
"""How soon after a new certificate a moment is looked for to dial anew, and how often."""


class Renewing:
    """
    Renews the box's certificate. A `mqtt_bridge.bridge.Companion`.

    Args:
        certificates: Those of the box.
        is_quiet: Whether nothing is on its way to the centre: then the line may be dialled anew.
        now: The box's wall clock (aware).
    """

    channels = frozenset({Channel.CERTIFICATE})

    def __init__(
        self,
        certificates: Certificates,
        is_quiet: Callable[[], bool],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._certificates = certificates
        self._is_quiet = is_quiet
        self._now = now
        self._look_due_s = self._ask_due_s = self._quiet_due_s = 0.0
        self._asked_s: float | None = None
        self._is_new = self._must_dial = False

    def came_up(self, _line: Line) -> None:
        """A new connection has the newest certificate."""
        self._must_dial = False
        self._look_due_s = 0.0
        if self._asked_s is not None:
            self._ask_due_s = min(self._ask_due_s, self._asked_s + ASK_AGAIN_SOON_S)

    def heard(self, _topic: Topic, payload: bytes, _line: Line) -> None:
        """The centre's answer: kept if it is what was asked for."""
        try:
            certificate = self._certificates.accept(payload)
        except CertificateRefused as error:
            log.warning("certificate not taken: %s", error)
        except OSError as error:
            log.warning("certificate not taken: %s; look at the disk's space and health", error.strerror)
        else:
            log.info("certificate renewed until %s", certificate.not_valid_after_utc.date())
            self._is_new = True

    def turn(self, line: Line | None, now_s: float) -> None:
        """Ask when the time has come; have the line dialled anew when there is a new certificate for it."""
        if line is None:
            return
        if self._is_new:
            self._is_new, self._must_dial = False, True
            self._quiet_due_s, self._ask_due_s, self._asked_s = now_s + DIAL_S, now_s + ASK_ANEW_S, None
        if self._must_dial and now_s >= self._quiet_due_s:
            self._quiet_due_s = now_s + QUIET_S
            if self._is_quiet():
                self._must_dial = False
                line.give_up("hung up by ourselves, to use the renewed certificate")
                return
        if now_s >= self._look_due_s:
            self._look_due_s = now_s + LOOK_S
            if self._is_due() and now_s >= self._ask_due_s:
                self._ask(line, now_s)

    def _ask(self, line: Line, now_s: float) -> None:
        try:
            request = self._certificates.request()
        except OSError as error:
            log.warning("certificate not renewed: %s; look at the disk's space and health", error.strerror)
            return
        if line.post(Channel.RENEWAL, request) is not None:
            log.info("certificate grows old: asked the centre for a new one")
            self._asked_s, self._ask_due_s = now_s, now_s + ASK_AGAIN_S

    def _is_due(self) -> bool:
        certificate = self._certificates.certificate()
        return certificate is not None and is_ageing(certificate, self._now())


def is_ageing(certificate: x509.Certificate, now: datetime) -> bool:
    """Whether less than a third of a certificate's life is left."""
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return end - now < (end - begin) / 3
