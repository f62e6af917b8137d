"""Commands go down to the boxes, again until they are answered or too late; answers come back."""

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from collector.down.pen import Pen, reserve
from collector.ingest.lines import Line
from collector.models import Order
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import BadMessage, Event, orders
from mqtt_bridge.wire.signed import CommandClaims

log = logging.getLogger(__name__)

SENT_AT_ONCE = 50
ONLINE = b"online"
GRACE = dt.timedelta(seconds=5)
"""So long after its deadline an answer may still be on its way."""
UNANSWERED = "the box did not answer in time"


class OrderDesk:
    """
    Sends what stands in the table of orders. Implements `collector.ingest.intake.Desk`.

    The broker keeps nothing for a box that is away, so what is unanswered goes again to whoever comes online.

    Args:
        pen: Signs the commands.
        now: The centre's clock (aware).
    """

    channels = frozenset({Channel.REPLY, Channel.AVAILABILITY})

    def __init__(self, pen: Pen, now: Callable[[], dt.datetime] = timezone.now) -> None:
        self._pen = pen
        self._now = now
        self._came_online: set[str] = set()
        self._repeats = False

    def came_up(self, line: Line) -> None:  # noqa: ARG002 - the next turn sends them
        """A new connection stands: what the old one carried may be lost."""
        self._repeats = True

    def heard(self, topic: Topic, payload: bytes, line: Line) -> None:  # noqa: ARG002 - nothing goes at once
        """A box came online, or answers."""
        if topic.channel is Channel.AVAILABILITY:
            if payload == ONLINE:
                self._came_online.add(topic.kiosk)
            return
        try:
            reply = orders.decode_reply(payload)
            order = UUID(topic.name)
        except (BadMessage, ValueError):
            log.warning("reply of %s not understood", topic.kiosk)
            return
        # A box knows better than we do whether it was in time.
        open_to_it = Order.objects.filter(
            pk=order, kiosk=topic.kiosk, status__in=(*Order.OPEN, Order.EXPIRED)
        )
        if open_to_it.update(status=reply.status, reason=reply.reason, replied_at=self._now()):
            log.info("%s replied: %s", topic.kiosk, reply.status)

    def stored(self, events: Sequence[Event], line: Line) -> None:
        """Nothing: visits order nothing."""

    def turn(self, line: Line, now_s: float) -> None:  # noqa: ARG002 - deadlines go by the wall clock
        """Send what is new and what is unanswered, and give up what is too late."""
        now = self._now()
        late = Order.objects.filter(status__in=Order.OPEN, deadline__lt=now - GRACE)
        late.update(status=Order.EXPIRED, reason=UNANSWERED, replied_at=now)
        unanswered = Order.objects.filter(status=Order.SENT)
        if not self._repeats:
            unanswered = unanswered.filter(kiosk__in=self._came_online)
        if self._repeats or self._came_online:
            self._send(unanswered.order_by("made_at"), line)
        self._repeats = False
        self._came_online.clear()
        new = Order.objects.filter(status=Order.WAITING).order_by("made_at")[:SENT_AT_ONCE]
        self._send([_numbered(order, now) for order in new], line)

    def _send(self, wanted: Iterable[Order], line: Line) -> None:
        for order in wanted:
            try:
                command = orders.command(order.name, order.arguments)
            except BadMessage as error:
                reason = str(error)[:200]
                Order.objects.filter(pk=order.pk).update(
                    status=Order.REFUSED, reason=reason, replied_at=self._now()
                )
                continue
            claims = CommandClaims(
                aud=order.kiosk_id,
                counter=order.counter or 0,
                id=order.id,
                exp=int(order.deadline.timestamp()),
                body=command,
            )
            topic = Topic(order.kiosk_id, Channel.COMMAND, orders.name(command))
            line.post(topic, self._pen.sign(claims))
            log.info("command %s goes to %s", topic.name, order.kiosk_id)


def _numbered(order: Order, now: dt.datetime) -> Order:
    """Number an order: first in the database, so that its number is never used for another."""
    with transaction.atomic():
        order.counter = reserve({order.kiosk_id: 1})[order.kiosk_id]
        order.status, order.sent_at = Order.SENT, now
        order.save(update_fields=("counter", "status", "sent_at"))
    return order
