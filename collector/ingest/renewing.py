"""Certificates of boxes, renewed when they ask. A desk of the intake."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from collector.broker.errors import BrokerUnusable, CertificateRefused
from collector.ingest.lines import Line
from collector.models import Kiosk
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import Event

log = logging.getLogger(__name__)

PACE_S = 10.0
"""A box gets no more than one certificate in this time."""
_REMEMBERED = 10_000
_AT_ONCE = 50

Sign = Callable[[Mapping[str, bytes]], Mapping[str, bytes | CertificateRefused]]
"""Certificates in PEM for kiosks' requests in PEM, or why there is none; raises `BrokerUnusable`."""


class RenewalDesk:
    """
    Signs requests for certificates. Implements `collector.ingest.intake.Desk`.

    For whom a certificate is, the broker tells by the topic, on which nobody else may write; what stands in
    the request does not count. All that came are signed together in the next turn: a broker may have to be
    told of it, which takes seconds where it has many boxes.

    Args:
        sign: The authority.
        clock: Seconds that never jump.
    """

    channels = frozenset({Channel.RENEWAL})

    def __init__(self, sign: Sign, clock: Callable[[], float] = time.monotonic) -> None:
        self._sign = sign
        self._clock = clock
        self._answered: dict[str, float] = {}
        self._waiting: dict[str, bytes] = {}

    def came_up(self, line: Line) -> None:
        """Nothing is owed: who has no answer asks again."""

    def heard(self, topic: Topic, payload: bytes, line: Line) -> None:  # noqa: ARG002 - answered in the next turn
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
        if len(self._waiting) < _REMEMBERED:
            self._waiting[kiosk] = payload

    def stored(self, events: Sequence[Event], line: Line) -> None:
        """Visits are the business of others."""

    def turn(self, line: Line, now_s: float) -> None:  # noqa: ARG002 - each time
        """Sign for those who have asked."""
        if not self._waiting:
            return
        asked = {kiosk: self._waiting.pop(kiosk) for kiosk in list(islice(self._waiting, _AT_ONCE))}
        try:
            answers = self._sign(asked)
        except BrokerUnusable as error:
            log.warning("kiosks %s: get no certificates: %s", ", ".join(asked), error)
            return
        for kiosk, answer in answers.items():
            if isinstance(answer, CertificateRefused):
                log.warning("kiosk %s: gets no certificate: %s", kiosk, answer)
                continue
            line.post(Topic(kiosk, Channel.CERTIFICATE), answer)
            log.info("kiosk %s: certificate renewed", kiosk)
