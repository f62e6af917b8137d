"""Support bundles that boxes send when they are asked. A desk of the intake."""

import datetime as dt
from collections.abc import Callable, Sequence

from django.utils import timezone

from collector import supporting
from collector.ingest.lines import Line
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import Event


class SupportDesk:
    """
    Keeps support bundles. Implements `collector.ingest.intake.Desk`.

    Args:
        now: The centre's clock (aware).
    """

    channels = frozenset({Channel.SUPPORT})

    def __init__(self, now: Callable[[], dt.datetime] = timezone.now) -> None:
        self._now = now

    def came_up(self, line: Line) -> None:
        """Nothing is owed: a box that had no chance to send makes another."""

    def heard(self, topic: Topic, payload: bytes, line: Line) -> None:  # noqa: ARG002 - nothing is answered
        """A box tells what there is to tell of it."""
        supporting.keep(topic.kiosk, topic.name, payload, self._now())

    def stored(self, events: Sequence[Event], line: Line) -> None:
        """Visits are the business of others."""

    def turn(self, line: Line, now_s: float) -> None:
        """Nothing to do unasked."""
