"""Certificates of boxes, renewed when they ask. A desk of the intake."""

import logging
import time
from collections.abc import Callable, Sequence

from collector.broker.errors import BrokerUnusable, CertificateRefused
from collector.ingest.lines import Line
from collector.models import Kiosk
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import Event

log = logging.getLogger(__name__)

PACE_S = 10.0
"""A box gets no more than one certificate in this time."""
_REMEMBERED = 10_000

Sign = Callable[[str, bytes], bytes]
"""A certificate in PEM for a kiosk's request in PEM; raises `CertificateRefused` or `BrokerUnusable`."""


class RenewalDesk:
    """
    Signs requests for certificates. Implements `collector.ingest.intake.Desk`.

    For whom a certificate is, the broker tells by the topic, on which nobody else may write; what stands in
    the request does not count.

    Args:
        sign: The authority.
        clock: Seconds that never jump.
    """

    channels = frozenset({Channel.RENEWAL})

    def __init__(self, sign: Sign, clock: Callable[[], float] = time.monotonic) -> None:
        self._sign = sign
        self._clock = clock
        self._answered: dict[str, float] = {}

    def came_up(self, line: Line) -> None:
        """Nothing is owed: who has no answer asks again."""

    def heard(self, topic: Topic, payload: bytes, line: Line) -> None:
        """A box asks for a new certificate."""
        kiosk, now_s = topic.kiosk, self._clock()
        if now_s - self._answered.get(kiosk, -PACE_S) < PACE_S:
            return
        if len(self._answered) >= _REMEMBERED:
            self._answered.clear()
        self._answered[kiosk] = now_s
        if not Kiosk.objects.filter(name=kiosk, revoked_at=None).exists():
            log.warning("kiosk %s: asks for a certificate, but is not of this centre, or revoked", kiosk)
            return
        try:
            certificate = self._sign(kiosk, payload)
        except (CertificateRefused, BrokerUnusable) as error:
            log.warning("kiosk %s: gets no certificate: %s", kiosk, error)
            return
        line.post(Topic(kiosk, Channel.CERTIFICATE), certificate)
        log.info("kiosk %s: certificate renewed", kiosk)

    def stored(self, events: Sequence[Event], line: Line) -> None:
        """Visits are the business of others."""

    def turn(self, line: Line, now_s: float) -> None:
        """Nothing to do unasked."""
